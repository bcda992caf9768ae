"""The SQLite file of a journal: its tables, its settings, and its faults in the journal's own words."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import apsw

from tidegate.journal.attachments import FULL_ERRORS
from tidegate.journal.engine import (
    JournalBusyError,
    JournalCorruptError,
    JournalFailedError,
    JournalFullError,
    JournalReadOnlyError,
)

APPLICATION_ID = 0x54494445  # "TIDE", so that `file` and strangers can tell what the file is
FORMAT = 1

# The first five tables are what is proven; the rest is derived from them, and verified against them.
SCHEMA = """
CREATE TABLE entries (position INTEGER PRIMARY KEY, leaf BLOB NOT NULL, envelope BLOB NOT NULL) STRICT;
CREATE TABLE bodies (position INTEGER PRIMARY KEY, salt BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE attachments (digest TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, root BLOB NOT NULL, note TEXT NOT NULL) STRICT;
CREATE TABLE pseudonyms (
    text TEXT PRIMARY KEY, salt BLOB NOT NULL, pseudonym TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE TABLE nodes (number INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
CREATE TABLE tree (
    one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL,
    frontier BLOB NOT NULL, recorded TEXT NOT NULL
) STRICT;
CREATE TABLE keys (
    key TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (key, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE kinds (
    kind TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (kind, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE uses (
    digest TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (digest, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE causes (
    responder TEXT NOT NULL, because INTEGER NOT NULL, subject TEXT NOT NULL, n INTEGER NOT NULL,
    position INTEGER NOT NULL, PRIMARY KEY (responder, because, subject, n)
) STRICT, WITHOUT ROWID;
"""
# Measured: seven bodies of 1 KB a page, not three, make batches a fifth faster, single commits no slower.
PAGE_SIZE = 8192
WRITER_CACHE_KIB = 64 * 1024
# Moving the write-ahead log into the database costs two synchronisations: every 32 MB rather than every 8.
CHECKPOINT_PAGES = 4096


def connect(path: Path, *, flags: int, patience: float) -> apsw.Connection:
    """Return a connection that waits up to `patience` seconds for a lock."""
    name = str(path)
    if flags & apsw.SQLITE_OPEN_READONLY and _cannot_change(path):
        # SQLite wants to make a log even for reading; on a read-only disk it must be told to do without.
        name, flags = f"{path.absolute().as_uri()}?immutable=1", flags | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection(name, flags=flags)
    connection.set_busy_timeout(int(patience * 1000))
    return connection


def _cannot_change(path: Path) -> bool:
    """Tell whether a database lies on a read-only disk, with no log beside it that belongs to it."""
    try:
        read_only = bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False
    return read_only and not path.with_name(f"{path.name}-wal").exists()


@contextlib.contextmanager
def database_errors(connection: apsw.Connection | None = None) -> Iterator[None]:
    """Raise the journal's own errors for those of SQLite, after rolling back what `connection` had begun."""
    began = time.monotonic()
    try:
        yield
    except BaseException as error:
        # Asked before the rollback, which resets it.
        number = 0 if connection is None else connection.system_errno
        if connection is not None and connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, apsw.Error):
            raise _translated(error, number, time.monotonic() - began) from error
        raise


def _translated(error: apsw.Error, number: int, waited: float) -> Exception:
    text = str(error)
    if isinstance(error, (apsw.BusyError, apsw.LockedError)):
        seconds = round(waited, 1)
        return JournalBusyError(
            f"Another process holds the journal (waited {seconds} s); nothing was appended, try again.",
            waited=seconds,
        )
    if isinstance(error, apsw.FullError) or (isinstance(error, apsw.IOError) and number in FULL_ERRORS):
        return JournalFullError("The disk is full; nothing was appended. Make room and try again.")
    if isinstance(error, (apsw.CorruptError, apsw.NotADBError, apsw.FormatError)):
        return JournalCorruptError(f"The database file is damaged: {text}.", position=None)
    if isinstance(error, apsw.ReadOnlyError):
        return JournalReadOnlyError("The journal's file can only be read.")
    return JournalFailedError(f"The database failed: {text}; nothing was appended.", errno=number)
