"""Takes out of files what an erasure has taken out of tables: SQLite and file systems forget slowly.

Deleting a row leaves its bytes in pages and in the write-ahead log. Here the file is written anew, with what
it still has to say, and the log is cut to nothing.
"""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import apsw

from tidegate.journal.attachments import AttachmentFolder, disk_errors, sync_folder
from tidegate.journal.engine import JournalReadOnlyError
from tidegate.journal.erasures import erasures_of
from tidegate.journal.model import JournalError
from tidegate.journal.schema import database_errors

MARK = ".erasing-"


class ScrubPendingError(JournalError):
    """Somebody still reads what was erased, so that it is not yet out of the files; fields: path."""

    code = "scrub_pending"


class NothingToEraseError(JournalError):
    """Everything named is erased already, or was never there."""

    code = "nothing_to_erase"


class ProtectedError(JournalError):
    """Acts by which the journal itself is verified cannot be erased; fields: positions."""

    code = "protected"


REFUSED = (NothingToEraseError, ProtectedError, JournalReadOnlyError)


@contextlib.contextmanager
def marked(folder: Path) -> Iterator[None]:
    """Leave a mark in the folder that tells of an erasure under way, until it is done to the last byte.

    The mark of a process that died stays, and whoever opens the journal next finishes its work. An erasure
    that was refused had nothing to do.
    """
    with disk_errors("marking the erasure"):
        handle, name = tempfile.mkstemp(dir=folder, prefix=MARK)
        fcntl.flock(handle, fcntl.LOCK_EX)
        sync_folder(folder)
    try:
        try:
            yield
        except REFUSED:
            Path(name).unlink()
            raise
        Path(name).unlink()
    finally:
        os.close(handle)


def abandoned(folder: Path) -> list[Path]:
    """Return the marks of erasures whose process is gone."""
    found = []
    for path in sorted(folder.glob(f"{MARK}*")):
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            found.append(path)
    return found


def remove_files(connection: apsw.Connection, files: AttachmentFolder) -> None:
    """Delete the files of erased attachments; in a transaction, so that nobody stores them meanwhile."""
    touched = set()
    for digest in erasures_of(connection).attachments:
        row = connection.execute("SELECT 1 FROM attachments WHERE digest = ?", (digest,)).get
        path = files.path(digest)
        if row is None and path.exists():
            with disk_errors("deleting an erased attachment"):
                path.unlink(missing_ok=True)
            touched.add(path.parent)
    for folder in touched:
        with disk_errors("deleting an erased attachment"):
            sync_folder(folder)


def scrub(connection: apsw.Connection, path: Path) -> None:
    """Write the database anew, and cut its write-ahead log to nothing.

    Raises:
        ScrubPendingError: somebody reads an older state of it.
    """
    with database_errors(connection):
        # New pages are then zeroed before they are filled, not only old ones when they are freed.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
    cut_log(connection, path)


def cut_log(connection: apsw.Connection, path: Path) -> None:
    """Move the write-ahead log into the database and cut it to nothing, or raise `scrub_pending`."""
    with database_errors(connection):
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").get
    if busy:
        raise ScrubPendingError(
            f"{path} is being read: what was erased is still in its log. It goes when the reader has ended "
            "and the journal, or the follower of these tables, is opened again.",
            path=str(path),
        )
