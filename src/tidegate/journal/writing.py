"""The writer of one process: calls of its threads wait together and are committed together."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import apsw

from tidegate.journal.committing import Call, commit, enter
from tidegate.journal.engine import JournalFailedError
from tidegate.journal.model import Append, Appended, Conflict, JournalError
from tidegate.journal.schema import CHECKPOINT_PAGES, WRITER_CACHE_KIB, connect, database_errors

T = TypeVar("T")


class Writer:
    """The one connection that writes, and the queue before it.

    Whoever gets the lock commits for all that wait; they find their outcome when the lock comes to them.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime],
        entropy: Callable[[int], bytes],
        patience: float,
    ) -> None:
        self.path = path
        self.clock = clock
        self.entropy = entropy
        self.patience = patience
        self.waiting: list[Call] = []
        self._connection: apsw.Connection | None = None
        self._closed = False
        self._commit_lock = threading.Lock()
        self._queue_lock = threading.Lock()

    def append(self, groups: Sequence[Append]) -> list[Appended | Conflict]:
        """Return the outcomes of the groups once the commit that they were part of is durable."""
        call = Call(groups)
        with self._queue_lock:
            self.waiting.append(call)
        with self._commit_lock:
            if not call.done:
                self._commit_waiting()
        if call.error is not None:
            raise call.error
        assert call.outcomes is not None
        return call.outcomes

    def _commit_waiting(self) -> None:
        with self._queue_lock:
            calls, self.waiting = self.waiting, []
        try:
            self._commit(calls)
        except BaseException:
            for call in calls:
                call.error = JournalFailedError("The commit was interrupted; nothing was appended.")
            raise

    def _commit(self, calls: list[Call]) -> None:
        try:
            connection = self.connection()
            with database_errors(connection):
                commit(connection, calls, self.clock, self.entropy)
        except JournalError as error:
            for call in calls:
                call.error = error
        except Exception as error:  # noqa: BLE001 - whatever it is, its caller raises it
            if len(calls) == 1:
                calls[0].error = error
                return
            # One call's fault is not the others': each tries again by itself.
            for call in calls:
                self._commit([call])

    def register(self, stored: Sequence[tuple[str, bytes]], write: Callable[[], None]) -> None:
        """Enter attachments, whose files are durable, into the table of those that acts may name.

        `write` writes files that are lost: an erasure may have deleted one since it was found there.
        """
        sizes = sorted({digest: len(data) for digest, data in stored}.items())

        def enter_rows(connection: apsw.Connection) -> None:
            connection.executemany("INSERT OR IGNORE INTO attachments VALUES (?, ?)", sizes)
            write()

        self.alone(enter_rows)

    def alone(self, work: Callable[[apsw.Connection], T]) -> T:
        """Return what `work` returns, done in a durable commit of its own."""
        with self._commit_lock:
            connection = self.connection()
            with database_errors(connection):
                connection.execute("BEGIN IMMEDIATE")
                done = work(connection)
                connection.execute("COMMIT")
        return done

    def enter(self, connection: apsw.Connection, groups: Sequence[Append]) -> list[Appended | Conflict]:
        """Write groups inside the commit of `alone`."""
        return enter(connection, groups, self.clock, self.entropy)

    def outside(self, work: Callable[[apsw.Connection], T]) -> T:
        """Return what `work` returns, done on the writing connection outside of any transaction."""
        with self._commit_lock:
            return work(self.connection())

    def connection(self) -> apsw.Connection:
        """Return the connection, made when it is first needed."""
        if self._closed:
            raise JournalFailedError(f"The journal {self.path} is closed.")
        if self._connection is None:
            with database_errors():
                made = connect(self.path, flags=apsw.SQLITE_OPEN_READWRITE, patience=self.patience)
            with database_errors(made):
                made.execute("PRAGMA synchronous = FULL")
                made.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
                made.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            self._connection = made
        return self._connection

    def close(self) -> None:
        """Let go of the connection, after the commit that is under way."""
        with self._commit_lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None
