"""Reading rates: a text becomes components, or is told where it stops being a rate and what was expected."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from tidegate.tariff.rates.building import Building
from tidegate.tariff.rates.model import Rate, UnreadRate

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 2_000  # characters; the longest that a schedule is known to print is below 700

# What the signs of the grammar are in plain words; those not listed are ways to word the same things.
_EXPECTED = {
    "NUMBER": "a number",
    "FREE": "“Free”",
    "DOLLAR": "an amount of money",
    "CURRENCY": "a currency",
    "SEE": "a reference (“See …”, “The duty provided in …”)",
    "PERCENT": "%",
    "CENT": "¢",
    "SLASH": "“/” with a unit",
    "EACH": "“each”",
    "UNIT": "a unit",
    "PLUS": "“+”",
    "LESS": "“less”",
    "MINIMUM": "“but not less than”",
    "MAXIMUM": "“but not more than”",
    "BASIS": "what it is charged on (“on …”)",
    "TARGET": "what is referred to",
    "UPON": "what the duty is upon",
    "EQUAL": "what the duty is equal to",
    "ASIDE": "a note (“(see …)”)",
    "CODE": "a programme's code",
    "COMMA": "a comma",
    "LPAR": "programmes in parentheses",
    "RPAR": "“)”",
    "RSQB": "“]”",
    "$END": "the end",
}


def read_rate(text: str, currency: str = "USD") -> Rate | UnreadRate:
    """Read what a schedule prints as a rate into components; nothing is guessed.

    ``currency`` (ISO 4217) is what ``$`` and ``¢`` mean there. Texts read before are remembered, for a
    schedule prints few different ones. What cannot be read is returned with its place, never raised.
    """
    return _read(text, currency)


@lru_cache(maxsize=1 << 16)
def _read(text: str, currency: str) -> Rate | UnreadRate:
    if len(text) > LONGEST:
        return UnreadRate(text[:LONGEST], LONGEST, f"at most {LONGEST} characters")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        return _told(text, error)
    return Building(text, currency).transform(tree)


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", maybe_placeholders=False)


def _told(text: str, error: UnexpectedInput) -> UnreadRate:
    """Say where a text stops being a rate, and what could have stood there."""
    signs: Iterable[str] = ()
    at_end = False
    if isinstance(error, UnexpectedToken):
        signs, at_end = error.accepts or error.expected, error.token.type == "$END"
    elif isinstance(error, UnexpectedCharacters):
        signs = error.allowed or ()
    place = len(text) if at_end else error.pos_in_stream or 0
    return UnreadRate(text, place + 1, _in_words(signs))


def _in_words(signs: Iterable[str]) -> str:
    """Say in words what could have stood at a place."""
    known = [words for sign, words in _EXPECTED.items() if sign in set(signs)]
    return " or ".join(known) or "a rate"
