"""How many controls each office has been given on each day, kept in the tables of a responder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.risk import Loads

if TYPE_CHECKING:
    from datetime import date

    import apsw

LOADS = """
CREATE TABLE loads (
    day TEXT NOT NULL, office TEXT NOT NULL, channel TEXT NOT NULL, controls INTEGER NOT NULL,
    PRIMARY KEY (day, office, channel)
) WITHOUT ROWID;
"""


def load_days(tables: apsw.Connection, days: set[date]) -> Loads:
    """Return the controls counted so far on these days; only a lodging's own day is ever asked about."""
    counts: dict[tuple[str, date, str], int] = {}
    for day in sorted(days):
        rows = tables.execute("SELECT office, channel, controls FROM loads WHERE day = ?", (day.isoformat(),))
        counts |= {(office, day, channel): controls for office, channel, controls in rows}
    return Loads(counts)


def store_loads(loads: Loads, tables: apsw.Connection) -> None:
    """Write what has been counted."""
    rows = [
        (day.isoformat(), office, channel, n) for (office, day, channel), n in sorted(loads.counts.items())
    ]
    tables.executemany("INSERT OR REPLACE INTO loads VALUES (?, ?, ?, ?)", rows)
