"""What the release of rows waits for, by parts; single rows are held only where somebody controls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.acts import ConsignmentsReleased

if TYPE_CHECKING:
    import apsw

    from tidegate.acts import ConsignmentControlled, Waiting

WAITING = """
CREATE TABLE owing (
    lodged INTEGER PRIMARY KEY, upload TEXT NOT NULL, rows INTEGER NOT NULL, paid INTEGER NOT NULL
);
CREATE INDEX owing_upload ON owing (upload);
CREATE TABLE controls (
    lodged INTEGER NOT NULL, place INTEGER NOT NULL, owes INTEGER NOT NULL, conform INTEGER NOT NULL,
    PRIMARY KEY (lodged, place)
) WITHOUT ROWID;
"""


class Waitings:
    """The tables of what waits, and what is released when the wait is over."""

    def __init__(self, tables: apsw.Connection) -> None:
        self._tables = tables

    def add(self, upload: str, lodged: int, rows: pl.DataFrame) -> list[ConsignmentsReleased]:
        """Enter decisions (place, waits, due_now); return the release of what waits for nothing."""
        counts = dict(rows["waits"].drop_nulls().value_counts().iter_rows())
        self._tables.execute(
            "INSERT OR REPLACE INTO owing VALUES (?, ?, ?, 0)", (lodged, upload, counts.get("payment", 0))
        )
        controlled = rows.filter(pl.col("waits") == "control").select(
            "place", pl.col("due_now").str.contains("[1-9]").cast(pl.Int64)
        )
        self._tables.executemany(
            "INSERT OR REPLACE INTO controls VALUES (?, ?, ?, 0)",
            ((lodged, place, owes) for place, owes in controlled.iter_rows()),
        )
        free = counts.get("", 0)
        return [_released(upload, lodged, "", free)] if free else []

    def pay(self, upload: str) -> list[ConsignmentsReleased]:
        """Note that an upload was paid; return the release of what waited for it."""
        parts = list(
            self._tables.execute(
                "SELECT lodged, rows FROM owing WHERE upload = ? AND NOT paid ORDER BY lodged", (upload,)
            )
        )
        self._tables.execute("UPDATE owing SET paid = 1 WHERE upload = ?", (upload,))
        released = []
        for lodged, rows in parts:
            if rows:
                released.append(_released(upload, lodged, "payment", rows))
            held = self._tables.execute(
                "SELECT place FROM controls WHERE lodged = ? AND owes AND conform ORDER BY place", (lodged,)
            )
            places = tuple(place for (place,) in held)
            if places:
                released.append(_released(upload, lodged, "control", len(places), places))
        return released

    def control(self, act: ConsignmentControlled) -> list[ConsignmentsReleased]:
        """Note what a control found; return the release of the row where nothing more stands against it."""
        row = self._tables.execute(
            "SELECT owes, conform, paid FROM controls JOIN owing USING (lodged) "
            "WHERE lodged = ? AND place = ?",
            (act.lodged, act.place),
        ).get
        if row is None or act.outcome != "conform" or row[1]:
            return []
        owes, _, paid = row
        self._tables.execute(
            "UPDATE controls SET conform = 1 WHERE lodged = ? AND place = ?", (act.lodged, act.place)
        )
        return [] if owes and not paid else [_released(act.upload, act.lodged, "control", 1, (act.place,))]


def _released(
    upload: str, lodged: int, waited_for: Waiting, rows: int, places: tuple[int, ...] = ()
) -> ConsignmentsReleased:
    return ConsignmentsReleased(upload=upload, lodged=lodged, waited_for=waited_for, rows=rows, places=places)
