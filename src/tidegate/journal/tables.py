"""The files in which readers and responders keep their tables, each with its position beside them."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import apsw
import msgspec
from msgspec import Struct

from tidegate.journal.attachments import disk_errors
from tidegate.journal.engine import Journal, JournalBusyError, JournalCorruptError
from tidegate.journal.model import Entry, JournalError
from tidegate.journal.schema import connect, database_errors
from tidegate.journal.scrubbing import ScrubPendingError, cut_log, scrub

STATE_TABLE = "followed"
STATE_SCHEMA = """
CREATE TABLE followed (
    one INTEGER PRIMARY KEY CHECK (one = 1), role TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
    position INTEGER NOT NULL
) STRICT;
"""
UNSCRUBBED = 1
LOCK_POLL_SECONDS = 0.02
# Folding a year anew touches more pages than SQLite's own 2 MB hold; only what is touched is taken.
FOLDING_CACHE_KIB = 64 * 1024


class TablesMissingError(JournalError):
    """Nothing was folded yet; fields: path."""

    code = "tables_missing"


class TablesOutdatedError(JournalError):
    """The tables are of another version than the code that asks; fields: stored, wanted."""

    code = "tables_outdated"


class TablesTakenError(JournalError):
    """The file belongs to another reader or responder; fields: path, role, name."""

    code = "tables_taken"


class TablesAheadError(JournalError):
    """The tables know more entries than the journal has; fields: position, size."""

    code = "tables_ahead"


class TablesHeldError(JournalError):
    """Another follower works on the tables; fields: path, holder, waited (seconds)."""

    code = "tables_held"


class Followed(Struct, frozen=True):
    """Whose tables these are and how far they have come: `position` is the first entry not yet heard."""

    role: str
    name: str
    version: int
    position: int


def path_of(name: str, folder: Path) -> Path:
    """Return the file of a reader's or responder's tables."""
    return folder / f"{name}.sqlite"


def open_tables(path: Path, patience: float) -> apsw.Connection:
    """Return a connection for folding; the file is made when it is not there."""
    with disk_errors("making the tables' folder"):
        path.parent.mkdir(parents=True, exist_ok=True)
    with database_errors():
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        connection = connect(path, flags=flags, patience=patience)
    _use_log(connection, patience)
    with database_errors(connection):
        # After a loss of power the tables may stand some batches back, whole: they are folded again.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{FOLDING_CACHE_KIB}")
    return connection


def _use_log(connection: apsw.Connection, patience: float) -> None:
    """Turn on the write-ahead log; of several who open a new file at once, SQLite lets only one not wait."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with database_errors(connection):
                connection.execute("PRAGMA journal_mode = WAL")
        except JournalBusyError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(LOCK_POLL_SECONDS)
        else:
            return


def discard_if_damaged(path: Path, patience: float) -> bool:
    """Remove tables that can no longer be read, to be made again by following; return whether it was so."""
    if not path.exists():
        return False
    with held(path, patience):
        if not damage_of(path, patience):
            return False
        with disk_errors("removing damaged tables"):
            # The log first: a log without its tables would be taken for that of the next ones.
            for name in (f"{path.name}-wal", f"{path.name}-shm", path.name):
                path.with_name(name).unlink(missing_ok=True)
    return True


def damage_of(path: Path, patience: float) -> list[str]:
    """Return what SQLite finds wrong with a file of tables, without changing it; nothing if it is sound."""
    try:
        with database_errors():
            connection = connect(path, flags=apsw.SQLITE_OPEN_READONLY, patience=patience)
        with contextlib.closing(connection), database_errors(connection):
            return [text for (text,) in connection.execute("PRAGMA quick_check(5)") if text != "ok"]
    except JournalCorruptError as error:
        return [str(error.__cause__)]


@contextlib.contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """Take the write lock, commit at the end, roll back when anything is raised."""
    with database_errors(connection):
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")


@contextlib.contextmanager
def held(path: Path, patience: float) -> Iterator[None]:
    """Hold the tables for one batch; whoever waits longer than `patience` seconds is told who holds them."""
    with disk_errors("opening the tables' lock"):
        handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _lock(handle, path, patience)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path, patience: float) -> None:
    # This measures a wait; it does not tell the time.
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(handle, 100, 0).decode(errors="replace")
                raise TablesHeldError(
                    f"{path.name} is being folded by {holder}; waited {patience} s for it.",
                    path=str(path),
                    holder=holder,
                    waited=patience,
                ) from None
            time.sleep(LOCK_POLL_SECONDS)
        else:
            return


def state_of(connection: apsw.Connection) -> Followed | None:
    """Return whose tables these are, None while the file is empty."""
    # Asked in SQL: it sees what others have made since, a look into the connection's own schema does not.
    made = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (STATE_TABLE,)).get
    if made is None:
        return None
    row = connection.execute("SELECT role, name, version, position FROM followed").get
    return None if row is None else Followed(*row)


def checked_state(connection: apsw.Connection, path: Path, role: str, name: str) -> Followed | None:
    """Return the state, having seen that the tables belong to this reader or responder."""
    state = state_of(connection)
    if state is not None and (state.role, state.name) != (role, name):
        raise TablesTakenError(
            f"{path} belongs to the {state.role} {state.name}, not to the {role} {name}: use two folders.",
            path=str(path),
            role=state.role,
            name=state.name,
        )
    return state


def begin_tables(connection: apsw.Connection, schema: str, state: Followed) -> None:
    """Make the tables anew, whatever was there, inside the caller's transaction."""
    made = connection.execute(
        "SELECT type, name FROM sqlite_schema "
        "WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    )
    for kind, name in list(made):
        quoted = name.replace('"', '""')
        connection.execute(f'DROP {kind} IF EXISTS "{quoted}"')
    connection.execute(STATE_SCHEMA)
    connection.execute(schema)
    connection.execute(
        "INSERT INTO followed VALUES (1, ?, ?, ?, ?)", (state.role, state.name, state.version, state.position)
    )


def position_of(connection: apsw.Connection, version: int) -> int:
    """Return the position, having seen that no newer or older code took the tables over meanwhile."""
    stored, position = connection.execute("SELECT version, position FROM followed").get
    if stored != version:
        raise TablesOutdatedError(
            f"The tables were taken over by version {stored}, this is version {version}: end this process.",
            stored=stored,
            wanted=version,
        )
    return int(position)


def move(connection: apsw.Connection, position: int) -> None:
    """Store the position, inside the transaction that folded the entries before it."""
    connection.execute("UPDATE followed SET position = ?", (position,))


def next_entries(
    journal: Journal, start: int, limit: int, kinds: frozenset[str] | None, end: int
) -> tuple[list[Entry], int]:
    """Return up to `limit` entries of these kinds in [start, end), and the position reached with them."""
    if start >= end:
        return [], start
    entries = [entry for entry in journal.read(start, limit, kinds) if entry.position < end]
    return entries, (entries[-1].position + 1 if len(entries) == limit else end)


def end_of(journal: Journal, start: int, until: int | None) -> int:
    """Return where to stop: the head of the journal, or `until`; the tables must not be beyond the head."""
    size = journal.size
    if start > size:
        raise TablesAheadError(
            f"The tables have heard {start} entries, the journal has {size}: is it an older copy?",
            position=start,
            size=size,
        )
    return size if until is None else min(size, until)


@contextlib.contextmanager
def passing_tables(path: Path, patience: float) -> Iterator[apsw.Connection]:
    """Lend tables in a file of their own beside `path`, which is gone afterwards."""
    with disk_errors("making the tables' folder"):
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f".{path.stem}-*"):
            shutil.rmtree(left, ignore_errors=True)  # of a process that died; `held` keeps the living out
        aside = tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.stem}-")
    with aside as folder, contextlib.closing(open_tables(Path(folder) / path.name, patience)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        yield connection


def replace_tables(connection: apsw.Connection, new: apsw.Connection, patience: float) -> None:
    """Put the new tables in the place of the old in one transaction, under the eyes of who is reading."""
    if connection.pragma("user_version") == UNSCRUBBED:
        begin_scrub(new)
    deadline = time.monotonic() + patience
    with database_errors(), connection.backup("main", new, "main") as copy:
        while not copy.done:
            try:
                copy.step()
            except (apsw.BusyError, apsw.LockedError):
                if time.monotonic() >= deadline:
                    raise
                time.sleep(LOCK_POLL_SECONDS)


def begin_scrub(connection: apsw.Connection) -> None:
    """Note, inside the transaction that forgets, that the files still have what was forgotten."""
    connection.execute(f"PRAGMA user_version = {UNSCRUBBED}")


def scrub_tables(connection: apsw.Connection, path: Path) -> None:
    """Take what was forgotten out of the files; while somebody reads them, the next follower does it."""
    if connection.pragma("user_version") != UNSCRUBBED:
        return
    with contextlib.suppress(ScrubPendingError, JournalBusyError):
        scrub(connection, path)
        connection.execute("PRAGMA user_version = 0")
        cut_log(connection, path)


def digest(connection: apsw.Connection) -> str:
    """Return the hex SHA-256 over all tables by name and all their rows in order of their columns.

    The position is not part of it: equal tables are equal however they were folded.
    """
    total = sha256()
    names = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' "
        "AND name <> ? ORDER BY name",
        (STATE_TABLE,),
    )
    encode = msgspec.msgpack.encode
    for name in [name for (name,) in names]:
        columns = [
            column for (column,) in connection.execute("SELECT name FROM pragma_table_info(?)", (name,))
        ]
        total.update(encode((name, columns)))
        table = name.replace('"', '""')
        order = ", ".join(f"{number} COLLATE BINARY" for number in range(1, len(columns) + 1))
        for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY {order}'):  # noqa: S608 - names of the tables' own
            total.update(encode(row))
    return total.hexdigest()


def own(entry: Entry, name: str) -> bool:
    """Whether the entry is an answer of this responder."""
    return entry.cause is not None and entry.cause.responder == name
