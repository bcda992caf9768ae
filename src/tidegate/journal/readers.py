"""Readers fold acts into tables of their own, and know in the same transaction how far they have come."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import apsw
from msgspec import Struct

from tidegate.acts.journal import Erased
from tidegate.journal.engine import Journal
from tidegate.journal.model import Entry
from tidegate.journal.schema import connect, database_errors
from tidegate.journal.tables import (
    Followed,
    TablesMissingError,
    TablesOutdatedError,
    begin_scrub,
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
    scrub_tables,
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
    made. So are the tables when an `erased` act is heard: rebuilding is forgetting, for any reader. Two
    followers at once are safe: each batch is folded by one of them.
    """
    path = path_of(reader.name, folder)
    with closing(open_tables(path, patience)) as connection:
        with held(path, patience), transaction(connection):
            state = checked_state(connection, path, ROLE, reader.name)
            if state is None:
                begin_tables(connection, reader.schema, Followed(ROLE, reader.name, reader.version, 0))
        if state is not None and state.version != reader.version:
            return _rebuild(journal, reader, connection, path, (batch, end_of(journal, 0, until), patience))
        end = end_of(journal, 0 if state is None else state.position, until)
        folded = 0
        while True:
            try:
                with held(path, patience):
                    scrub_tables(connection, path)
                    count, reached = _fold(journal, reader, connection, batch, end, anew=state is None)
            except _Forgetting:
                return folded + _rebuild(journal, reader, connection, path, (batch, end, patience))
            folded += count
            if reached >= end:
                return folded


class _Forgetting(Exception):  # noqa: N818 - it never leaves this module
    """Something was erased that the tables may have."""


def _rebuild(
    journal: Journal, reader: Reader, connection: apsw.Connection, path: Path, how: tuple[int, int, float]
) -> int:
    """Build the tables anew up to an end, in batches, and put them in the place of the old."""
    batch, end, patience = how
    with held(path, patience):
        with passing_tables(path, patience) as fresh:
            folded = _build(journal, reader, fresh, batch, end)
            begin_scrub(fresh)
            replace_tables(connection, fresh, patience)
        scrub_tables(connection, path)
    return folded


def _build(journal: Journal, reader: Reader, fresh: apsw.Connection, batch: int, end: int) -> int:
    with transaction(fresh):
        begin_tables(fresh, reader.schema, Followed(ROLE, reader.name, reader.version, 0))
    folded = reached = 0
    while reached < end:
        count, reached = _fold(journal, reader, fresh, batch, end, anew=True)
        folded += count
    return folded


def _fold(
    journal: Journal, reader: Reader, connection: apsw.Connection, batch: int, end: int, *, anew: bool = False
) -> tuple[int, int]:
    """Fold one batch from the stored position on; return the entries folded and the position reached.

    Unless the tables are made anew, they may have what an `erased` act in the batch names: nothing is folded
    then, and they must be.
    """
    kinds = None if reader.kinds is None else reader.kinds | {Erased.KIND}
    with transaction(connection):
        start = position_of(connection, reader.version)
        entries, reached = next_entries(journal, start, batch, kinds, end)
        if not anew and any(entry.kind == Erased.KIND for entry in entries):
            raise _Forgetting
        if reader.kinds is not None:
            entries = [entry for entry in entries if entry.kind in reader.kinds]
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
