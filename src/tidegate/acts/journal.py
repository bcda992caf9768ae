"""Acts of the journal about itself: how the memory was tended."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from tidegate.acts.act import Act


class ResponderStarted(Act, frozen=True, kw_only=True):
    """A new version of a responder took over from this position on."""

    KIND: ClassVar[str] = "responder.started"

    name: str
    version: int
    start: int = msgspec.field(name="from")


class KeyRotated(Act, frozen=True, kw_only=True):
    """The node put a new signing key in the place of the old; both signed the note that says so."""

    KIND: ClassVar[str] = "key.rotated"

    old: str
    new: str
    note: str


class ErasedRows(msgspec.Struct, frozen=True):
    """Which rows of the batch at a position are gone, and the attachment that now has the others."""

    position: int
    rows: tuple[int, ...]
    attachment: str


class Erased(Act, frozen=True, kw_only=True):
    """Data about persons were erased: bodies, texts of pseudonyms, attachments, rows of batches."""

    KIND: ClassVar[str] = "erased"

    reason: str = ""
    positions: tuple[int, ...] = ()
    pseudonyms: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    rows: tuple[ErasedRows, ...] = ()
