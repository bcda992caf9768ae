"""What partners said about a consignment, or were asked: found by its numbers and by whom it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from tidegate.acts import DisclosureReceived, EnquiryMade
from tidegate.exchange.messages import Disclosed, Message, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import apsw

    from tidegate.acts import Act

TOLD = """
CREATE TABLE told (
    kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (kind, id, position)
) WITHOUT ROWID;
"""
NameKind = Literal["mrn", "ucr", "operator"]
Name = tuple[NameKind, str]
# The fields of rows that name operators (`terms.FIELDS`).
_OPERATORS = ("declarant", "representative", "importer", "exporter", "carrier")
_MOST_ROWS = 500  # of one disclosure, under whose names it is found


def note_told(act: Act, position: int, tables: apsw.Connection) -> None:
    """Note under which names a disclosure or an enquiry is found; what expires is erased, so forgotten."""
    if isinstance(act, DisclosureReceived | EnquiryMade):
        rows = [(kind, named, position) for kind, named in _names(act)]
        tables.executemany("INSERT OR IGNORE INTO told VALUES (?, ?, ?)", rows)


def told_about(tables: apsw.Connection, names: Sequence[Name], limit: int = 20) -> list[int]:
    """Return the positions of what partners disclosed, asked or were asked under any of these names.

    The latest come first. The acts are ``disclosure.received`` and ``enquiry.made``.
    """
    found: set[int] = set()
    for name in dict.fromkeys(names):
        rows = tables.execute(
            "SELECT position FROM told WHERE kind = ? AND id = ? ORDER BY position DESC LIMIT ?",
            (*name, limit),
        )
        found.update(int(position) for (position,) in rows)
    return sorted(found, reverse=True)[:limit]


def _names(act: DisclosureReceived | EnquiryMade) -> set[Name]:
    content = msgspec.json.decode(act.message, type=Message).content
    if isinstance(act, EnquiryMade):
        question = msgspec.json.decode(content, type=Question)
        asked: tuple[Name, ...] = (
            ("mrn", question.mrn),
            ("ucr", question.ucr),
            ("operator", question.operator),
        )
        return {(kind, named) for kind, named in asked if named}
    rows = msgspec.json.decode(content, type=Disclosed).rows[:_MOST_ROWS]
    return {name for row in rows for name in _named(row)}


def _named(row: dict[str, str]) -> Iterator[Name]:
    kinds: tuple[NameKind, ...] = ("mrn", "ucr")
    for kind in kinds:
        if row.get(kind):
            yield kind, row[kind]
    for field in _OPERATORS:
        if row.get(field):
            yield "operator", row[field]
