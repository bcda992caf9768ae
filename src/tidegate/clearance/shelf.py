"""Where consignments are kept between batches: one table, used by the reader and by the responder alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.clearance.life import Consignment

if TYPE_CHECKING:
    from collections.abc import Iterable

    import apsw

CONSIGNMENTS = """
CREATE TABLE consignments (
    mrn TEXT PRIMARY KEY, state TEXT NOT NULL, office TEXT NOT NULL, channel TEXT,
    lodged TEXT NOT NULL, clock TEXT, record BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX consignments_by_clock ON consignments (clock) WHERE clock IS NOT NULL;
CREATE INDEX consignments_by_state ON consignments (state, office);
"""

_ENCODER = msgspec.json.Encoder(decimal_format="string")
_DECODER = msgspec.json.Decoder(Consignment)
_CHUNK = 500  # placeholders in one statement


class Shelf:
    """Consignments taken from a table, changed in memory, and put back in one go."""

    def __init__(self, tables: apsw.Connection) -> None:
        self._tables = tables
        self._held: dict[str, Consignment] = {}
        self._changed: set[str] = set()

    def fetch(self, mrns: Iterable[str]) -> None:
        """Take these consignments from the table, in few questions."""
        wanted = [mrn for mrn in dict.fromkeys(mrns) if mrn not in self._held]
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(part))
            rows = self._tables.execute(f"SELECT mrn, record FROM consignments WHERE mrn IN ({marks})", part)  # noqa: S608 - only question marks are put in
            self._held.update((mrn, _DECODER.decode(record)) for mrn, record in rows)

    def get(self, mrn: str) -> Consignment | None:
        """Return a consignment that was fetched or put, or None."""
        return self._held.get(mrn)

    def put(self, consignment: Consignment | None) -> None:
        """Hold a consignment as changed."""
        if consignment is not None:
            self._held[consignment.mrn] = consignment
            self._changed.add(consignment.mrn)

    def forget(self, mrns: Iterable[str]) -> None:
        """Take consignments out of the table, for they were erased."""
        for mrn in mrns:
            self._held.pop(mrn, None)
            self._changed.discard(mrn)
            self._tables.execute("DELETE FROM consignments WHERE mrn = ?", (mrn,))

    def store(self) -> None:
        """Write what was changed to the table, inside the transaction that is open."""
        rows = [
            (c.mrn, c.state, c.office, c.channel, c.lodged.isoformat(), _clock(c), _ENCODER.encode(c))
            for c in (self._held[mrn] for mrn in sorted(self._changed))
        ]
        self._tables.executemany("INSERT OR REPLACE INTO consignments VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self._changed.clear()


def stored(tables: apsw.Connection, mrn: str) -> Consignment | None:
    """Return one consignment from a table, or None where there is none."""
    shelf = Shelf(tables)
    shelf.fetch([mrn])
    return shelf.get(mrn)


def _clock(consignment: Consignment) -> str | None:
    """Return since when, or until when, the clock watches a consignment."""
    if consignment.state == "registered":
        return waiting_since(consignment.lodged)
    if consignment.dwell is not None and "dwell" in consignment.outstanding:
        return dwelling_until(consignment.dwell)
    return None


def waiting_since(moment: datetime) -> str:
    """Return how the table writes that goods are waited for since a moment."""
    return f"since {moment.astimezone(UTC).isoformat(timespec='microseconds')}"


def dwelling_until(moment: datetime) -> str:
    """Return how the table writes that release waits until a moment."""
    return f"until {moment.astimezone(UTC).isoformat(timespec='microseconds')}"
