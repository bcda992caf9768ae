"""Which declarations speak of the goods of an entry: by its number, a transport document, a UCR, a container.

Declarations are read only once there is an entry to meet, and from so long before its arrival as the terms
say: on a node without entries they cost a row each.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tidegate.acts import EntryMatched, GoodsReference
from tidegate.declarations.ens.sharing import goods_of_declaration, goods_of_entry
from tidegate.declarations.messages import read_message
from tidegate.declarations.wire.xml import XmlLimits
from tidegate.journal import AttachmentErasedError, AttachmentMissingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    import apsw

    from tidegate.declarations.ens.words import EntrySummaryDeclaration
    from tidegate.entry.model import Announcement
    from tidegate.entry.register import Register
    from tidegate.journal import Journal

MATCHING_TABLES = """
CREATE TABLE declared (
    id TEXT NOT NULL, kind TEXT NOT NULL, declaration TEXT NOT NULL, occurred REAL NOT NULL,
    PRIMARY KEY (id, kind, declaration)
) WITHOUT ROWID;
CREATE TABLE unread (
    declaration TEXT PRIMARY KEY, occurred REAL NOT NULL, original TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX unread_by_time ON unread (occurred);
"""
MOST_REFERENCES = 300  # in the body of an act
_LONGEST = 128
# A message was read within the limits of its day when it was lodged: it is not measured again.
_NO_LIMITS = XmlLimits(octets=sys.maxsize, depth=sys.maxsize)


def references_of(entry: EntrySummaryDeclaration) -> tuple[tuple[GoodsReference, ...], int]:
    """Return what the goods of an entry are known by, as much as an act holds, and how much more there is."""
    found = _held(goods_of_entry(entry))
    return found[:MOST_REFERENCES], max(0, len(found) - MOST_REFERENCES)


class Matching:
    """Meets entries and declarations by what their goods are known by, whichever comes first."""

    def __init__(self, register: Register, tables: apsw.Connection, journal: Journal, days: int) -> None:
        self._register = register
        self._tables = tables
        self._journal = journal
        self._window = timedelta(days=days)

    def note_declaration(self, declaration: str, occurred: datetime, original: str) -> None:
        """Keep where a declaration lies, to be read when there is an entry to meet."""
        self._tables.execute(
            "INSERT OR IGNORE INTO unread VALUES (?, ?, ?)", (declaration, occurred.timestamp(), original)
        )

    def of_declaration(self, declaration: str) -> list[EntryMatched]:
        """Return the matches of a declaration just noted, with the entries there are."""
        if not self._register.any_entry():
            return []
        self._read("declaration = ?", declaration)
        rows = self._rows(
            "SELECT kind, id, occurred FROM declared WHERE declaration = ? ORDER BY kind, id", declaration
        )
        found: dict[str, EntryMatched] = {}
        for kind, id_stated, occurred in rows:
            reference = GoodsReference(kind, id_stated)
            for mrn in self._register.known_by(reference):
                entry = self._register.entry(mrn)
                if entry is not None and self._meet(entry, reference, declaration, occurred):
                    found.setdefault(mrn, EntryMatched(mrn=mrn, declaration=declaration, by=reference))
        return list(found.values())

    def of_entry(self, entry: Announcement) -> list[EntryMatched]:
        """Return the matches of an entry with the declarations lodged before it, if not too long before."""
        self._read("occurred >= ?", (entry.expected - self._window).timestamp())
        found: dict[str, EntryMatched] = {}
        for reference in (GoodsReference("entry", entry.mrn), *entry.references):
            rows = self._rows(
                "SELECT declaration, occurred FROM declared WHERE id = ? AND kind = ? ORDER BY declaration",
                reference.id,
                reference.kind,
            )
            for declaration, occurred in rows:
                if self._meet(entry, reference, declaration, occurred):
                    matched = EntryMatched(mrn=entry.mrn, declaration=declaration, by=reference)
                    found.setdefault(declaration, matched)
        return list(found.values())

    def _rows(self, sql: str, *bindings: str | float) -> list[Any]:
        return self._tables.execute(sql, bindings).fetchall()

    def _meet(
        self, entry: Announcement, reference: GoodsReference, declaration: str, occurred: float
    ) -> bool:
        if not entry.stands or declaration in entry.declarations:
            return False
        apart = abs(entry.expected.timestamp() - occurred)
        return reference.kind != "container" or apart <= self._window.total_seconds()

    def _read(self, which: str, bound: str | float) -> None:
        """Read declarations noted and not read yet; what was erased meanwhile has nothing to say."""
        chosen = f"FROM unread WHERE {which}"
        for declaration, occurred, original in self._rows(
            f"SELECT declaration, occurred, original {chosen} ORDER BY declaration", bound
        ):
            references = _held(self._stated(original))
            self._tables.executemany(
                "INSERT OR IGNORE INTO declared VALUES (?, ?, ?, ?)",
                [(one.id, one.kind, declaration, occurred) for one in references],
            )
        self._tables.execute(f"DELETE {chosen}", (bound,))

    def _stated(self, original: str) -> Iterator[tuple[str, str]]:
        try:
            data = self._journal.attachment(original)
        except (AttachmentErasedError, AttachmentMissingError):
            return
        declaration = read_message(data, _NO_LIMITS).declaration
        if declaration is not None:
            yield from goods_of_declaration(declaration)


def _held(stated: Iterable[tuple[str, str]]) -> tuple[GoodsReference, ...]:
    """Return references as acts and tables hold them; one too long to be one is left out."""
    return tuple(
        GoodsReference(kind, id_stated)  # type: ignore[arg-type]  # the kinds are those of the act
        for kind, id_stated in stated
        if len(id_stated) <= _LONGEST and id_stated.isprintable()
    )
