"""Counters that all worker processes share, and that outlive them: `limits.db` in the node's folder.

They may be lost with the machine's power, for they are no facts: nothing waits for the disk. Paces follow the
generic cell rate algorithm (ITU-T I.371): one number a name, exact, without windows that let twice as much
through at their border.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

import apsw
import msgspec

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS paces (name TEXT PRIMARY KEY, due REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quotas (
    name TEXT NOT NULL, day TEXT NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (name, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusals (
    day TEXT NOT NULL, route TEXT NOT NULL, code TEXT NOT NULL, client TEXT NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (day, route, code, client)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (
    name TEXT PRIMARY KEY, value BLOB NOT NULL, until REAL NOT NULL
) WITHOUT ROWID;
"""
# The moment, where none is given: read by SQLite, which is stable within a statement and, unlike a clock that
# is read before, not older than what others wrote while this one waited for the file.
_NOW = "coalesce(:now, unixepoch('now', 'subsec'))"
_SPEND = (
    f"INSERT INTO paces VALUES (:name, {_NOW} + :cost) ON CONFLICT (name) DO UPDATE "  # noqa: S608 - our own words
    f"SET due = max(due, {_NOW}) + :cost WHERE max(due, {_NOW}) + :cost - {_NOW} <= :room "
    f"RETURNING due - {_NOW}"
)
_AHEAD = f"SELECT max(0.0, due - {_NOW}) FROM paces WHERE name = :name"  # noqa: S608 - as above
_USE = (
    "INSERT INTO quotas SELECT ?1, ?2, ?3 WHERE ?3 <= ?4 ON CONFLICT (name, day) DO UPDATE "
    "SET used = used + ?3 WHERE used + ?3 <= ?4 RETURNING used"
)
# Kept where nothing is kept under the name any more; with ?4, in any case.
_KEEP = (
    "INSERT INTO kept VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET value = ?2, until = ?3 "
    "WHERE ?4 OR until <= unixepoch('now', 'subsec') RETURNING 1"
)
_KEPT = "FROM kept WHERE name = ? AND until > unixepoch('now', 'subsec')"
_AFTER_ALL = "~"  # sorts after every sign that follows a prefix
_PATIENCE_MILLISECONDS, _PAUSE_MILLISECONDS = 5_000, 10
_KEPT_REFUSALS_DAYS = 400


class Pace(msgspec.Struct, frozen=True):
    """How often: so many a minute on the average, so many at once."""

    per_minute: int
    at_once: int

    @property
    def seconds(self) -> float:
        """How long one takes."""
        return 60 / self.per_minute

    @property
    def room(self) -> float:
        """How far ahead of its time one may be, in seconds."""
        return self.seconds * self.at_once


class Spent(msgspec.Struct, frozen=True):
    """Whether there was room, for how many more there is some, and in how many seconds there is all of it."""

    allowed: bool
    left: int
    wait: int


class Counters:
    """The counters in one file; each thread has a connection of its own.

    Threads of one process take turns at writing: SQLite, finding the file held, sleeps ever longer, and of
    two dozen that came at once the last waited for more than a second.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = threading.local()
        self._turn = threading.Lock()

    def spend(self, name: str, pace: Pace, now: float | None = None, cost: int = 1) -> Spent:
        """Spend from a pace, where there is room; ``now`` in seconds since 1970, else this moment."""
        values = {"name": name, "now": now, "cost": pace.seconds * cost, "room": pace.room}
        connection = self._connection()
        with self._turn:
            ahead = connection.execute(_SPEND, values).get
        if ahead is not None:
            return Spent(allowed=True, left=self._left(pace, ahead), wait=max(0, math.ceil(ahead)))
        ahead = self._ahead(connection, name, now)
        wait = max(1, math.ceil(ahead + pace.seconds * cost - pace.room))
        return Spent(allowed=False, left=self._left(pace, ahead), wait=wait)

    def wait(self, name: str, pace: Pace, now: float | None = None) -> int:
        """Return in how many seconds there is room in a pace; 0 where there is some now. Spends nothing."""
        ahead = self._ahead(self._connection(), name, now)
        return max(0, math.ceil(ahead + pace.seconds - pace.room - 1e-6))

    def longest_wait(self, prefix: str, pace: Pace, now: float | None = None) -> int:
        """Return the longest wait of all names that begin so, each held to the same pace."""
        sql = f"SELECT max(due - {_NOW}) FROM paces WHERE name >= :first AND name < :last"  # noqa: S608 - our own words
        values = {"now": now, "first": prefix, "last": prefix + _AFTER_ALL}
        ahead = self._connection().execute(sql, values).get
        return 0 if ahead is None else max(0, math.ceil(ahead + pace.seconds - pace.room - 1e-6))

    def forget(self, prefix: str) -> None:
        """Forget the paces of all names that begin so: they have all their room again."""
        connection = self._connection()
        with self._turn:
            connection.execute(
                "DELETE FROM paces WHERE name >= ? AND name < ?", (prefix, prefix + _AFTER_ALL)
            )

    def keep(self, name: str, value: bytes, until: float, *, anew: bool = True) -> bool:
        """Keep a value until a moment; unless ``anew``, only where none is kept. Tells whether it was."""
        connection = self._connection()
        with self._turn:
            return connection.execute(_KEEP, (name, value, until, anew)).get is not None

    def kept(self, name: str) -> bytes | None:
        """Return the value that is kept under a name."""
        return self._connection().execute(f"SELECT value {_KEPT}", (name,)).get  # type: ignore[no-any-return] - SQLite's value

    def drop(self, name: str | None) -> bool:
        """Keep a value no longer, or with no name any; tells whether there was one."""
        connection = self._connection()
        with self._turn:
            sql = (
                "DELETE FROM kept WHERE ?1 IS NULL OR name = ?1 RETURNING until > unixepoch('now', 'subsec')"
            )
            return any(held for (held,) in connection.execute(sql, (name,)).fetchall())

    def use(self, name: str, day: str, most: int, cost: int = 1) -> bool:
        """Use up some of a day's quota; tells whether there was enough left."""
        connection = self._connection()
        with self._turn:
            return connection.execute(_USE, (name, day, cost, most)).get is not None

    def note_refusal(self, day: str, route: str, code: str, client: str) -> None:
        """Count a refusal: on what day, of which route, why, and of which credential."""
        connection = self._connection()
        with self._turn:
            connection.execute(
                "INSERT INTO refusals VALUES (?, ?, ?, ?, 1) "
                "ON CONFLICT (day, route, code, client) DO UPDATE SET times = times + 1",
                (day, route, code, client),
            )

    def refusals(self, since: str) -> list[tuple[str, str, str, str, int]]:
        """Return what was refused from a day on: day, route, code, credential, times."""
        sql = "SELECT * FROM refusals WHERE day >= ? ORDER BY day, route, code, client"
        return list(self._connection().execute(sql, (since,)))

    def tidy(self, now: float, day: str) -> None:
        """Forget paces that have run out, quotas of earlier days, and refusals more than a year old."""
        connection = self._connection()
        connection.execute("DELETE FROM paces WHERE due < ?", (now,))
        connection.execute("DELETE FROM quotas WHERE day < ?", (day,))
        connection.execute("DELETE FROM kept WHERE until < ?", (now,))
        connection.execute(
            "DELETE FROM refusals WHERE day < date(?, ?)", (day, f"-{_KEPT_REFUSALS_DAYS} days")
        )

    def _ahead(self, connection: apsw.Connection, name: str, now: float | None) -> float:
        ahead = connection.execute(_AHEAD, {"name": name, "now": now}).get
        return 0.0 if ahead is None else float(ahead)

    @staticmethod
    def _left(pace: Pace, ahead: float) -> int:
        return max(0, math.floor((pace.room - ahead) / pace.seconds + 1e-6))

    def _connection(self) -> apsw.Connection:
        held: apsw.Connection | None = getattr(self._own, "connection", None)
        if held is None:
            held = apsw.Connection(str(self._path))
            held.set_busy_timeout(_PATIENCE_MILLISECONDS)
            _make_ready(held)
            self._own.connection = held
        return held


def _make_ready(connection: apsw.Connection) -> None:
    """Set a connection up, and make the tables where there are none.

    The first of those that come at once turns the file to its mode, and SQLite tells the others at once that
    it is held, whatever their patience: they come again.
    """
    for left in reversed(range(_PATIENCE_MILLISECONDS // _PAUSE_MILLISECONDS)):
        try:
            connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
            connection.execute(_SCHEMA)
        except apsw.BusyError:
            if not left:
                raise
            time.sleep(_PAUSE_MILLISECONDS / 1000)
        else:
            return
