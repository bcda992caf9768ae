"""The append-only, verifiable memory: every official act is an entry, everything else is read from it."""

from tidegate.journal.attachments import AttachmentAlteredError, AttachmentMissingError
from tidegate.journal.backup import BackupExistsError, BackupUnsoundError, Manifest, back_up
from tidegate.journal.backup_restoring import restore
from tidegate.journal.check import Trouble, check_disk, check_journal
from tidegate.journal.check_tables import Followers, check_tables
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
    "BackupExistsError",
    "BackupUnsoundError",
    "BadClockError",
    "BadDraftError",
    "BodyTooLargeError",
    "Cause",
    "Condition",
    "Conflict",
    "Draft",
    "Entry",
    "Fault",
    "Followers",
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
    "Manifest",
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
    "Trouble",
    "Verification",
    "answer",
    "back_up",
    "check_disk",
    "check_journal",
    "check_tables",
    "create_journal",
    "digest",
    "follow",
    "open_journal",
    "replay",
    "restore",
    "tables",
    "verify",
]
