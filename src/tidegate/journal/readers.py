"""Readers fold acts into tables of their own, and know in the same transaction how far they have come."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import apsw
from msgspec import Struct

from tidegate.journal.engine import Journal
from tidegate.journal.model import Entry
from tidegate.journal.schema import connect, database_errors
from tidegate.journal.tables import (
    Followed,
    TablesMissingError,
    TablesOutdatedError,
    begin_tables,
    checked_state,
    digest,
    discard_if_damaged,
    end_of,
    held,
    move,
    next_entries,
    open_tables,
    passing_tables,
    path_of,
    position_of,
    replace_tables,
    transaction,
)

ROLE = "reader"
PATIENCE_SECONDS = 10.0


class Reader(Protocol):
    """What folds acts: a function of the entries alone, in order, however they are cut into batches.

    `kinds` None hears everything. `schema` is the SQL that makes the tables; `followed` is a taken name.
    """

    @property
    def name(self) -> str:
        """The name of the tables' file."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the tables or the folding change: the tables are then rebuilt."""
        ...

    @property
    def kinds(self) -> frozenset[str] | None:
        """The kinds of act that it hears."""
        ...

    @property
    def schema(self) -> str:
        """The SQL that makes its tables."""
        ...

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Write into the tables what the entries say, inside a transaction that is not the reader's."""
        ...


class Replayed(Struct, frozen=True):
    """Digests of the tables before and after they were rebuilt, and the number of entries folded."""

    before: str
    after: str
    entries: int


def follow(
    journal: Journal,
    reader: Reader,
    folder: Path,
    *,
    batch: int = 1000,
    until: int | None = None,
    patience: float = PATIENCE_SECONDS,
) -> int:
    """Fold what is new, batch by batch, up to the head of the journal or `until`; return the entries folded.

    Tables of another version are rebuilt aside and then replaced at once, so that queries never see them half
    made. Two followers at once are safe: each batch is folded by one of them.
    """
    path = path_of(reader.name, folder)
    with closing(open_tables(path, patience)) as connection:
        with held(path, patience), transaction(connection):
            state = checked_state(connection, path, ROLE, reader.name)
            if state is None:
                begin_tables(connection, reader.schema, Followed(ROLE, reader.name, reader.version, 0))
        if state is not None and state.version != reader.version:
            end = end_of(journal, 0, until)
            with held(path, patience), passing_tables(path, patience) as fresh:
                folded = _build(journal, reader, fresh, batch, end)
                replace_tables(connection, fresh, patience)
            return folded
        end = end_of(journal, 0 if state is None else state.position, until)
        folded = 0
        while True:
            with held(path, patience):
                count, reached = _fold(journal, reader, connection, batch, end)
            folded += count
            if reached >= end:
                return folded


def _build(journal: Journal, reader: Reader, fresh: apsw.Connection, batch: int, end: int) -> int:
    with transaction(fresh):
        begin_tables(fresh, reader.schema, Followed(ROLE, reader.name, reader.version, 0))
    folded = reached = 0
    while reached < end:
        count, reached = _fold(journal, reader, fresh, batch, end)
        folded += count
    return folded


def _fold(
    journal: Journal, reader: Reader, connection: apsw.Connection, batch: int, end: int
) -> tuple[int, int]:
    """Fold one batch from the stored position on; return the entries folded and the position reached."""
    with transaction(connection):
        start = position_of(connection, reader.version)
        entries, reached = next_entries(journal, start, batch, reader.kinds, end)
        if entries:
            reader.fold(entries, connection)
        if reached > start:
            move(connection, reached)
    return len(entries), reached


def tables(reader: Reader, folder: Path, *, patience: float = PATIENCE_SECONDS) -> apsw.Connection:
    """Return a connection that can only read the reader's tables; the caller closes it."""
    path = path_of(reader.name, folder)
    if not path.is_file():
        raise TablesMissingError(f"{path} is not there: follow the journal first.", path=str(path))
    with database_errors():
        connection = connect(path, flags=apsw.SQLITE_OPEN_READONLY, patience=patience)
    state = checked_state(connection, path, ROLE, reader.name)
    if state is None or state.version != reader.version:
        stored = None if state is None else state.version
        connection.close()
        raise TablesOutdatedError(
            f"{path.name} is of version {stored}, not {reader.version}: follow the journal first.",
            stored=stored,
            wanted=reader.version,
        )
    return connection


def replay(
    journal: Journal,
    reader: Reader,
    folder: Path,
    *,
    batch: int = 1000,
    patience: float = PATIENCE_SECONDS,
) -> Replayed:
    """Follow to the head, then rebuild the tables from the first entry and replace them; return both digests.

    The digests are equal unless the tables were changed by something else than folding, or folding is not a
    function of the entries. Tables that cannot be read any more have no digest: `before` is then empty.
    """
    path = path_of(reader.name, folder)
    damaged = discard_if_damaged(path, patience)
    follow(journal, reader, folder, batch=batch, patience=patience)
    with closing(open_tables(path, patience)) as connection, held(path, patience):
        with transaction(connection):
            position = position_of(connection, reader.version)
            before = "" if damaged else digest(connection)
        with passing_tables(path, patience) as fresh:
            entries = _build(journal, reader, fresh, batch, position)
            after = digest(fresh)
            replace_tables(connection, fresh, patience)
    return Replayed(before, after, entries)
