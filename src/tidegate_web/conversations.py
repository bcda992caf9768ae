"""Names for what is at a position of the journal: conversations, and notifications.

A name is a UUID (RFC 9562, version 8) that holds the position, masked and sealed with the node's key. So a
name needs no table, cannot be guessed, and the same act has the same name after any crash and in any process.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from tidegate.acts import AmendmentRequested, InvalidationRequested
from tidegate.journal import Key

if TYPE_CHECKING:
    from tidegate.acts import NoticeIssued
    from tidegate.journal import Journal

What = Literal["conversation", "notification"]

_POSITION_BITS = 48
_SEAL_BITS = 74  # what a UUID of version 8 has left beside the position
_LOW_BITS = 62
_OWN = frozenset({AmendmentRequested.KIND, InvalidationRequested.KIND})


def name_of(what: What, position: int, key: bytes) -> UUID:
    """Return the name of what is at a position, under the node's key."""
    seal = _seal(what, position, key)
    masked = position ^ _mask(what, seal, key)
    high, low = seal >> _LOW_BITS, seal & ((1 << _LOW_BITS) - 1)
    return UUID(int=masked << 80 | 8 << 76 | high << 64 | 2 << 62 | low)


def position_of(what: What, name: str, key: bytes) -> int | None:
    """Return the position that a name holds, or None where it is no name that this node gave."""
    try:
        number = UUID(name).int
    except ValueError:
        return None
    seal = (number >> 64 & 0xFFF) << _LOW_BITS | number & ((1 << _LOW_BITS) - 1)
    position = number >> 80 ^ _mask(what, seal, key)
    return position if name_of(what, position, key).int == number else None


def conversation_of(journal: Journal, notice: NoticeIssued) -> int:
    """Return the position of the message that a notice belongs to.

    That is the request to amend or to invalidate where the notice answers one, else the lodging.
    """
    position = notice.about
    while True:
        entry = journal.read(position, 1)[0]
        if entry.kind in _OWN:
            return position
        if entry.cause is None:
            break
        position = entry.cause.because
    return journal.about(Key(f"mrn:{notice.mrn}"), 0, 1)[0].position


def _seal(what: What, position: int, key: bytes) -> int:
    said = f"{what} {position}".encode()
    digest = hmac.new(key, said, hashlib.sha256).digest()
    return int.from_bytes(digest, "big") & ((1 << _SEAL_BITS) - 1)


def _mask(what: What, seal: int, key: bytes) -> int:
    digest = hmac.new(key, f"{what} mask {seal}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest, "big") & ((1 << _POSITION_BITS) - 1)
