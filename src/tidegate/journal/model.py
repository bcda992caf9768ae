"""The words of the journal: keys, acts on their way in, conditions, and the entries that acts become.

None of these values can be part of a cycle, so the collector of cycles need not look at them (`gc=False`).
"""

from datetime import datetime
from typing import ClassVar

from msgspec import Struct


class JournalError(Exception):
    """An act or a question that the journal refuses: a code, a text for people, and fields for programs."""

    code: ClassVar[str] = "journal_error"

    def __init__(self, text: str, **fields: object) -> None:
        super().__init__(text)
        self.fields = fields


class Key(Struct, frozen=True, gc=False):
    """A subject key, such as `mrn:26XA...`; a personal one enters the envelope as a pseudonym."""

    text: str
    personal: bool = False


class Cause(Struct, frozen=True, gc=False):
    """Why a responder appended an act: the entry it answers, and the n-th act about which subject."""

    responder: str
    because: int
    subject: str
    n: int


class Rows(Struct, frozen=True, gc=False):
    """The batch an act covers: root of the rows' hash tree, their number, the attachment with them."""

    root: str
    count: int
    attachment: str


class Draft(Struct, frozen=True, kw_only=True, gc=False):
    """An act on its way in. `occurred` is aware; `body` is compact JSON of about 1 KB, at most 64 KiB."""

    kind: str
    version: int
    occurred: datetime
    author: Key
    keys: tuple[Key, ...]
    body: bytes
    cause: Cause | None = None
    attachments: tuple[str, ...] = ()
    rows: Rows | None = None


class KeyIsNew(Struct, frozen=True, tag=True, gc=False):
    """Holds while no entry carries the key."""

    key: Key


class KeyLastAt(Struct, frozen=True, tag=True, gc=False):
    """Holds while the last entry that carries the key is the one at `position`."""

    key: Key
    position: int


Condition = KeyIsNew | KeyLastAt


class Append(Struct, frozen=True, gc=False):
    """A group of acts under conditions: all of it enters, or nothing."""

    drafts: tuple[Draft, ...]
    conditions: tuple[Condition, ...] = ()


class Appended(Struct, frozen=True, gc=False):
    """The group entered, at these positions, in the order of its drafts."""

    positions: tuple[int, ...]


class Conflict(Struct, frozen=True, gc=False):
    """The group was refused: which condition failed, or which cause is already answered, and who won.

    `position` is the first entry with the key (`KeyIsNew`), its last entry (`KeyLastAt`; -1 when it has
    none), or the entry that already has the cause.
    """

    condition: Condition | None
    cause: Cause | None
    position: int


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """An act as the journal holds it; keys are texts, or pseudonyms where the text is erased."""

    position: int
    kind: str
    version: int
    recorded: datetime
    occurred: datetime
    author: str
    keys: tuple[str, ...]
    cause: Cause | None
    attachments: tuple[str, ...]
    rows: Rows | None
    body: bytes | None
