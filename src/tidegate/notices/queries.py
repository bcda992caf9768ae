"""What others may ask of notices: an operator's own, from a cursor on; those of one declaration."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.acts import NoticeIssued

if TYPE_CHECKING:
    import apsw

_DECODER = msgspec.json.Decoder(NoticeIssued)


class Notice(msgspec.Struct, frozen=True):
    """A notice as it was issued: its position, its moment and what it says."""

    position: int
    occurred: datetime
    act: NoticeIssued


class Page(msgspec.Struct, frozen=True):
    """Notices in their order, and the cursor from which to ask for those that come after."""

    notices: tuple[Notice, ...]
    cursor: int


def notices_of(tables: apsw.Connection, operator: str, cursor: int = 0, limit: int = 100) -> Page:
    """Return up to ``limit`` notices of an operator from a cursor on, and the next cursor.

    The first cursor is 0. Who asks with the last cursor he was given misses nothing and hears nothing twice.
    """
    rows = tables.execute(
        "SELECT position, occurred, record FROM notices WHERE operator = ? AND position >= ? "
        "ORDER BY position LIMIT ?",
        (operator, cursor, limit),
    ).fetchall()
    found = tuple(_notice(row) for row in rows)
    return Page(found, found[-1].position + 1 if found else cursor)


def last_notices_of(tables: apsw.Connection, operator: str, end: int, limit: int = 100) -> tuple[Notice, ...]:
    """Return the last ``limit`` notices of an operator before a position, in their order."""
    rows = tables.execute(
        "SELECT position, occurred, record FROM notices WHERE operator = ? AND position < ? "
        "ORDER BY position DESC LIMIT ?",
        (operator, end, limit),
    ).fetchall()
    return tuple(_notice(row) for row in reversed(rows))


def notices_about_declaration(tables: apsw.Connection, mrn: str) -> tuple[Notice, ...]:
    """Return every notice about one declaration, in their order."""
    rows = tables.execute(
        "SELECT position, occurred, record FROM notices WHERE mrn = ? ORDER BY position", (mrn,)
    ).fetchall()
    return tuple(_notice(row) for row in rows)


def all_notices(tables: apsw.Connection) -> tuple[Notice, ...]:
    """Return every notice there is, in the order they were issued."""
    rows = tables.execute("SELECT position, occurred, record FROM notices ORDER BY position").fetchall()
    return tuple(_notice(row) for row in rows)


def _notice(row: tuple[Any, ...]) -> Notice:
    position, occurred, record = row
    return Notice(position, datetime.fromisoformat(occurred), _DECODER.decode(record))
