"""From acts to the table of parts: where the rows of an upload lie, and what became of them in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import (
    ConsignmentControlled,
    ConsignmentsDecided,
    ConsignmentsLodged,
    ConsignmentsPaid,
    ConsignmentsReleased,
    decode,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.acts import Act
    from tidegate.journal import Entry

_TABLES = """
CREATE TABLE parts (
    lodged INTEGER PRIMARY KEY, upload TEXT NOT NULL, declarant TEXT NOT NULL, occurred TEXT NOT NULL,
    first INTEGER NOT NULL, rows INTEGER NOT NULL, last INTEGER NOT NULL, decided INTEGER, told TEXT
);
CREATE INDEX parts_upload ON parts (upload, first);
CREATE TABLE releases (
    position INTEGER PRIMARY KEY, lodged INTEGER NOT NULL, upload TEXT NOT NULL, waited_for TEXT NOT NULL,
    rows INTEGER NOT NULL
);
CREATE INDEX releases_upload ON releases (upload);
CREATE TABLE released_places (lodged INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (lodged, place))
    WITHOUT ROWID;
CREATE TABLE controls (
    lodged INTEGER NOT NULL, place INTEGER NOT NULL, outcome TEXT NOT NULL, found TEXT NOT NULL,
    PRIMARY KEY (lodged, place)
) WITHOUT ROWID;
CREATE TABLE payments (upload TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
"""


class BulkReader:
    """Folds acts about low-value consignments, in the order of the journal; rows stay in their batches."""

    name = "bulk"
    version = 1
    kinds: frozenset[str] | None = frozenset(
        act.KIND
        for act in (
            ConsignmentControlled,
            ConsignmentsDecided,
            ConsignmentsLodged,
            ConsignmentsPaid,
            ConsignmentsReleased,
        )
    )
    schema = _TABLES

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the tables."""
        for entry in entries:
            if entry.body is not None:
                _fold(decode(entry.kind, entry.version, entry.body), entry, tables)


def _fold(act: Act, entry: Entry, tables: apsw.Connection) -> None:
    match act:
        case ConsignmentsLodged():
            tables.execute(
                "INSERT INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                (
                    entry.position,
                    act.upload,
                    act.declarant,
                    entry.occurred.isoformat(),
                    act.first,
                    act.rows,
                    act.last,
                ),
            )
        case ConsignmentsDecided():
            told = act.encode().decode()
            tables.execute(
                "UPDATE parts SET decided = ?, told = ? WHERE lodged = ?", (entry.position, told, act.lodged)
            )
        case ConsignmentsReleased():
            tables.execute(
                "INSERT INTO releases VALUES (?, ?, ?, ?, ?)",
                (entry.position, act.lodged, act.upload, act.waited_for, act.rows),
            )
            tables.executemany(
                "INSERT OR IGNORE INTO released_places VALUES (?, ?)",
                ((act.lodged, place) for place in act.places),
            )
        case ConsignmentControlled():
            tables.execute(
                "INSERT OR REPLACE INTO controls VALUES (?, ?, ?, ?)",
                (act.lodged, act.place, act.outcome, act.found),
            )
        case ConsignmentsPaid():
            tables.execute("INSERT OR IGNORE INTO payments VALUES (?, ?)", (act.upload, entry.position))
        case _:
            return
