"""The past as the responder keeps it: what was lodged and what was found, under the journal's day.

The journal's day is the latest legal day of a lodging so far: it never goes back, and is a function of the
position. What is kept of a declaration is what it was when it was lodged; erasing it takes it out.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import apsw

from tidegate.acts import (
    Act,
    ControlRecorded,
    DeclarationAssessed,
    DeclarationLodged,
    DeclarationRejected,
)
from tidegate.risk.history import Past, trader_of, unpacked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    import polars as pl

    from tidegate.clearance.judging import Judged
    from tidegate.risk.memory import Memory

PAST = """
CREATE TABLE past (
    mrn TEXT PRIMARY KEY, day TEXT NOT NULL, known TEXT, irregular INTEGER, trader TEXT,
    likelihood REAL, model TEXT, items BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX past_by_day ON past (day);
CREATE INDEX past_by_known ON past (known) WHERE known IS NOT NULL;
CREATE TABLE epoch (one INTEGER PRIMARY KEY CHECK (one = 1), day TEXT, forgotten INTEGER NOT NULL);
INSERT INTO epoch VALUES (1, NULL, 0);
"""
NAME = "clearance"  # of the responder whose tables these are
_PATIENCE_MS = 10_000
_AT_ONCE = 20_000  # declarations learned in one go


def learn(memory: Memory, tables: apsw.Connection, since: date, until: date) -> None:
    """Teach a memory what was declared, and what became known, from a day up to another."""
    for part in _parts(_past(tables, "day", since, until)):
        memory.learn(unpacked(part))
    for part in _parts(_past(tables, "known", since, until)):
        memory.learn_results(unpacked(part))


def forgotten(tables: apsw.Connection) -> int:
    """Return how often something was forgotten: what was made before is then made anew."""
    (count,) = tables.execute("SELECT forgotten FROM epoch").fetchone() or (0,)
    return int(count)


def day_of(tables: apsw.Connection) -> date | None:
    """Return the journal's day, None before the first lodging."""
    (day,) = tables.execute("SELECT day FROM epoch").fetchone() or (None,)
    return None if day is None else date.fromisoformat(day)


class Remembering:
    """What a run has to remember: what was lodged, what controls found first, what was erased."""

    def __init__(self, tables: apsw.Connection) -> None:
        self._tables = tables
        self._lodged: dict[str, bytes] = {}
        self._found: dict[str, bool] = {}
        self._weighed: dict[str, tuple[float | None, str]] = {}

    def answered(self, mrn: str, act: Act, answers: Sequence[Act], judged: Judged | None) -> None:
        """Remember an act that was answered: what was lodged, unless that was rejected at once."""
        self.fold(mrn, act)
        rejected = any(isinstance(one, DeclarationRejected) for one in answers)
        if isinstance(act, DeclarationLodged) and judged is not None and not rejected:
            self.lodged(mrn, judged.decision.kept)
            self._weighed.setdefault(mrn, (judged.decision.weighed.likelihood, judged.decision.model))

    def lodged(self, mrn: str, items: bytes) -> None:
        """Remember what was declared, packed; where that is no goods item, there is nothing to remember."""
        if items:
            self._lodged[mrn] = items

    def rejected(self, mrn: str) -> None:
        """Take back what was rejected as soon as it was lodged: it was never declared."""
        if self._lodged.pop(mrn, None) is None:
            self._tables.execute("DELETE FROM past WHERE mrn = ?", (mrn,))

    def fold(self, mrn: str, act: Act) -> None:
        """Remember what a model first made of a declaration, and what its first control found.

        What is recorded later, when an officer lets go what was held, is no finding of a control.
        """
        if isinstance(act, DeclarationAssessed):
            self._weighed.setdefault(mrn, (act.likelihood, act.model))
        elif isinstance(act, ControlRecorded):
            self._found.setdefault(mrn, act.outcome == "irregular")

    def store(self, erased: Collection[str]) -> None:
        """Write all of it under the journal's day; what was erased is forgotten, with what was learned."""
        day = day_of(self._tables)
        if day is not None:
            rows = [(mrn, day.isoformat(), trader_of(items), items) for mrn, items in self._lodged.items()]
            self._tables.executemany(
                "INSERT OR REPLACE INTO past VALUES (?, ?, NULL, NULL, ?, NULL, NULL, ?)", rows
            )
            weighed = [(*told, mrn) for mrn, told in self._weighed.items()]
            self._tables.executemany(
                "UPDATE past SET likelihood = ?, model = ? WHERE mrn = ? AND model IS NULL", weighed
            )
            results = [(day.isoformat(), irregular, mrn) for mrn, irregular in self._found.items()]
            self._tables.executemany(
                "UPDATE past SET known = ?, irregular = ? WHERE mrn = ? AND known IS NULL", results
            )
        if erased:
            self._tables.executemany("DELETE FROM past WHERE mrn = ?", [(mrn,) for mrn in erased])
            self._tables.execute("UPDATE epoch SET forgotten = forgotten + 1")


def history(tables: apsw.Connection, since: date = date.min, until: date = date.max) -> pl.DataFrame:
    """Return what is remembered of the days from one up to another, as goods items with their results."""
    return unpacked(_past(tables, "day", since, until))


def remembered(folder: Path) -> pl.DataFrame:
    """Return all that the responder remembers, from the folder of its tables; nothing where it has none."""
    path = folder / f"{NAME}.sqlite"
    if not path.exists():
        return unpacked([])
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as tables:
        tables.set_busy_timeout(_PATIENCE_MS)
        return history(tables)


def _past(tables: apsw.Connection, column: str, since: date, until: date) -> Iterator[Past]:
    where = f"{column} >= ? AND {column} < ? ORDER BY {column}, mrn"
    yield from _remembered(tables, where, (since.isoformat(), until.isoformat()))


def _remembered(tables: apsw.Connection, where: str, values: tuple[str | int, ...]) -> Iterator[Past]:
    rows = tables.execute(f"SELECT mrn, day, items, known, irregular FROM past WHERE {where}", values)  # noqa: S608 - words of our own
    for mrn, day, items, known, irregular in rows:
        result = None if irregular is None else bool(irregular)
        since_when = None if known is None else date.fromisoformat(known)
        yield Past(mrn, date.fromisoformat(day), items, since_when, result)


def _parts(past: Iterator[Past]) -> Iterator[list[Past]]:
    part: list[Past] = []
    for one in past:
        part.append(one)
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def lapsed(tables: apsw.Connection, day: date) -> frozenset[str]:
    """Return the traders with whom a control had found something before a day."""
    rows = tables.execute(
        "SELECT DISTINCT trader FROM past WHERE irregular = 1 AND known < ? AND trader IS NOT NULL",
        (day.isoformat(),),
    )
    return frozenset(trader for (trader,) in rows)


def one_and_known_before(folder: Path, mrn: str, most: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one declaration as it is remembered, and the latest with a result known before its day.

    Both as goods items; empty where nothing is remembered of it.
    """
    path = folder / f"{NAME}.sqlite"
    if not path.exists():
        return unpacked([]), unpacked([])
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as tables:
        tables.set_busy_timeout(_PATIENCE_MS)
        own = list(_remembered(tables, "mrn = ?", (mrn,)))
        if not own:
            return unpacked([]), unpacked([])
        where = "known < ? ORDER BY known DESC, mrn LIMIT ?"
        return unpacked(own), unpacked(list(_remembered(tables, where, (own[0].day.isoformat(), most))))
