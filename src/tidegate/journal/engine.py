"""The contract every engine keeps. Its proof is the suite in tests/contract, run unchanged by each engine."""

from collections.abc import Collection, Sequence
from typing import Protocol

from tidegate.journal.model import Append, Appended, Conflict, Entry, JournalError, Key


class JournalBusyError(JournalError):
    """Another process holds the write lock; fields: waited (seconds)."""

    code = "journal_busy"


class JournalFullError(JournalError):
    """The disk, or the room allowed to the journal, is full; nothing of the commit is visible."""

    code = "journal_full"


class JournalFailedError(JournalError):
    """The operating system failed to read or write, or a commit was interrupted; nothing was acknowledged."""

    code = "journal_failed"


class JournalCorruptError(JournalError):
    """What is stored cannot be what was written; fields: position where it is known."""

    code = "journal_corrupt"


class JournalExistsError(JournalError):
    """A journal already lies in the folder; fields: folder."""

    code = "journal_exists"


class JournalMissingError(JournalError):
    """No journal lies in the folder; fields: folder."""

    code = "journal_missing"


class JournalReadOnlyError(JournalError):
    """The journal was opened for reading only."""

    code = "journal_read_only"


class BadClockError(JournalError):
    """The clock given to the journal told a time without a zone."""

    code = "bad_clock"


class Journal(Protocol):
    """An append-only memory in commit order. Every method may be called from any thread."""

    def append(self, groups: Sequence[Append]) -> list[Appended | Conflict]:
        """Append all groups in one durable commit; a refused group does not disturb the others.

        Calls made at once by several threads share a commit. Raises for a draft that can never enter
        (`bad_draft`, `body_too_large`, `attachment_missing`), before anything is written.
        """
        ...

    def read(self, start: int = 0, limit: int = 1000, kinds: Collection[str] | None = None) -> list[Entry]:
        """Return up to `limit` entries in order of position, from position `start` on, of these kinds."""
        ...

    def about(self, key: Key, start: int = 0, limit: int = 1000) -> list[Entry]:
        """Return up to `limit` entries that carry the key, in order of position, from position `start` on."""
        ...

    def last(self, key: Key) -> int | None:
        """Return the position of the last entry that carries the key."""
        ...

    @property
    def size(self) -> int:
        """The number of entries."""
        ...

    def root(self) -> bytes:
        """Return the RFC 6962 root (32 bytes) over all entries."""
        ...

    def attach(self, blobs: Sequence[bytes]) -> list[str]:
        """Store the blobs durably, compressed; return the digest of each as stored: `sha256:` and hex."""
        ...

    def attachment(self, digest: str) -> bytes:
        """Return the original bytes; `attachment_missing` or `attachment_altered` when they are not."""
        ...

    def close(self) -> None:
        """Let go of every file. Closing twice is allowed."""
        ...
