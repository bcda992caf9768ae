"""Backups: a consistent copy of a journal while others append, with a manifest that says what it must prove.

A backup is a folder: `manifest.json`; `journal/` as docs/journal-format.md describes it; the files that were
to be copied beside it, by their names; and `checkpoint`, the newest signed note, where the journal has one.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import apsw
import msgspec
from msgspec import Struct

from tidegate.journal.attachments import (
    AttachmentFolder,
    AttachmentMissingError,
    disk_errors,
    sync_folder,
)
from tidegate.journal.committing import instant, read_state
from tidegate.journal.model import JournalError
from tidegate.journal.schema import connect, database_errors
from tidegate.journal.sqlite import ATTACHMENTS_FOLDER, JOURNAL_FILE, SqliteJournal

MANIFEST = "manifest.json"
CHECKPOINT = "checkpoint"
JOURNAL = "journal"
FORMAT = 1
PAGES_AT_ONCE = 4096
ATTACHMENTS_AT_ONCE = 256
ATTEMPTS = 3
PATIENCE_SECONDS = 10.0
CHUNK = 1 << 20


class BackupExistsError(JournalError):
    """Something lies where the backup, or the node made from it, would be put; fields: path."""

    code = "backup_exists"


class BackupUnsoundError(JournalError):
    """The folder is no backup, or does not prove what its manifest says; fields: part."""

    code = "backup_unsound"


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup holds: the journal's size and hex root, and the SHA-256 of each file but attachments.

    The names of attachments are digests already: here are their number and their size in bytes.
    `checkpoint` is the size that the newest checkpoint covers.
    """

    format: int = FORMAT
    made: datetime
    entries: int
    root: str
    checkpoint: int | None
    attachments: int
    attachment_bytes: int
    files: dict[str, str]


def back_up(
    journal: SqliteJournal, beside: Sequence[Path], target: Path, clock: Callable[[], datetime]
) -> Manifest:
    """Copy a journal, and the files `beside` it, into the new folder `target`; all of it or nothing.

    The database is copied as it is at one moment. Attachments follow: all that it names are there by then;
    each is compared with its digest on the way.

    Raises:
        BackupExistsError: there is something at `target`.
        AttachmentMissingError, AttachmentAlteredError: the journal itself is not sound.
    """
    with made_whole(target) as folder:
        for attempt in range(ATTEMPTS):
            try:
                return _fill(journal, beside, folder, clock)
            except AttachmentMissingError as error:
                # An attachment erased since the database was copied is to be in no copy: take a newer one.
                if attempt + 1 == ATTEMPTS or _is_named(journal, str(error.fields["digest"])):
                    raise
                shutil.rmtree(folder / JOURNAL)
    raise AssertionError("the last attempt returns or raises")


def _fill(
    journal: SqliteJournal, beside: Sequence[Path], folder: Path, clock: Callable[[], datetime]
) -> Manifest:
    made = instant(clock)
    (folder / JOURNAL / ATTACHMENTS_FOLDER).mkdir(parents=True)
    database = folder / JOURNAL / JOURNAL_FILE
    _copy_database(journal, database)
    with opened_copy(database) as connection:
        state = read_state(connection)
        digests = [digest for (digest,) in connection.execute("SELECT digest FROM attachments")]
        last = connection.execute("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1").get
    size = copy_attachments(journal.files, AttachmentFolder(folder / JOURNAL / ATTACHMENTS_FOLDER), digests)
    for path in beside:
        copy_file(path, folder / path.name)
    if last is not None:
        _write(folder / CHECKPOINT, str(last[1]).encode())
    files = [database, *(folder / path.name for path in beside), *([folder / CHECKPOINT] if last else [])]
    manifest = Manifest(
        made=made,
        entries=state.size,
        root=state.root.hex(),
        checkpoint=None if last is None else int(last[0]),
        attachments=len(digests),
        attachment_bytes=size,
        files={str(path.relative_to(folder)): digest_of(path) for path in files},
    )
    _write(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    return manifest


def _copy_database(journal: SqliteJournal, target: Path) -> None:
    os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))  # as the journal's own: for its owner only
    with database_errors():
        copy = connect(target, flags=apsw.SQLITE_OPEN_READWRITE, patience=PATIENCE_SECONDS)
    with journal.reading() as connection, contextlib.closing(copy):
        # A first statement, so that the transaction begins, and every step copies the same moment.
        connection.execute("SELECT size FROM tree").get  # noqa: B018 - reading it is what begins it
        with database_errors(copy), copy.backup("main", connection, "main") as copying:
            while not copying.done:
                copying.step(PAGES_AT_ONCE)
        with database_errors(copy):
            copy.pragma("synchronous", "FULL")
    with disk_errors("making the copy durable"), target.open("rb") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def opened_copy(database: Path) -> Iterator[apsw.Connection]:
    """Lend a connection to a copy that is nobody else's; nothing of SQLite's own is left beside it."""
    with database_errors():
        connection = connect(database, flags=apsw.SQLITE_OPEN_READWRITE, patience=PATIENCE_SECONDS)
    with contextlib.closing(connection), database_errors(connection):
        yield connection


def copy_attachments(source: AttachmentFolder, target: AttachmentFolder, digests: Sequence[str]) -> int:
    """Copy attachments, each compared with its digest; return their size in bytes as stored."""
    size = 0
    for start in range(0, len(digests), ATTACHMENTS_AT_ONCE):
        files = [(digest, source.stored(digest)) for digest in digests[start : start + ATTACHMENTS_AT_ONCE]]
        target.write(files)
        size += sum(len(data) for _, data in files)
    return size


def _is_named(journal: SqliteJournal, digest: str) -> bool:
    with journal.reading() as connection:
        return connection.execute("SELECT 1 FROM attachments WHERE digest = ?", (digest,)).get is not None


@contextlib.contextmanager
def made_whole(target: Path) -> Iterator[Path]:
    """Lend a folder beside `target` that takes its name in the end, or is gone when anything is raised."""
    if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
        raise BackupExistsError(
            f"There is something at {target} already: name a new folder.", path=str(target)
        )
    with disk_errors(f"making a folder beside {target}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        yield folder
        with disk_errors(f"making {target}"):
            sync_folder(folder)
            folder.rename(target)
            sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def copy_file(source: Path, target: Path) -> None:
    """Copy a file with its permissions, durably; `target` must not be there."""
    with disk_errors(f"copying {source}"), source.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode & 0o777
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as copy:
            shutil.copyfileobj(file, copy, CHUNK)
            copy.flush()
            os.fsync(copy.fileno())


def _write(target: Path, data: bytes) -> None:
    with disk_errors(f"writing {target.name}"):
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def digest_of(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    total = sha256()
    with disk_errors(f"reading {path}"), path.open("rb") as file:
        while chunk := file.read(CHUNK):
            total.update(chunk)
    return total.hexdigest()
