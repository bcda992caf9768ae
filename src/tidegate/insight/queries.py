"""What others may ask of the figures: each from a few hundred rows, whatever the number of consignments."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tidegate.insight.measuring import NEVER_MISSING, UNPACK
from tidegate.insight.model import BOUNDS, Age, ChapterRevenue, Point, Revenue, Times, Volume
from tidegate.insight.reader import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    import apsw

    from tidegate.insight.case import Case
    from tidegate.insight.model import By, Span

_DAYS_TOLD = 62  # spans above this are told by months


def release_times(
    tables: apsw.Connection, span: Span, *, by: By = "all", office: str = "", whole_alone: bool = False
) -> list[Times]:
    """Return how long each stage took of what was released in a span, by a value of it.

    By ``office``, ``type`` and ``hour`` all offices are told; by ``type`` and ``hour``, the whole time only,
    as with ``whole_alone``.
    Clearance is of what was cleared in the span, the node's answer of what was decided.
    """
    buckets: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    totals: Counter[tuple[str, str]] = Counter()
    asked = "" if by in ("office", "type", "hour") else office
    for _at, of, stage, total, packed in _times(tables, span, by, asked, "release" if whole_alone else None):
        buckets[of, stage].update(UNPACK.decode(packed))
        totals[of, stage] += total
    if by not in ("type", "hour") and not whole_alone:
        _fill_up(buckets)
    return [_told(of, stage, counts, totals[of, stage]) for (of, stage), counts in sorted(buckets.items())]


def _fill_up(buckets: dict[tuple[str, str], Counter[int]]) -> None:
    """Count what was released without a stage taking any time, which is not stored."""
    for of in [of for of, stage in buckets if stage == "release"]:
        released = buckets[of, "release"].total()
        for stage in NEVER_MISSING:
            buckets[of, stage][0] += released - buckets[of, stage].total()


def trend(tables: apsw.Connection, span: Span, *, office: str = "") -> list[Point]:
    """Return the whole time day by day of release, or month by month where the span is long."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for at, _of, _stage, _total, packed in _times(tables, span, "all", office, "release"):
        found[_point(at, span)].update(UNPACK.decode(packed))
    return [
        Point(at, counts.total(), quantile(counts, 0.5), quantile(counts, 0.9))
        for at, counts in sorted(found.items())
    ]


def volumes(tables: apsw.Connection, span: Span, *, office: str = "") -> list[Volume]:
    """Return how often what happened, day by day, or month by month where the span is long.

    What happened: lodged, accepted, rejected, released, cleared, invalidated, expired; the channels green,
    yellow, red, blue; and results of controls, conform and irregular.
    """
    found: Counter[tuple[str, str]] = Counter()
    for at, what, many in rows_of(tables, "volumes", "at, what, many", span, office):
        found[_point(at, span), what] += int(many)
    return [Volume(at, what, many) for (at, what), many in sorted(found.items()) if many]


def revenue(tables: apsw.Connection, span: Span, *, office: str = "") -> list[Revenue]:
    """Return what was assessed as payable by tax, day by day, or month by month where the span is long.

    An assessment that took the place of another counts with the difference, on its own day.
    """
    found: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for at, tax, currency, amount in rows_of(tables, "revenue", "at, type, currency, amount", span, office):
        found[_point(at, span), tax, currency] += Decimal(amount)
    return [Revenue(*key, amount) for key, amount in sorted(found.items())]


def revenue_by_chapter(tables: apsw.Connection, span: Span, *, office: str = "") -> list[ChapterRevenue]:
    """Return what was assessed as payable over a span by chapter of the goods, the most first.

    An assessment that took the place of another counts with the difference, on its own day.
    """
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for chapter, currency, amount in rows_of(tables, "chapters", "chapter, currency, amount", span, office):
        found[chapter, currency] += Decimal(amount)
    told = [ChapterRevenue(*key, amount) for key, amount in found.items() if amount]
    return sorted(told, key=lambda one: (-one.amount, one.chapter, one.currency))


def offices(tables: apsw.Connection) -> list[str]:
    """Return the offices that have figures."""
    rows = tables.execute("SELECT DISTINCT office FROM volumes WHERE span = 'month' AND office <> ''")
    return sorted(office for (office,) in rows)


def ages(tables: apsw.Connection, now: datetime, *, office: str = "") -> list[Age]:
    """Return what waits now, by office, holder and what is waited for, the longest waits first."""
    where, values = ("AND office = ?", (office,)) if office else ("", ())
    groups: list[Any] = tables.execute(
        f"SELECT office, holder, waits, count(*), min(since) FROM cases WHERE holder <> '' {where} "  # noqa: S608 - words of our own
        "GROUP BY office, holder, waits",
        values,
    ).fetchall()
    found = []
    for name, holder, waits, many, oldest in groups:
        middle: Any = tables.execute(
            "SELECT since FROM cases WHERE holder <> '' AND office = ? AND holder = ? AND waits = ? "
            "ORDER BY since LIMIT 1 OFFSET ?",
            (name, holder, waits, many // 2),
        ).get
        median, longest = (max(int(now.timestamp()) - since, 0) for since in (middle, oldest))
        found.append(Age(name, holder, waits, consignments=many, median=median, oldest=longest))
    return sorted(found, key=lambda one: (-one.oldest, one.office, one.waits))


def case(tables: apsw.Connection, mrn: str) -> Case | None:
    """Return one consignment as it is measured, or None."""
    row = tables.execute("SELECT record FROM cases WHERE mrn = ?", (mrn,)).fetchone()
    return None if row is None else RECORD.decode(row[0])


def quantile(counts: Mapping[int, int], share: float) -> int:
    """Return the bound of the bucket in which the share of counted times is reached; 0 of none."""
    wanted, reached = share * sum(counts.values()), 0
    for bucket, many in sorted(counts.items()):
        reached += many
        if reached >= wanted:
            return BOUNDS[bucket]
    return 0


def _told(of: str, stage: str, counts: Counter[int], total: int) -> Times:
    many = counts.total()
    return Times(of, stage, many, quantile(counts, 0.5), quantile(counts, 0.9), total / many)


def _times(
    tables: apsw.Connection, span: Span, by: str, office: str, stage: str | None = None
) -> Iterator[tuple[str, str, str, int, bytes]]:
    for kind, first, last in _parts(span):
        yield from tables.execute(
            "SELECT at, of, stage, total, buckets FROM times WHERE span = ? AND by = ? AND office = ? "
            "AND at BETWEEN ? AND ? AND (? IS NULL OR stage = ?)",
            (kind, by, office, first, last, stage, stage),
        )


def rows_of(
    tables: apsw.Connection, table: str, columns: str, span: Span, office: str
) -> Iterator[tuple[str, ...]]:
    """Yield columns of a table of figures over a span, day by day or by months."""
    for kind, first, last in _parts(span):
        yield from tables.execute(
            f"SELECT {columns} FROM {table} WHERE span = ? AND office = ? AND at BETWEEN ? AND ?",  # noqa: S608 - names of our own
            (kind, office, first, last),
        )


def _parts(span: Span) -> Iterator[tuple[str, str, str]]:
    if span.days <= _DAYS_TOLD:
        yield "day", span.since.isoformat(), span.until.isoformat()
    else:
        yield from span.parts()


def _point(at: str, span: Span) -> str:
    """Return the day or the month under which a row is told."""
    return at if span.days <= _DAYS_TOLD else at[:7]
