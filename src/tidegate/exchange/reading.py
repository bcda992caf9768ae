"""Reads agreements: canonical bytes in, checked values out. What is not known is refused, never ignored."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
import rfc8785

from tidegate.exchange.checking import faults_of
from tidegate.exchange.model import Agreement
from tidegate.exchange.refusals import BadAgreementError
from tidegate.exchange.terms import FIELDS

LARGEST = 40 * 1024  # octets; an agreement lies in the body of an act
_DECODER = msgspec.json.Decoder(Agreement)


def canonical(document: Any) -> bytes:
    """Return the bytes that are signed: the JSON of RFC 8785."""
    return rfc8785.dumps(document)


def document_digest(document: bytes) -> str:
    """Return the digest by which parties name a document."""
    return f"sha256:{sha256(document).hexdigest()}"


@lru_cache(maxsize=256)
def read_agreement(document: bytes) -> Agreement:
    """Read the canonical bytes of an agreement.

    Raises:
        BadAgreementError: it is too large, not in canonical form, has a word that the language has not, or
            contradicts itself; the text says where.
    """
    if len(document) > LARGEST:
        raise BadAgreementError(f"The agreement has {len(document)} octets, the limit is {LARGEST}.")
    try:
        raw = msgspec.json.decode(document)
        in_order = canonical(raw)
        agreement = _DECODER.decode(document)
    except (msgspec.DecodeError, rfc8785.CanonicalizationError, RecursionError) as error:
        raise BadAgreementError(f"This is no agreement of the profile: {error}.") from None
    if in_order != document:
        raise BadAgreementError("The agreement is not in the canonical form of RFC 8785.")
    for fault in faults_of(agreement):
        raise BadAgreementError(f"{agreement.uid}: {fault}")
    return agreement


def duration(text: str) -> timedelta:
    """Return a duration of the profile, ``P30D`` or ``PT48H``."""
    return timedelta(days=int(text[1:-1])) if text[1] != "T" else timedelta(hours=int(text[2:-1]))


def scaled(name: str, text: str) -> int:
    """Return a number of an agreement in units of its field; it was checked to be whole in them."""
    return int(Decimal(text) * FIELDS[name].scale)
