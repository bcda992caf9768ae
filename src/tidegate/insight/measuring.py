"""What acts add to the figures: counted for a batch in memory, then added to the stored rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from tidegate.insight.model import HOLDERS, bucket_of, day_of

if TYPE_CHECKING:
    import apsw

    from tidegate.insight.case import Case

FIGURES = """
CREATE TABLE times (
    span TEXT NOT NULL, by TEXT NOT NULL, office TEXT NOT NULL, at TEXT NOT NULL, of TEXT NOT NULL,
    stage TEXT NOT NULL, many INTEGER NOT NULL, total INTEGER NOT NULL, buckets BLOB NOT NULL,
    PRIMARY KEY (span, by, office, at, of, stage)
) WITHOUT ROWID;
CREATE TABLE volumes (
    span TEXT NOT NULL, office TEXT NOT NULL, at TEXT NOT NULL, what TEXT NOT NULL, many INTEGER NOT NULL,
    PRIMARY KEY (span, office, at, what)
) WITHOUT ROWID;
CREATE TABLE revenue (
    span TEXT NOT NULL, office TEXT NOT NULL, at TEXT NOT NULL, type TEXT NOT NULL, currency TEXT NOT NULL,
    amount TEXT NOT NULL, PRIMARY KEY (span, office, at, type, currency)
) WITHOUT ROWID;
CREATE TABLE chapters (
    span TEXT NOT NULL, office TEXT NOT NULL, at TEXT NOT NULL, chapter TEXT NOT NULL, currency TEXT NOT NULL,
    amount TEXT NOT NULL, PRIMARY KEY (span, office, at, chapter, currency)
) WITHOUT ROWID;
CREATE TABLE controls (
    span TEXT NOT NULL, office TEXT NOT NULL, at TEXT NOT NULL, stratum TEXT NOT NULL, share REAL NOT NULL,
    channel TEXT NOT NULL, many INTEGER NOT NULL, controlled INTEGER NOT NULL, results INTEGER NOT NULL,
    hits INTEGER NOT NULL, PRIMARY KEY (span, office, at, stratum, share, channel)
) WITHOUT ROWID;
"""
# Stages of every consignment that is released, most of them of no time at all: those of none are not counted,
# and are what is missing to the number released.
NEVER_MISSING = ("acceptance", "decision", *HOLDERS)
UNPACK = msgspec.msgpack.Decoder(dict[int, int])
_PACK = msgspec.msgpack.Encoder()
_SPANS = (("day", 10), ("month", 7))  # how much of a date names the span
_Group = tuple[str, str, str, str, str, int]  # day, office, channel, direction, type, hour
_Chosen = tuple[str, str, str, float, str]  # office, day, stratum, share, channel
_Sums = dict[tuple[str, str, str, str], Decimal]  # office, day, tax or chapter, currency
_MONEY = {"revenue": "type", "chapters": "chapter"}  # tables of money, and what their rows are told by
# office, day, what else names the row, what is added to it
_Counted = tuple[str, str, tuple[str | float, ...], tuple[int, ...]]


class Measuring:
    """What a batch of acts adds."""

    def __init__(self) -> None:
        self._times: dict[_Group, Counter[tuple[str, int]]] = defaultdict(Counter)
        self._totals: dict[_Group, Counter[str]] = defaultdict(Counter)
        self._volumes: Counter[tuple[str, str, str]] = Counter()
        # By table, then office, day, tax or chapter, currency.
        self._revenue: dict[str, _Sums] = {name: defaultdict(Decimal) for name in _MONEY}
        self._controls: dict[_Chosen, list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def happened(self, office: str, moment: int, what: str) -> None:
        """Count something that happened."""
        self._volumes[office, day_of(moment), what] += 1

    def took(self, case: Case, stage: str, seconds: int, moment: int) -> None:
        """Count how long a stage took of a case, on the day of a moment."""
        hour = case.lodged // 3600 % 24
        group = (day_of(moment), case.office, case.channel, case.direction, case.type, hour)
        self._times[group][stage, bucket_of(seconds)] += 1
        self._totals[group][stage] += seconds

    def released(self, case: Case) -> None:
        """Count the times of a case that has just been released."""
        released, presented = case.released, case.presented
        if released is None or presented is None:
            return
        stages: dict[str, int | None] = {
            "release": released - presented,
            "acceptance": None if case.accepted is None else max(case.accepted - presented, 0),
            "decision": _between(case.accepted, case.decided),
            "control": _between(case.ordered, case.controlled),
            "payment": _between(case.decided, case.paid),
            "letting go": _between(case.waited, released),
            "before": presented - case.lodged if presented > case.lodged else None,
        }
        stages.update({holder: case.held.get(holder, 0) for holder in HOLDERS})
        for stage, seconds in stages.items():
            if seconds is not None and (seconds > 0 or stage not in NEVER_MISSING):
                self.took(case, stage, max(seconds, 0), released)

    def owed(self, case: Case, moment: int, sign: int) -> None:
        """Add what a case owes to the day of a moment, or take it off again."""
        day = day_of(moment)
        for _item, tax, amount, chapter in case.taxes:
            self._revenue["revenue"][case.office, day, tax, case.currency] += sign * amount
            self._revenue["chapters"][case.office, day, chapter, case.currency] += sign * amount

    def decided(self, case: Case, sign: int) -> None:
        """Add how a case was chosen and what was found to the day of its decision, or take it off."""
        if case.decided is None:
            return
        key = (
            case.office,
            day_of(case.decided),
            case.stratum,
            case.share if case.share is not None else -1.0,
            case.channel,
        )
        told = (1, case.ordered is not None, bool(case.outcome), case.outcome == "irregular")
        for place, one in enumerate(told):
            self._controls[key][place] += sign * int(one)

    def store(self, tables: apsw.Connection) -> None:
        """Add all of it to the tables, inside the transaction that is open."""
        self._store_times(tables)
        _add(
            tables,
            "INSERT INTO volumes VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET many = many + excluded.many",
            [(office, day, (what,), (n,)) for (office, day, what), n in self._volumes.items()],
        )
        _add(
            tables,
            "INSERT INTO controls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "many = many + excluded.many, controlled = controlled + excluded.controlled, "
            "results = results + excluded.results, hits = hits + excluded.hits",
            [_controls_row(key, told) for key, told in self._controls.items() if any(told)],
        )
        # However acts are cut into batches, what was chosen anew leaves nothing where it was counted before.
        tables.execute("DELETE FROM controls WHERE many = 0")
        for table, column in _MONEY.items():
            _add_money(tables, table, column, self._revenue[table])

    def _store_times(self, tables: apsw.Connection) -> None:
        buckets: dict[tuple[str, ...], dict[int, int]] = {}
        totals: dict[tuple[str, ...], int] = {}
        for group, counts in self._times.items():
            sums = self._totals[group]
            for named in _views(group):
                whole_alone = named[1] in ("hour", "type")
                for (stage, bucket), many in counts.items():
                    if whole_alone and stage != "release":
                        continue
                    into = buckets.setdefault((*named, stage), {})
                    into[bucket] = into.get(bucket, 0) + many
                for stage, seconds in sums.items():
                    if not whole_alone or stage == "release":
                        named_stage = (*named, stage)
                        totals[named_stage] = totals.get(named_stage, 0) + seconds
        rows = []
        for key, counted in sorted(buckets.items()):
            found = tables.execute(
                "SELECT many, total, buckets FROM times WHERE span = ? AND by = ? AND office = ? AND at = ? "
                "AND of = ? AND stage = ?",
                key,
            ).fetchone()
            before: dict[int, int] = {} if found is None else UNPACK.decode(found[2])
            many, total = (0, 0) if found is None else found[:2]
            for bucket, n in counted.items():
                before[bucket] = before.get(bucket, 0) + n
            packed = _PACK.encode(dict(sorted(before.items())))
            rows.append((*key, many + sum(counted.values()), total + totals[key], packed))
        tables.executemany("INSERT OR REPLACE INTO times VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _between(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None else end - start


def _controls_row(key: _Chosen, told: list[int]) -> _Counted:
    office, day, stratum, share, channel = key
    return office, day, (stratum, share, channel), tuple(told)


def _views(group: _Group) -> list[tuple[str, str, str, str, str]]:
    """Return the rows a group counts in: span, by what, office ("" for all), day or month, and its value."""
    day, office, channel, direction, kind, hour = group
    found = []
    for span, length in _SPANS:
        at = day[:length]
        for scope in dict.fromkeys(("", office)):
            found += [
                (span, "all", scope, at, ""),
                (span, "channel", scope, at, channel),
                (span, "direction", scope, at, direction),
            ]
        found += [
            (span, "office", "", at, office),
            (span, "type", "", at, kind),
            (span, "hour", "", at, f"{hour:02}"),
        ]
    return found


def _add(tables: apsw.Connection, statement: str, rows: list[_Counted]) -> None:
    """Add counts to the rows of their day and month, of their office and of all."""
    made = [
        (span, scope, day[:length], *named, *told)
        for office, day, named, told in rows
        for span, length in _SPANS
        for scope in dict.fromkeys(("", office))
    ]
    tables.executemany(statement, sorted(made))


def _add_money(tables: apsw.Connection, table: str, column: str, told: _Sums) -> None:
    """Add sums of money to the rows of their day and month, of their office and of all."""
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for (office, day, of, currency), amount in told.items():
        for span, length in _SPANS:
            for scope in dict.fromkeys(("", office)):
                sums[span, scope, day[:length], of, currency] += amount
    rows = []
    for key, amount in sorted(sums.items()):
        found = tables.execute(
            f"SELECT amount FROM {table} WHERE span = ? AND office = ? AND at = ? "  # noqa: S608 - names of our own
            f"AND {column} = ? AND currency = ?",
            key,
        ).fetchone()
        rows.append((*key, str(amount + (Decimal(found[0]) if found else 0))))
    tables.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?, ?, ?)", rows)  # noqa: S608 - as above
