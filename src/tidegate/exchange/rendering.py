"""How values leave a node: every one is text, and exact."""

from __future__ import annotations

import hmac
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tidegate.exchange.terms import FIELDS

if TYPE_CHECKING:
    from tidegate.exchange.model import Transform

PSEUDONYM_DIGITS = 32
_SPANS = {"day": 10, "month": 7, "year": 4}


def pseudonym(key: bytes, text: str) -> str:
    """Return what stands for a text in one agreement: HMAC-SHA256 under that agreement's key, 32 digits."""
    return hmac.digest(key, text.encode(), "sha256").hex()[:PSEUDONYM_DIGITS]


def agreement_key(secret: bytes, agreement: str) -> bytes:
    """Return the key of an agreement's pseudonyms: made from the node's secret, which no partner has."""
    return hmac.digest(secret, b"exchange pseudonyms of " + agreement.encode(), "sha256")


def rendered(name: str, value: object, transform: Transform | None = None) -> str:
    """Return a value, already transformed, as text: decimals in plain notation, moments in UTC."""
    if isinstance(value, datetime):
        text = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return text[: _SPANS[transform.span]] if transform is not None and transform.span else text
    if isinstance(value, date):
        return value.isoformat()
    scale = FIELDS[name].scale if name in FIELDS else 1
    if isinstance(value, int) and scale != 1:
        return plain_decimal(Decimal(value) / scale)
    return str(value)


def plain_decimal(value: Decimal) -> str:
    """Return a decimal without exponent and without zeros at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
