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
from tidegate.journal.faults import Fault
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
from tidegate.journal.readers import Reader, Replayed, follow, replay, tables
from tidegate.journal.responders import AnswerDiffersError, AnswerRefusedError, Responder, answer
from tidegate.journal.sqlite import SqliteJournal, create_journal, open_journal
from tidegate.journal.tables import (
    TablesAheadError,
    TablesHeldError,
    TablesMissingError,
    TablesOutdatedError,
    TablesTakenError,
    digest,
)
from tidegate.journal.verification import Verification, verify

__all__ = [
    "AnswerDiffersError",
    "AnswerRefusedError",
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
    "Fault",
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
    "Reader",
    "Replayed",
    "Responder",
    "Rows",
    "SqliteJournal",
    "TablesAheadError",
    "TablesHeldError",
    "TablesMissingError",
    "TablesOutdatedError",
    "TablesTakenError",
    "Verification",
    "answer",
    "create_journal",
    "digest",
    "follow",
    "open_journal",
    "replay",
    "tables",
    "verify",
]
