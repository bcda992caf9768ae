"""What lies behind a figure: the consignments it counts, each with the position of its first act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tidegate.insight.model import BOUNDS, Behind
from tidegate.insight.reader import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    import apsw

    from tidegate.insight.model import Span

Figure = Literal["released", "slowest", "lodged", "controls", "hits", "decided"]
_SELECT = "SELECT record FROM cases WHERE "
# The moment a figure is dated by, and what else holds of the rows it counts.
_DATED: dict[str, tuple[str, str]] = {
    "released": ("released", "released IS NOT NULL"),
    "lodged": ("lodged", "1"),
    "decided": ("decided", "decided IS NOT NULL"),
    "controls": ("decided", "outcome <> ''"),
    "hits": ("decided", "outcome <> '' AND outcome = 'irregular'"),
}


def behind(
    tables: apsw.Connection,
    figure: str,
    span: Span,
    *,
    office: str = "",
    channel: str = "",
    stratum: str = "",
    limit: int = 50,
) -> list[Behind]:
    """Return consignments that a figure of a span counts, the latest first; ``slowest``: the longest first.

    Figures: released, slowest (of those), lodged, decided, controls (with a result), hits.
    """
    named = {"office": office, "channel": channel, "stratum": stratum}
    given = {name: value for name, value in named.items() if value}
    further = "".join(f" AND {name} = ?" for name in given)
    values = tuple(given.values())
    if figure == "slowest":
        found = [_told(record) for record in _slowest(tables, span, further, values, limit)]
        return sorted(found, key=lambda one: -(one.seconds or 0))
    column, holds = _DATED[figure]
    rows = tables.execute(
        f"{_SELECT}{holds} AND {column} >= ? AND {column} < ?{further} "
        f"ORDER BY {column} DESC, mrn DESC LIMIT ?",
        (*span.seconds(), *values, limit),
    )
    return [_told(record) for (record,) in rows]


def waiting(
    tables: apsw.Connection, *, office: str = "", holder: str = "", waits: str = "", limit: int = 50
) -> list[Behind]:
    """Return what waits now, the longest first."""
    named = {"office": office, "holder": holder, "waits": waits}
    given = {name: value for name, value in named.items() if value}
    further = "".join(f" AND {name} = ?" for name in given)
    rows = tables.execute(
        f"{_SELECT}holder <> ''{further} ORDER BY since, mrn LIMIT ?", (*given.values(), limit)
    )
    return [_told(record) for (record,) in rows]


def _slowest(
    tables: apsw.Connection, span: Span, further: str, values: tuple[str, ...], limit: int
) -> Iterator[bytes]:
    """Yield records from the slowest bucket downwards: few rows are read, however many there are."""
    left = limit
    for bucket in range(len(BOUNDS) - 1, -1, -1):
        rows = tables.execute(
            f"{_SELECT}released IS NOT NULL AND slow = ? AND released >= ? AND released < ?{further} "
            "ORDER BY released DESC LIMIT ?",
            (bucket, *span.seconds(), *values, left),
        ).fetchall()
        yield from (bytes(record) for (record,) in rows if isinstance(record, bytes))
        left -= len(rows)
        if left <= 0:
            return


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
