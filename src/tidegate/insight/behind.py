"""What lies behind a figure: the consignments it counts, each with the position of its first act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from tidegate.insight.model import BOUNDS, Behind
from tidegate.insight.reader import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import apsw

    from tidegate.insight.model import Span

Figure = Literal["released", "slowest", "lodged", "controls", "hits", "decided"]
AMONG = 10_000  # consignments that are looked through for those that owe a tax, or for a chapter
_TAX, _CHAPTER = 1, 3  # places in a line of tax, as a case keeps it
# The table, the moment a figure is dated by, and what else holds of the rows it counts: all in one index,
# so that rows are fetched only for what is listed.
_DATED: dict[str, tuple[str, str, str]] = {
    "released": ("cases", "released", "released IS NOT NULL"),
    "lodged": ("cases", "lodged", "1"),
    "decided": ("decisions", "decided", "1"),
    "controls": ("cases", "decided", "outcome <> ''"),
    "hits": ("cases", "decided", "outcome <> '' AND outcome = 'irregular'"),
}


def behind(
    tables: apsw.Connection,
    figure: str,
    span: Span,
    *,
    office: str = "",
    channel: str = "",
    stratum: str = "",
    tax: str = "",
    chapter: str = "",
    limit: int = 50,
) -> list[Behind]:
    """Return consignments that a figure of a span counts, the latest first; ``slowest``: the longest first.

    Figures: released, slowest (of those), lodged, decided, controls (with a result), hits. By a ``tax`` or a
    ``chapter`` they owe for, only the AMONG latest of them are looked through.
    """
    named = {"office": office, "channel": channel, "stratum": stratum}
    given = {name: value for name, value in named.items() if value}
    further = "".join(f" AND {name} = ?" for name in given)
    values = tuple(given.values())
    if figure == "slowest":
        found = _listed(tables, _slowest(tables, span, further, values, limit))
        return sorted(found, key=lambda one: -(one.seconds or 0))
    table, column, holds = _DATED[figure]
    latest = (
        f"SELECT mrn FROM {table} WHERE {holds} AND {column} >= ? AND {column} < ?{further} "  # noqa: S608 - names of our own
        f"ORDER BY {column} DESC, mrn DESC LIMIT ?"
    )
    owing = {place: said for place, said in ((_TAX, tax), (_CHAPTER, chapter)) if said}
    if not owing:
        rows: list[Any] = tables.execute(latest, (*span.seconds(), *values, limit)).fetchall()
        return _listed(tables, (mrn for (mrn,) in rows))
    lines = " AND ".join(f"line.value ->> {place} = ?" for place in owing)
    records = tables.execute(
        f"SELECT record FROM ({latest}) CROSS JOIN cases USING (mrn) WHERE EXISTS (SELECT 1 FROM "  # noqa: S608 - words of our own
        f"json_each(CAST(record AS TEXT), '$.taxes') AS line WHERE {lines}) LIMIT ?",
        (*span.seconds(), *values, AMONG, *owing.values(), limit),
    )
    return [_told(record) for (record,) in records]


def waiting(
    tables: apsw.Connection, *, office: str = "", holder: str = "", waits: str = "", limit: int = 50
) -> list[Behind]:
    """Return what waits now, the longest first."""
    named = {"office": office, "holder": holder, "waits": waits}
    given = {name: value for name, value in named.items() if value}
    further = "".join(f" AND {name} = ?" for name in given)
    rows: list[Any] = tables.execute(
        f"SELECT mrn FROM cases WHERE holder <> ''{further} ORDER BY since, mrn LIMIT ?",  # noqa: S608 - names of our own
        (*given.values(), limit),
    ).fetchall()
    return _listed(tables, (mrn for (mrn,) in rows))


def _slowest(
    tables: apsw.Connection, span: Span, further: str, values: tuple[str, ...], limit: int
) -> Iterator[str]:
    """Yield numbers from the slowest bucket downwards: few rows are read, however many there are."""
    left = limit
    for bucket in range(len(BOUNDS) - 1, -1, -1):
        rows: list[Any] = tables.execute(
            "SELECT mrn FROM cases WHERE released IS NOT NULL AND slow = ? AND released >= ? "  # noqa: S608 - names of our own
            f"AND released < ?{further} ORDER BY released DESC, mrn DESC LIMIT ?",
            (bucket, *span.seconds(), *values, left),
        ).fetchall()
        yield from (mrn for (mrn,) in rows)
        left -= len(rows)
        if left <= 0:
            return


def _listed(tables: apsw.Connection, mrns: Iterable[str]) -> list[Behind]:
    found = []
    for mrn in mrns:
        for (record,) in tables.execute("SELECT record FROM cases WHERE mrn = ?", (mrn,)):
            found.append(_told(record))
    return found


def _told(record: bytes) -> Behind:
    one = RECORD.decode(record)
    done = one.released is not None and one.presented is not None
    return Behind(
        mrn=one.mrn,
        position=one.position,
        office=one.office,
        channel=one.channel,
        stratum=one.stratum,
        outcome=one.outcome,
        state=one.state,
        holder=one.holder,
        waits=one.waits,
        lodged=one.lodged,
        presented=one.presented,
        released=one.released,
        seconds=(one.released or 0) - (one.presented or 0) if done else None,
        held=dict(one.held),
    )
