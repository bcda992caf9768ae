"""How form is checked: each function reads a class's plan once and returns the check of its values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tidegate.declarations.classes import FieldPlan, class_plan, classes_below
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.rules.rule import Breach, Check, RuleContext
from tidegate.declarations.stated import Amount, Beyond, DateTime, Measure, Stated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"

_CLASSES = classes_below(Declaration)
_FORMAT = re.compile(r"(an|a|n)(\.\.)?(\d+)(?:,(\d+))?", re.ASCII)
_LETTERS = {"a": re.compile(r"[A-Za-z]*", re.ASCII), "n": re.compile(r"\d*", re.ASCII)}


def fields_of(of: type[Stated], *kinds: str) -> tuple[FieldPlan, ...]:
    """Return the fields of a class that hold one of these kinds."""
    return tuple(field for field in class_plan(of).fields if field.kind in kinds)


def _local(beyond: Beyond) -> str:
    name = beyond.element.name if beyond.element is not None else beyond.name
    return name.rpartition("}")[2][:80]


def beyond_the_fields(kinds: str, *, known: bool | None = None) -> dict[type[Stated], Check]:
    """Return checks for what is beyond the fields; ``known`` asks for names that are fields, or are not."""

    def check_of(of: type[Stated]) -> Check:
        names = class_plan(of).by_name()

        def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
            if not value.beyond:
                return ()
            return [
                Breach(one.at or (_local(one) if one.kind == "element" else ""), {"name": _local(one)})
                for one in value.beyond
                if one.kind in kinds
                and one.name != SCHEMA_LOCATION
                and (known is None or known == (_local(one) in names))
            ]

        return check

    return {of: check_of(of) for of in _CLASSES}


def lengths_and_letters(of: type[Stated]) -> Check:
    """Return the check of lengths and letters for the texts of a class."""
    limits = []
    for field in fields_of(of, "text"):
        found = _FORMAT.fullmatch(field.format or "")
        assert found is not None, f"{of.__name__}.{field.name} has no format"
        most = int(found[3])
        limits.append(
            (field.attribute, field.name, field.format or "", 0 if found[2] else most, most, found[1])
        )

    def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
        breaches = []
        for attribute, name, form, least, most, letters in limits:
            text = getattr(value, attribute)
            if not text:
                continue
            pattern = _LETTERS.get(letters)
            if not least <= len(text) <= most or (pattern is not None and not pattern.fullmatch(text)):
                breaches.append(Breach(name, {"value": text, "format": form, "length": str(len(text))}))
        return breaches

    return check


def _number(held: object) -> Decimal | None:
    return held.value if isinstance(held, Amount | Measure) else held  # type: ignore[return-value]  # the plan's kind


def numbers(of: type[Stated], wrong: str) -> Check:
    """Return the check of the numbers of a class: ``text`` in them, too many ``digits``, or ``negative``."""
    limits = []
    for field in fields_of(of, "number", "amount", "measure"):
        found = _FORMAT.fullmatch(field.format or "")
        assert found is not None, f"{of.__name__}.{field.name} has no format"
        limits.append((field.attribute, field.name, field.format or "", int(found[3]), int(found[4] or 0)))

    def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
        breaches = []
        for attribute, name, form, whole, decimals in limits:
            held = getattr(value, attribute)
            if held is None and not any(one.at == name for one in value.beyond):
                continue
            number = _number(held)
            if number is None:
                is_wrong = wrong == "text"
            elif wrong == "digits":
                is_wrong = _too_long(number, whole, decimals)
            else:
                is_wrong = wrong == "negative" and number < 0
            if is_wrong:
                breaches.append(Breach(name, {"value": _said(value, name, number), "format": form}))
        return breaches

    return check


def _too_long(number: Decimal, whole: int, decimals: int) -> bool:
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).lstrip("0")
    while exponent < 0 and text.endswith("0"):  # zeros at the end of a fraction say nothing
        text, exponent = text[:-1], exponent + 1
    if not text:
        return False
    return max(len(text) + max(exponent, 0), -exponent) > whole or -exponent > decimals


def _said(value: Stated, name: str, number: Decimal | None) -> str:
    for one in value.beyond:
        if one.kind == "lexical" and one.at == name:
            return one.text.strip()
    return "" if number is None else format(number, "f")


def times(of: type[Stated]) -> Check:
    """Return the check that the times of a class are moments of the format they name."""
    fields = fields_of(of, "time")
    lengths = {"102": (8,), "204": (14,), "304": (15, 17)}

    def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
        breaches = []
        for field in fields:
            held: DateTime | None = getattr(value, field.attribute)
            if held is None:
                continue
            expected = lengths.get(held.format_code or "304")
            text = held.text.strip()
            if expected is None or len(text) not in expected or held.moment() is None:
                breaches.append(Breach(field.name, {"value": text, "format": held.format_code or "304"}))
        return breaches

    return check


def empty_texts(of: type[Stated]) -> Check:
    """Return the check for texts of a class that are stated without a value."""
    fields = [(field.attribute, field.name) for field in fields_of(of, "text")]

    def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
        return [Breach(name) for attribute, name in fields if getattr(value, attribute) == ""]

    return check


def classes_with(kinds: tuple[str, ...]) -> list[type[Stated]]:
    """Return every class of a declaration that has a field of one of these kinds."""
    return [of for of in _CLASSES if fields_of(of, *kinds)]
