"""The journal embedded: SQLite with a write-ahead log and full synchronisation, attachments in a folder."""

import contextlib
import os
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import apsw
import msgspec

from tidegate.journal.attachments import (
    AttachmentErasedError,
    AttachmentFolder,
    AttachmentMissingError,
    compress,
    disk_errors,
    sync_folder,
)
from tidegate.journal.committing import TreeState, instant, read_state
from tidegate.journal.engine import (
    JournalBusyError,
    JournalCorruptError,
    JournalExistsError,
    JournalFailedError,
    JournalMissingError,
    JournalReadOnlyError,
)
from tidegate.journal.envelope import check_groups, decode_envelope, entry_of, pseudonyms_in
from tidegate.journal.erasures import erasures_of
from tidegate.journal.model import Append, Appended, Conflict, Entry, Key
from tidegate.journal.schema import (
    APPLICATION_ID,
    FORMAT,
    PAGE_SIZE,
    SCHEMA,
    connect,
    database_errors,
)
from tidegate.journal.scrubbing import ScrubPendingError, abandoned, remove_files, scrub
from tidegate.journal.tree import EMPTY_ROOT
from tidegate.journal.writing import Writer

T = TypeVar("T")

JOURNAL_FILE = "journal.sqlite"
ATTACHMENTS_FOLDER = "attachments"

ALL_ENTRIES = """
SELECT e.position, e.envelope, b.body FROM entries e LEFT JOIN bodies b USING (position)
WHERE e.position >= ? ORDER BY e.position LIMIT ?
"""
ENTRIES_ABOUT = """
SELECT k.position, e.envelope, b.body FROM keys k CROSS JOIN entries e USING (position)
LEFT JOIN bodies b USING (position) WHERE k.key = ? AND k.position >= ? ORDER BY k.position LIMIT ?
"""
# One ordered run for each kind, merged by SQLite: none is read further than the limit needs.
ONE_KIND = "SELECT position FROM kinds WHERE kind = ? AND position >= ?"
ENTRIES_OF_KINDS = """
SELECT k.position, e.envelope, b.body FROM (%s ORDER BY position LIMIT ?) k
CROSS JOIN entries e USING (position) LEFT JOIN bodies b USING (position) ORDER BY k.position
"""


def create_journal(
    folder: Path,
    *,
    clock: Callable[[], datetime],
    entropy: Callable[[int], bytes] = os.urandom,
    patience: float = 10.0,
) -> "SqliteJournal":
    """Create an empty journal in the folder and open it; `journal_exists` when one is there.

    Args:
        folder: where journal.sqlite and attachments/ will lie; made when it is not there.
        clock: tells the time an act is recorded, with its zone.
        entropy: returns that many random bytes, for salts.
        patience: seconds an append waits for another process.
    """
    path = folder / JOURNAL_FILE
    born = instant(clock)
    with disk_errors("making the journal's folder"):
        (folder / ATTACHMENTS_FOLDER).mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".journal-")
        os.close(handle)
    new = Path(name)
    try:
        _write_empty(new, born, patience)
        with disk_errors("making the journal"):
            # A link, unlike a renaming, fails when somebody else was first.
            path.hardlink_to(new)
            sync_folder(folder)
    except JournalFailedError as error:
        if isinstance(error.__cause__, FileExistsError):
            raise JournalExistsError(f"There is a journal in {folder} already.", folder=str(folder)) from None
        raise
    finally:
        new.unlink()
    return open_journal(folder, clock=clock, entropy=entropy, patience=patience)


def _write_empty(path: Path, born: datetime, patience: float) -> None:
    flags = apsw.SQLITE_OPEN_READWRITE
    with database_errors():
        connection = connect(path, flags=flags, patience=patience)
    with database_errors(connection), contextlib.closing(connection):
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        with connection:
            connection.execute(SCHEMA)
            connection.execute("INSERT INTO tree VALUES (1, 0, ?, ?, ?)", (EMPTY_ROOT, b"", born.isoformat()))


def open_journal(
    folder: Path,
    *,
    clock: Callable[[], datetime],
    entropy: Callable[[int], bytes] = os.urandom,
    read_only: bool = False,
    patience: float = 10.0,
) -> "SqliteJournal":
    """Open the journal in the folder; `journal_missing` when there is none. See `create_journal`."""
    if not (folder / JOURNAL_FILE).is_file():
        raise JournalMissingError(f"There is no journal in {folder}.", folder=str(folder))
    journal = SqliteJournal(folder, clock=clock, entropy=entropy, read_only=read_only, patience=patience)
    try:
        journal.check_format()
        if not read_only:
            _finish_erasures(journal)
    except BaseException:
        journal.close()
        raise
    return journal


def _finish_erasures(journal: "SqliteJournal") -> None:
    """Go on with what processes that died had begun to erase; while somebody still reads, leave it."""
    marks = abandoned(journal.folder)
    if marks:
        with contextlib.suppress(ScrubPendingError, JournalBusyError):
            journal.scrub()
            for mark in marks:
                mark.unlink(missing_ok=True)


class SqliteJournal:
    """The SQLite engine. Threads share one writer, whose calls wait together and commit together.

    A journal must be opened after a process forks, not before.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], datetime],
        entropy: Callable[[int], bytes],
        read_only: bool,
        patience: float,
    ) -> None:
        self.folder = folder
        self.files = AttachmentFolder(folder / ATTACHMENTS_FOLDER)
        self.path = folder / JOURNAL_FILE
        self._patience = patience
        self._writer = None if read_only else Writer(self.path, clock, entropy, patience)
        self._idle: list[apsw.Connection] = []
        self._closed = threading.Event()

    # Appending

    def append(self, groups: Sequence[Append]) -> list[Appended | Conflict]:
        """Append all groups in one durable commit; see `Journal.append`."""
        check_groups(groups)
        return self._writer_allowed().append(groups)

    def attach(self, blobs: Sequence[bytes]) -> list[str]:
        """Store the blobs durably and return their digests; see `Journal.attach`."""
        writer = self._writer_allowed()
        stored = compress(blobs)
        self.files.write(stored)
        writer.register(stored, lambda: self.files.write(stored))
        return [digest for digest, _ in stored]

    def alone(self, work: Callable[[apsw.Connection], T]) -> T:
        """Return what `work` returns, done in a durable commit of its own: for what is not an append."""
        return self._writer_allowed().alone(work)

    def enter(self, connection: apsw.Connection, groups: Sequence[Append]) -> list[Appended | Conflict]:
        """Append inside the commit of `alone`."""
        check_groups(groups)
        return self._writer_allowed().enter(connection, groups)

    def outside(self, work: Callable[[apsw.Connection], T]) -> T:
        """Return what `work` returns, done on the writing connection outside of any transaction."""
        return self._writer_allowed().outside(work)

    def scrub(self) -> None:
        """Take what the journal says is erased out of its files; `scrub_pending` while somebody reads."""
        self.alone(lambda connection: remove_files(connection, self.files))
        self.outside(lambda connection: scrub(connection, self.path))

    def _writer_allowed(self) -> Writer:
        if self._writer is None:
            raise JournalReadOnlyError(f"The journal in {self.folder} was opened for reading only.")
        return self._writer

    # Reading

    @contextlib.contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """Lend a connection whose statements all see the journal as it was at the first of them."""
        if self._closed.is_set():
            raise JournalFailedError(f"The journal in {self.folder} is closed.")
        try:
            connection = self._idle.pop()
        except IndexError:
            with database_errors():
                connection = connect(self.path, flags=apsw.SQLITE_OPEN_READONLY, patience=self._patience)
        with database_errors(connection):
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        if self._closed.is_set():
            connection.close()
        else:
            self._idle.append(connection)

    def check_format(self) -> None:
        """Raise `journal_corrupt` when the file is no journal of a format known here."""
        with self.reading() as connection:
            application = connection.pragma("application_id")
            version = connection.pragma("user_version")
        if (application, version) != (APPLICATION_ID, FORMAT):
            raise JournalCorruptError(
                f"{self.path} is no journal of format {FORMAT} (its marks are {application} and {version}).",
                position=None,
            )

    def state(self) -> TreeState:
        """Return the tail of the journal: size, root, frontier and last recorded time, of one moment."""
        with self.reading() as connection:
            return read_state(connection)

    @property
    def size(self) -> int:
        """The number of entries."""
        return self.state().size

    def root(self) -> bytes:
        """Return the RFC 6962 root (32 bytes) over all entries."""
        return self.state().root

    def read(self, start: int = 0, limit: int = 1000, kinds: Collection[str] | None = None) -> list[Entry]:
        """Return entries in order of position; see `Journal.read`."""
        if limit <= 0 or (kinds is not None and not kinds):
            return []
        if kinds is None:
            return self._entries(ALL_ENTRIES, (start, limit))
        sql = ENTRIES_OF_KINDS % " UNION ALL ".join([ONE_KIND] * len(kinds))
        asked = [part for kind in kinds for part in (kind, start)]
        return self._entries(sql, (*asked, limit))

    def about(self, key: Key, start: int = 0, limit: int = 1000) -> list[Entry]:
        """Return entries that carry the key; see `Journal.about`."""
        return self._entries(ENTRIES_ABOUT, (start, max(limit, 0)), key)

    def last(self, key: Key) -> int | None:
        """Return the position of the last entry that carries the key."""
        with self.reading() as connection:
            stored = _stored_text(connection, key)
            position: int | None = connection.execute(
                "SELECT max(position) FROM keys WHERE key = ?", (stored,)
            ).get
        return position

    def _entries(self, sql: str, values: tuple[str | int, ...], key: Key | None = None) -> list[Entry]:
        found: list[Entry] = []
        texts: dict[str, str] = {}
        with self.reading() as connection:
            if key is not None:
                stored = _stored_text(connection, key)
                if stored is None:
                    return []
                values = (stored, *values)
            for position, data, body in connection.execute(sql, values):
                try:
                    envelope = decode_envelope(data)
                except msgspec.DecodeError as error:
                    raise JournalCorruptError(
                        f"The envelope at position {position} cannot be read: {error}.", position=position
                    ) from error
                for pseudonym in pseudonyms_in(envelope):
                    if pseudonym not in texts:
                        text = connection.execute(
                            "SELECT text FROM pseudonyms WHERE pseudonym = ?", (pseudonym,)
                        ).get
                        texts[pseudonym] = pseudonym if text is None else text
                found.append(entry_of(position, envelope, body, texts))
        return found

    def attachment(self, digest: str) -> bytes:
        """Return the original bytes of an attachment; see `Journal.attachment`."""
        with self.reading() as connection:
            known = connection.execute("SELECT 1 FROM attachments WHERE digest = ?", (digest,)).get
            erased = known is None and digest in erasures_of(connection).attachments
        if erased:
            raise AttachmentErasedError(f"The attachment {digest} was erased.", digest=digest)
        if known is None:
            raise AttachmentMissingError(f"The attachment {digest} was never stored here.", digest=digest)
        return self.files.original(digest)

    def close(self) -> None:
        """Let go of every file. Closing twice is allowed."""
        self._closed.set()
        while self._idle:
            self._idle.pop().close()
        if self._writer is not None:
            self._writer.close()


def _stored_text(connection: apsw.Connection, key: Key) -> str | None:
    if not key.personal:
        return key.text
    found: str | None = connection.execute("SELECT pseudonym FROM pseudonyms WHERE text = ?", (key.text,)).get
    return found
