"""What waits, and for whom: the officers' queue and each declarant's own list, kept while acts are folded.

The queue holds only what is open, so that it stays small beside any number of consignments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from tidegate.acts import ChannelAssigned, ControlOrdered, DeclarationAssessed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import apsw

    from tidegate.acts import Act
    from tidegate.clearance.life import Consignment
    from tidegate.journal import Entry

TaskKind = Literal["documents", "goods", "decision"]
Holder = Literal["customs", "trader", "carrier", "clock", ""]

WORK = """
CREATE TABLE work (
    mrn TEXT PRIMARY KEY, office TEXT NOT NULL, channel TEXT NOT NULL, task TEXT NOT NULL,
    since INTEGER NOT NULL, score REAL NOT NULL, type TEXT NOT NULL, items INTEGER NOT NULL,
    lrn TEXT NOT NULL, declarant TEXT NOT NULL, grounds TEXT NOT NULL, referred TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX work_counted ON work (task, channel, office, since);
CREATE TABLE grounds (
    mrn TEXT PRIMARY KEY, grounds TEXT NOT NULL, reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE holdings (
    declarant TEXT NOT NULL, lodged TEXT NOT NULL, mrn TEXT NOT NULL, lrn TEXT NOT NULL, type TEXT NOT NULL,
    state TEXT NOT NULL, holder TEXT NOT NULL, waits TEXT NOT NULL, owed TEXT NOT NULL,
    PRIMARY KEY (declarant, lodged, mrn)
) WITHOUT ROWID;
CREATE INDEX holdings_by_holder ON holdings (declarant, holder, lodged, mrn);
"""

# How long after it came up a task is to be done, in hours, where the administration says nothing else.
STANDARDS: dict[TaskKind, int] = {"documents": 4, "goods": 24, "decision": 24}


def queue_offices(tables: apsw.Connection) -> list[str]:
    """Return the offices at which officers have something to do."""
    return [str(office) for (office,) in tables.execute("SELECT DISTINCT office FROM work ORDER BY office")]


def _deadline(standards: Mapping[TaskKind, int]) -> str:
    """Return the deadline of a task in SQL: as it stands in the indexes, where the standards are ours."""
    hours = " ".join(f"WHEN '{kind}' THEN {int(standards[kind])}" for kind in STANDARDS)
    return f"since + 3600 * CASE task {hours} END"


WORK += f"""
CREATE INDEX work_in_order ON work ({_deadline(STANDARDS)}, mrn);
CREATE INDEX work_at_office ON work (office, {_deadline(STANDARDS)}, mrn);
"""
_HOLDERS: dict[str, Holder] = {
    "arrival": "carrier",
    "inventory": "carrier",
    "control": "customs",
    "officer": "customs",
    "request": "customs",
    "documents": "trader",
    "query": "trader",
    "payment": "trader",
    "dwell": "clock",
}
_BY_SCORE = ("targeted", "profile")  # strata that the score has chosen
_CHUNK = 500  # placeholders in one statement


class Task(msgspec.Struct, frozen=True):
    """Something an officer has to do; ``since`` and ``deadline`` are Unix seconds, UTC."""

    mrn: str
    office: str
    channel: str
    task: TaskKind
    since: int
    score: float
    type: str
    items: int
    lrn: str
    declarant: str
    grounds: str
    referred: str
    deadline: int


class Holding(msgspec.Struct, frozen=True):
    """A consignment in its declarant's list; ``lodged`` in ISO 8601, ``owed`` with its currency."""

    declarant: str
    lodged: str
    mrn: str
    lrn: str
    type: str
    state: str
    holder: Holder
    waits: str
    owed: str


def task_of(consignment: Consignment) -> TaskKind | None:
    """Return what an officer has to do about a consignment now, or None."""
    outstanding = consignment.outstanding
    if "officer" in outstanding:
        return "decision"
    if consignment.delivered and "documents" in outstanding:
        return "documents"
    if "control" not in outstanding:
        return None
    if consignment.channel != "red":
        return "documents"
    return None if "arrival" in outstanding else "goods"


def holder_of(consignment: Consignment) -> Holder:
    """Return who holds a consignment up: who has to act first."""
    if task_of(consignment) is not None:
        return "customs"
    outstanding = consignment.outstanding
    return _HOLDERS[outstanding[0]] if outstanding else ""


class _Grounds(NamedTuple):
    """Why a consignment is looked at, and the first reason of its risk."""

    grounds: str = ""
    reason: str = ""


def _grounds_after(before: _Grounds, act: DeclarationAssessed | ChannelAssigned | ControlOrdered) -> _Grounds:
    """Return why a consignment is looked at after an act.

    Where its score has chosen it, the reason of the risk says more than the number that was reached.
    """
    if isinstance(act, DeclarationAssessed):
        return _Grounds(before.grounds, act.reasons[0].text if act.reasons else "")
    if isinstance(act, ChannelAssigned) and act.stratum in _BY_SCORE and before.reason:
        return _Grounds(before.reason, before.reason)
    return _Grounds(act.grounds, before.reason)


class Work:
    """The rows of a batch: what was open before it, and what is now."""

    def __init__(self, tables: apsw.Connection, mrns: Iterable[str]) -> None:
        self._tables = tables
        self._tasks: dict[str, tuple[str, int]] = {}
        self._grounds: dict[str, _Grounds] = {}
        self._touched: dict[str, Consignment] = {}
        wanted = list(dict.fromkeys(mrns))
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(part))
            rows = tables.execute(f"SELECT mrn, task, since FROM work WHERE mrn IN ({marks})", part)  # noqa: S608 - only question marks are put in
            self._tasks.update((mrn, (task, since)) for mrn, task, since in rows)
            rows = tables.execute(f"SELECT mrn, grounds, reason FROM grounds WHERE mrn IN ({marks})", part)  # noqa: S608 - as above
            self._grounds.update((mrn, _Grounds(*told)) for mrn, *told in rows)

    def note(self, consignment: Consignment | None, act: Act, entry: Entry) -> None:
        """Note what an act has changed about who has to do what."""
        if consignment is None:
            return
        mrn = consignment.mrn
        if isinstance(act, DeclarationAssessed | ChannelAssigned | ControlOrdered):
            self._grounds[mrn] = _grounds_after(self._grounds.get(mrn, _Grounds()), act)
        if not consignment.outstanding and consignment.channel is not None:
            self._grounds.pop(mrn, None)
        task = task_of(consignment)
        known = self._tasks.get(mrn)
        if task is None:
            self._tasks.pop(mrn, None)
        elif known is None or known[0] != task:
            self._tasks[mrn] = (task, int(entry.occurred.timestamp()))
        self._touched[mrn] = consignment

    def store(self) -> None:
        """Write what has changed, inside the transaction that is open."""
        open_: list[tuple[object, ...]] = []
        done: list[tuple[str]] = []
        kept: list[tuple[str, str, str]] = []
        settled: list[tuple[str]] = []
        for mrn, one in sorted(self._touched.items()):
            known = self._tasks.get(mrn)
            if known is None:
                done.append((mrn,))
            else:
                grounds = self._grounds.get(mrn, _Grounds()).grounds
                told = (one.score, one.type, one.items, one.lrn, one.declarant, grounds, one.referred)
                open_.append((mrn, one.office, one.channel or "", *known, *told))
            if mrn in self._grounds:
                kept.append((mrn, *self._grounds[mrn]))
            else:
                settled.append((mrn,))
        put = self._tables.executemany
        put("DELETE FROM work WHERE mrn = ?", done)
        put("INSERT OR REPLACE INTO work VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", open_)
        put("INSERT OR REPLACE INTO grounds VALUES (?, ?, ?)", kept)
        put("DELETE FROM grounds WHERE mrn = ?", settled)
        put(
            "INSERT OR REPLACE INTO holdings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_held(one) for _, one in sorted(self._touched.items())],
        )


def _held(one: Consignment) -> tuple[str, ...]:
    owes = one.due - one.paid
    owed = f"{owes} {one.currency}" if "payment" in one.outstanding else ""
    waits = " ".join(one.outstanding)
    lodged = one.lodged.isoformat()
    return (one.declarant, lodged, one.mrn, one.lrn, one.type, one.state, holder_of(one), waits, owed)


def queue(
    tables: apsw.Connection,
    *,
    office: str = "",
    task: str = "",
    channel: str = "",
    referred: str = "",
    only: Sequence[str] | None = None,
    due: int | None = None,
    after: tuple[int, str] | None = None,
    limit: int = 50,
    standards: Mapping[TaskKind, int] = STANDARDS,
) -> list[Task]:
    """Return what officers have to do, the nearest deadline first.

    Empty filters let everything through; ``only`` leaves these consignments, ``due`` those whose deadline is
    before a moment (Unix seconds); ``after`` is the deadline and MRN of the last one seen.
    ``standards`` are the hours from when a task comes up to its deadline.
    """
    deadline = _deadline(standards)
    where, values = _filters({"office": office, "task": task, "channel": channel, "referred": referred})
    if only is not None:
        where.append(f"mrn IN ({','.join('?' * len(only))})")
        values += only
    if due is not None:
        where.append(f"{deadline} < ?")
        values.append(due)
    if after is not None:
        where.append(f"({deadline}, mrn) > (?, ?)")
        values += after
    rows = tables.execute(
        f"SELECT *, {deadline} AS deadline FROM work{_where(where)} ORDER BY deadline, mrn LIMIT ?",  # noqa: S608 - names and numbers of our own
        (*values, limit),
    )
    return [_task(row) for row in rows]


def _task(row: Sequence[object]) -> Task:
    mrn, office, channel, task, since, score, kind, items, lrn, declarant, grounds, referred, deadline = row
    told = {
        "mrn": mrn, "office": office, "channel": channel, "task": task, "since": since, "score": score,
        "type": kind, "items": items, "lrn": lrn, "declarant": declarant, "grounds": grounds,
        "referred": referred, "deadline": deadline,
    }  # fmt: skip
    return msgspec.convert(told, Task)


def queue_counts(tables: apsw.Connection, *, office: str = "") -> dict[tuple[str, str], tuple[int, int]]:
    """Return by task and channel how many wait, and since when the oldest does (Unix seconds)."""
    where, values = _filters({"office": office})
    rows = tables.execute(
        f"SELECT task, channel, count(*), min(since) FROM work{_where(where)} GROUP BY task, channel",  # noqa: S608 - names of our own
        values,
    )
    return {(task, channel): (count, oldest) for task, channel, count, oldest in rows}


def queue_overdue(
    tables: apsw.Connection, now: int, *, office: str = "", standards: Mapping[TaskKind, int] = STANDARDS
) -> int:
    """Return how many tasks have a deadline before a moment (Unix seconds)."""
    where, values = _filters({"office": office})
    where.append(f"{_deadline(standards)} < ?")
    (count,) = tables.execute(f"SELECT count(*) FROM work{_where(where)}", (*values, now)).fetchone() or (0,)  # noqa: S608 - as above
    return int(count)


def holdings(
    tables: apsw.Connection,
    declarants: Sequence[str],
    *,
    holder: str = "",
    before: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[Holding]:
    """Return the consignments of declarants, the latest first; ``before`` is the last one's time and MRN."""
    found: list[Holding] = []
    for declarant in declarants:
        where, values = _filters({"declarant": declarant, "holder": holder})
        if before is not None:
            where.append("(lodged, mrn) < (?, ?)")
            values += before
        rows = tables.execute(
            f"SELECT * FROM holdings{_where(where)} ORDER BY lodged DESC, mrn DESC LIMIT ?",  # noqa: S608 - names of our own
            (*values, limit),
        )
        found += [Holding(*row) for row in rows]
    return sorted(found, key=lambda one: (one.lodged, one.mrn), reverse=True)[:limit]


def _filters(said: Mapping[str, str]) -> tuple[list[str], list[str | int]]:
    given = {name: value for name, value in said.items() if value}
    return [f"{name} = ?" for name in given], list(given.values())


def _where(conditions: list[str]) -> str:
    return " WHERE " + " AND ".join(conditions) if conditions else ""
