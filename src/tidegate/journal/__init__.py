"""The append-only, verifiable memory: every official act is an entry, everything else is read from it.

What verifies, proves and erases reads Parquet and signs: it is imported when it is first asked for, so that a
process that only appends and reads starts in half the time.
"""

import importlib
from typing import TYPE_CHECKING

from tidegate.journal.attachments import AttachmentAlteredError, AttachmentErasedError, AttachmentMissingError
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
from tidegate.journal.proofs import consistency_holds, consistency_path, inclusion_holds, inclusion_path
from tidegate.journal.readers import Reader, Replayed, follow, replay, tables
from tidegate.journal.responders import AnswerDiffersError, AnswerRefusedError, Responder, answer
from tidegate.journal.scrubbing import NothingToEraseError, ProtectedError, ScrubPendingError
from tidegate.journal.sqlite import SqliteJournal, create_journal, open_journal
from tidegate.journal.tables import (
    TablesAheadError,
    TablesHeldError,
    TablesMissingError,
    TablesOutdatedError,
    TablesTakenError,
    digest,
)

if TYPE_CHECKING:
    from tidegate.journal.backup import BackupExistsError, BackupUnsoundError, Manifest, back_up
    from tidegate.journal.backup_restoring import restore
    from tidegate.journal.batches import BadRowsError, attach_batches, rows_frame, stored_rows
    from tidegate.journal.check import Trouble, check_disk, check_journal
    from tidegate.journal.check_tables import Followers, check_tables
    from tidegate.journal.checkpoints import (
        Checkpoint,
        last_checkpoint,
        make_checkpoint,
        parse_checkpoint,
        read_checkpoint,
    )
    from tidegate.journal.erasure import Erasure, Wanted, erase
    from tidegate.journal.keys import rotate_key
    from tidegate.journal.notes import SigningKey, VerifierKey, parse_vkey
    from tidegate.journal.proving import (
        Proven,
        check_consistency,
        check_entry,
        prove_consistency,
        prove_entry,
    )
    from tidegate.journal.vectors import Judged, judge_vectors
    from tidegate.journal.verification import Verification, verify

__all__ = [
    "AnswerDiffersError",
    "AnswerRefusedError",
    "Append",
    "Appended",
    "AttachmentAlteredError",
    "AttachmentErasedError",
    "AttachmentMissingError",
    "BackupExistsError",
    "BackupUnsoundError",
    "BadClockError",
    "BadDraftError",
    "BadRowsError",
    "BodyTooLargeError",
    "Cause",
    "Checkpoint",
    "Condition",
    "Conflict",
    "Draft",
    "Entry",
    "Erasure",
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
    "Judged",
    "Key",
    "KeyIsNew",
    "KeyLastAt",
    "Manifest",
    "NothingToEraseError",
    "ProtectedError",
    "Proven",
    "Reader",
    "Replayed",
    "Responder",
    "Rows",
    "ScrubPendingError",
    "SigningKey",
    "SqliteJournal",
    "TablesAheadError",
    "TablesHeldError",
    "TablesMissingError",
    "TablesOutdatedError",
    "TablesTakenError",
    "Trouble",
    "Verification",
    "VerifierKey",
    "Wanted",
    "answer",
    "attach_batches",
    "back_up",
    "check_consistency",
    "check_disk",
    "check_entry",
    "check_journal",
    "check_tables",
    "consistency_holds",
    "consistency_path",
    "create_journal",
    "digest",
    "erase",
    "follow",
    "inclusion_holds",
    "inclusion_path",
    "judge_vectors",
    "last_checkpoint",
    "make_checkpoint",
    "open_journal",
    "parse_checkpoint",
    "parse_vkey",
    "prove_consistency",
    "prove_entry",
    "read_checkpoint",
    "replay",
    "restore",
    "rotate_key",
    "rows_frame",
    "stored_rows",
    "tables",
    "verify",
]

_DOORS = {
    "BackupExistsError": "tidegate.journal.backup",
    "BackupUnsoundError": "tidegate.journal.backup",
    "BadRowsError": "tidegate.journal.batches",
    "Checkpoint": "tidegate.journal.checkpoints",
    "Erasure": "tidegate.journal.erasure",
    "Followers": "tidegate.journal.check_tables",
    "Judged": "tidegate.journal.vectors",
    "Manifest": "tidegate.journal.backup",
    "Proven": "tidegate.journal.proving",
    "SigningKey": "tidegate.journal.notes",
    "Trouble": "tidegate.journal.check",
    "Verification": "tidegate.journal.verification",
    "VerifierKey": "tidegate.journal.notes",
    "Wanted": "tidegate.journal.erasure",
    "attach_batches": "tidegate.journal.batches",
    "back_up": "tidegate.journal.backup",
    "check_consistency": "tidegate.journal.proving",
    "check_disk": "tidegate.journal.check",
    "check_entry": "tidegate.journal.proving",
    "check_journal": "tidegate.journal.check",
    "check_tables": "tidegate.journal.check_tables",
    "erase": "tidegate.journal.erasure",
    "judge_vectors": "tidegate.journal.vectors",
    "last_checkpoint": "tidegate.journal.checkpoints",
    "make_checkpoint": "tidegate.journal.checkpoints",
    "parse_checkpoint": "tidegate.journal.checkpoints",
    "parse_vkey": "tidegate.journal.notes",
    "prove_consistency": "tidegate.journal.proving",
    "prove_entry": "tidegate.journal.proving",
    "read_checkpoint": "tidegate.journal.checkpoints",
    "restore": "tidegate.journal.backup_restoring",
    "rotate_key": "tidegate.journal.keys",
    "rows_frame": "tidegate.journal.batches",
    "stored_rows": "tidegate.journal.batches",
    "verify": "tidegate.journal.verification",
}


def __getattr__(name: str) -> object:
    """Import what is behind one of the doors that open when they are knocked at."""
    if name not in _DOORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_DOORS[name]), name)
