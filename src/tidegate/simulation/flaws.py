"""Flaws of form: how messages go wrong on their way from the trader's system to customs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Flaw = Literal[
    "malformed_xml", "wrong_encoding", "text_in_number", "unknown_currency", "unknown_country",
    "missing_element", "item_count_wrong", "duplicate_lrn",
]  # fmt: skip
FLAWS: tuple[Flaw, ...] = get_args(Flaw)
# How often each is drawn; a duplicate needs an earlier message of the same declarant, so it is drawn more.
FLAW_RUNNING = np.cumsum(np.array([2, 2, 2, 2, 2, 2, 2, 6], np.int64))


def flawed(xml: bytes, flaw: str) -> bytes:
    """Return a sound message with this flaw; ``duplicate_lrn`` is in the reference, not in the form."""
    return _FLAWED[flaw](xml)


def _malformed(xml: bytes) -> bytes:
    """Lose the tail of the message, as when a connection breaks."""
    return xml[: len(xml) * 3 // 5]


def _wrong_encoding(xml: bytes) -> bytes:
    """Put a Latin-1 letter into a message that says it is UTF-8."""
    return _replaced(xml, rb"(<Description>)", b"Qualit\xe9 ")


def _text_in_number(xml: bytes) -> bytes:
    return _replaced(xml, rb"(<GrossMassMeasure[^>]*>)[^<]*", b"twelve")


def _unknown_currency(xml: bytes) -> bytes:
    return _replaced(xml, rb'(<ItemChargeAmount currencyID=")[^"]*', b"XQZ")


def _unknown_country(xml: bytes) -> bytes:
    return _replaced(xml, rb"(<Origin><CountryCode>)[^<]*", b"XQ")


def _missing_element(xml: bytes) -> bytes:
    """Leave out the declarant."""
    return _replaced(xml, rb"()<Declarant>.*?</Declarant>", b"")


def _item_count(xml: bytes) -> bytes:
    stated = re.search(rb"<GoodsItemQuantity>(\d+)<", xml)
    more = int(stated.group(1)) + 1 if stated else 1
    return _replaced(xml, rb"(<GoodsItemQuantity>)\d+", b"%d" % more)


def _unchanged(xml: bytes) -> bytes:
    return xml


def _replaced(xml: bytes, pattern: bytes, by: bytes) -> bytes:
    """Put ``by`` where a pattern is found first, after what the pattern's group holds."""
    changed, times = re.subn(pattern, lambda found: found.group(1) + by, xml, count=1)
    if not times:
        raise ValueError(f"the message has nothing like {pattern!r} to make a flaw of")
    return changed


_FLAWED: dict[str, Callable[[bytes], bytes]] = {
    "malformed_xml": _malformed,
    "wrong_encoding": _wrong_encoding,
    "text_in_number": _text_in_number,
    "unknown_currency": _unknown_currency,
    "unknown_country": _unknown_country,
    "missing_element": _missing_element,
    "item_count_wrong": _item_count,
    "duplicate_lrn": _unchanged,
}
