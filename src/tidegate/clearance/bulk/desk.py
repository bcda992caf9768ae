"""What officers have to do about low-value consignments: rows to control, uploads to pay, one row as it lies.

Which rows wait for a control stands in the tables of the room's responder, which has seen each decision;
what was recorded of them in those of its reader.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import apsw
import msgspec

from tidegate.clearance.bulk.responder import BulkResponder
from tidegate.journal import AttachmentErasedError, stored_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tidegate.journal import SqliteJournal

_PATIENCE_MS = 10_000
_READ_AT_ONCE = 200


class RowToControl(msgspec.Struct, frozen=True):
    """A row that waits for a control: POSITION#PLACE, its upload and declarant, since when (ISO 8601)."""

    lodged: int
    place: int
    upload: str
    declarant: str
    since: str

    @property
    def reference(self) -> str:
        """How the row is called."""
        return f"{self.lodged}#{self.place}"


class UploadToPay(msgspec.Struct, frozen=True, array_like=True):
    """An upload that is decided on in whole and not paid: what it owes before release, and since when."""

    upload: str
    declarant: str
    since: str
    lodged: int


def rows_to_control(
    tables: apsw.Connection, working: Path, *, after: tuple[int, int] = (-1, -1), limit: int = 50
) -> list[RowToControl]:
    """Return rows that wait for a control, the oldest first; ``after`` is the last one's position and place.

    ``tables`` are the reader's, ``working`` the folder of the responders'.
    """
    found: list[RowToControl] = []
    for lodged, place in _open(working, after):
        if not _recorded(tables, lodged, place):
            part = tables.execute(
                "SELECT upload, declarant, occurred FROM parts WHERE lodged = ?", (lodged,)
            ).fetchone()
            if part is not None:
                found.append(RowToControl(lodged, place, *(str(one) for one in part)))
        if len(found) == limit:
            break
    return found


def count_to_control(tables: apsw.Connection, working: Path) -> int:
    """Return how many rows wait for a control."""
    path = working / f"{BulkResponder.name}.sqlite"
    if not path.exists():
        return 0
    with closing(_opened(path)) as connection:
        (waiting,) = connection.execute("SELECT count(*) FROM controls WHERE NOT conform").fetchone() or (0,)
    # Rows found irregular are recorded, and never conform.
    (wrong,) = tables.execute("SELECT count(*) FROM controls WHERE outcome = 'irregular'").fetchone() or (0,)
    return max(int(waiting) - int(wrong), 0)


def uploads_to_pay(tables: apsw.Connection, *, after: int = -1, limit: int = 50) -> list[UploadToPay]:
    """Return uploads that owe something before release and are not paid, the oldest first.

    ``after`` is the position of the last one's first part.
    """
    rows = tables.execute(
        "SELECT upload, declarant, min(occurred), min(lodged) AS first FROM parts "
        "WHERE upload NOT IN (SELECT upload FROM payments) GROUP BY upload "
        "HAVING max(last) AND count(*) = count(told) AND first > ? "
        "AND max(CAST(json_extract(told, '$.due_now') AS REAL)) > 0 ORDER BY first LIMIT ?",
        (after, limit),
    )
    return [msgspec.convert(row, UploadToPay) for row in rows]


def row_as_stored(journal: SqliteJournal, position: int, places: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return rows of the batch at a position as they were journalled, by place; erased ones are missing.

    For a batch of decisions a place is that of the row in the batch that lodged it, where none was erased.
    """
    try:
        rows = stored_rows(journal, position).rows
    except AttachmentErasedError:
        return {}
    found = {at: rows[at] for at in places if at < len(rows)}
    return {at: msgspec.json.decode(row) for at, row in found.items() if row is not None}


def _open(working: Path, after: tuple[int, int]) -> Iterator[tuple[int, int]]:
    path = working / f"{BulkResponder.name}.sqlite"
    if not path.exists():
        return
    with closing(_opened(path)) as connection:
        last = after
        while True:
            rows = connection.execute(
                "SELECT lodged, place FROM controls WHERE NOT conform AND (lodged, place) > (?, ?) "
                "ORDER BY lodged, place LIMIT ?",
                (*last, _READ_AT_ONCE),
            ).fetchall()
            found = [msgspec.convert(row, tuple[int, int]) for row in rows]
            yield from found
            if len(rows) < _READ_AT_ONCE:
                return
            last = found[-1]


def _recorded(tables: apsw.Connection, lodged: int, place: int) -> bool:
    asked = "SELECT 1 FROM controls WHERE lodged = ? AND place = ?"
    return tables.execute(asked, (lodged, place)).fetchone() is not None


def _opened(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(_PATIENCE_MS)
    return connection
