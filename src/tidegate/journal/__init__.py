"""The append-only, verifiable memory: every official act is an entry, everything else is read from it."""

from tidegate.journal.attachments import AttachmentAlteredError, AttachmentMissingError
from tidegate.journal.engine import (
    BadClockError,
    Journal,
    JournalBusyError,
    JournalCorruptError,
    JournalExistsError,
    JournalFailedError,
    JournalFullError,
    JournalMissingError,
    JournalReadOnlyError,
)
from tidegate.journal.envelope import BadDraftError, BodyTooLargeError
from tidegate.journal.model import (
    Append,
    Appended,
    Cause,
    Condition,
    Conflict,
    Draft,
    Entry,
    JournalError,
    Key,
    KeyIsNew,
    KeyLastAt,
    Rows,
)
from tidegate.journal.sqlite import SqliteJournal, create_journal, open_journal

__all__ = [
    "Append",
    "Appended",
    "AttachmentAlteredError",
    "AttachmentMissingError",
    "BadClockError",
    "BadDraftError",
    "BodyTooLargeError",
    "Cause",
    "Condition",
    "Conflict",
    "Draft",
    "Entry",
    "Journal",
    "JournalBusyError",
    "JournalCorruptError",
    "JournalError",
    "JournalExistsError",
    "JournalFailedError",
    "JournalFullError",
    "JournalMissingError",
    "JournalReadOnlyError",
    "Key",
    "KeyIsNew",
    "KeyLastAt",
    "Rows",
    "SqliteJournal",
    "create_journal",
    "open_journal",
]
