"""What fits: bounds on what others state before it enters a key or the body of an act.

A message may state a reference of a million characters, or one with line breaks in it. The original is kept
whole as an attachment; keys and bodies hold what the journal can take.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_REFERENCE = 128  # characters; WCO references have 70 at most
_SHOWN = 32

_Stated = TypeVar("_Stated")
_ENCODER = msgspec.json.Encoder(decimal_format="string")


def referable(text: str) -> str:
    """Return a reference as keys and acts hold it: itself, or its printable beginning with its digest.

    Two that differ anywhere stay different.
    """
    if len(text) <= LONGEST_REFERENCE and text.isprintable() and not text.startswith("~"):
        return text
    shown = "".join(letter for letter in text[:_SHOWN] if letter.isprintable()).lstrip("~")
    return f"{shown}...sha256:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def within(stated: Sequence[_Stated], count: int, octets: int) -> tuple[_Stated, ...]:
    """Return as many of the first as fit, in number and in octets of JSON."""
    kept: list[_Stated] = []
    for one in stated[:count]:
        octets -= len(_ENCODER.encode(one)) + 1
        if octets < 0:
            break
        kept.append(one)
    return tuple(kept)
