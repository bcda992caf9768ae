"""Where entries, conveyances and what goods are known by are kept, for reader and responder alike."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.acts import (
    Call,
    ConveyanceAnnounced,
    ConveyanceArrived,
    EntryAccepted,
    EntryAmended,
    EntryLodged,
    GoodsReference,
    GoodsUnannounced,
    decode,
)
from tidegate.entry.model import Announcement, fold
from tidegate.entry.wording import entry_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import apsw

    from tidegate.acts import Act
    from tidegate.journal import Entry, Journal

TABLES = """
CREATE TABLE entries (mrn TEXT PRIMARY KEY, conveyance TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX entries_by_conveyance ON entries (conveyance);
CREATE TABLE known (
    id TEXT NOT NULL, kind TEXT NOT NULL, mrn TEXT NOT NULL, PRIMARY KEY (id, kind, mrn)
) WITHOUT ROWID;
CREATE INDEX known_by_mrn ON known (mrn);
CREATE TABLE conveyances (conveyance TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE unannounced (
    conveyance TEXT NOT NULL, reference TEXT NOT NULL, office TEXT NOT NULL,
    PRIMARY KEY (conveyance, reference)
) WITHOUT ROWID;
"""

_ENCODER = msgspec.json.Encoder()
_ENTRY = msgspec.json.Decoder(Announcement)


class Journey(msgspec.Struct, frozen=True, omit_defaults=True):
    """A conveyance on its journey: its itinerary, who is on board, and where it has arrived."""

    conveyance: str
    mode: str = ""
    operator: str = ""
    itinerary: tuple[Call, ...] = ()
    crew: int = 0
    passengers: int = 0
    arrivals: dict[str, datetime] = {}


_JOURNEY = msgspec.json.Decoder(Journey)


class Register:
    """Entries and journeys taken from the tables as they are needed; what changes is written at once."""

    def __init__(self, tables: apsw.Connection) -> None:
        self._tables = tables

    def entry(self, mrn: str) -> Announcement | None:
        """Return an entry, or None."""
        row = self._tables.execute("SELECT record FROM entries WHERE mrn = ?", (mrn,)).fetchone()
        return None if row is None else _ENTRY.decode(row[0])

    def entries(self) -> Iterator[Announcement]:
        """Yield every entry, by its number."""
        for (record,) in self._rows("SELECT record FROM entries ORDER BY mrn"):
            yield _ENTRY.decode(record)

    def on_board(self, conveyance: str) -> list[Announcement]:
        """Return the entries announced on a conveyance, by their numbers."""
        rows = self._rows("SELECT record FROM entries WHERE conveyance = ? ORDER BY mrn", conveyance)
        return [_ENTRY.decode(record) for (record,) in rows]

    def any_entry(self) -> bool:
        """Tell whether there is an entry at all."""
        return self._tables.execute("SELECT 1 FROM entries LIMIT 1").fetchone() is not None

    def known_by(self, reference: GoodsReference) -> list[str]:
        """Return the numbers of the entries whose goods are known by a reference."""
        if reference.kind == "entry":
            return [reference.id] if self.entry(reference.id) is not None else []
        rows = self._rows(
            "SELECT mrn FROM known WHERE id = ? AND kind = ? ORDER BY mrn", *(reference.id, reference.kind)
        )
        return [mrn for (mrn,) in rows]

    def journey(self, conveyance: str) -> Journey | None:
        """Return a conveyance on its journey, or None where nobody told of it."""
        row = self._tables.execute(
            "SELECT record FROM conveyances WHERE conveyance = ?", (conveyance,)
        ).fetchone()
        return None if row is None else _JOURNEY.decode(row[0])

    def journeys(self) -> Iterator[Journey]:
        """Yield every journey told of, by its name."""
        for (record,) in self._rows("SELECT record FROM conveyances ORDER BY conveyance"):
            yield _JOURNEY.decode(record)

    def unannounced(self) -> list[tuple[str, str, str]]:
        """Return conveyance, reference and office of goods that came unannounced."""
        rows = self._rows(
            "SELECT conveyance, reference, office FROM unannounced ORDER BY conveyance, reference"
        )
        return [(conveyance, reference, office) for conveyance, reference, office in rows]

    def came_unannounced(self, conveyance: str) -> list[str]:
        """Return the references of goods that came by a conveyance and that no entry names."""
        rows = self._rows(
            "SELECT reference FROM unannounced WHERE conveyance = ? ORDER BY reference", conveyance
        )
        return [reference for (reference,) in rows]

    def unannounced_at(self, conveyance: str, reference: str) -> str:
        """Return the office to which goods came unannounced; empty where they did not."""
        rows = self._rows(
            "SELECT office FROM unannounced WHERE conveyance = ? AND reference = ?", conveyance, reference
        )
        return str(rows[0][0]) if rows else ""

    def _rows(self, sql: str, *bindings: str) -> list[Any]:
        return self._tables.execute(sql, bindings).fetchall()

    def note(self, act: Act, occurred: datetime) -> None:
        """Fold an act into what it is about."""
        if isinstance(act, ConveyanceAnnounced | ConveyanceArrived):
            self._note_journey(act, occurred)
        elif isinstance(act, GoodsUnannounced):
            self._tables.execute(
                "INSERT OR REPLACE INTO unannounced VALUES (?, ?, ?)",
                (act.conveyance, act.reference, act.office),
            )
        else:
            self._note_entry(act, occurred)

    def _note_entry(self, act: Act, occurred: datetime) -> None:
        mrn = getattr(act, "mrn", None)
        held = self.entry(mrn) if isinstance(mrn, str) and not isinstance(act, EntryLodged) else None
        changed = fold(held, act, occurred)
        if changed is None:
            return
        self._tables.execute(
            "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)",
            (changed.mrn, changed.conveyance, _ENCODER.encode(changed)),
        )
        if isinstance(act, EntryAccepted | EntryAmended):
            self._know(changed.mrn, act.references)

    def _know(self, mrn: str, references: Iterable[GoodsReference]) -> None:
        self._tables.execute("DELETE FROM known WHERE mrn = ?", (mrn,))
        self._tables.executemany(
            "INSERT OR IGNORE INTO known VALUES (?, ?, ?)", [(one.id, one.kind, mrn) for one in references]
        )

    def _note_journey(self, act: ConveyanceAnnounced | ConveyanceArrived, occurred: datetime) -> None:
        held = self.journey(act.conveyance) or Journey(act.conveyance)
        if isinstance(act, ConveyanceAnnounced):
            changed = msgspec.structs.replace(
                held,
                mode=act.mode,
                operator=act.operator,
                itinerary=act.itinerary,
                crew=act.crew,
                passengers=act.passengers,
            )
        else:
            changed = msgspec.structs.replace(
                held,
                arrivals={**held.arrivals, act.office: occurred},
                crew=act.crew or held.crew,
                passengers=act.passengers or held.passengers,
            )
        self._tables.execute(
            "INSERT OR REPLACE INTO conveyances VALUES (?, ?)", (changed.conveyance, _ENCODER.encode(changed))
        )


def act_in(entry: Entry) -> Act | None:
    """Return the act of an entry in the journal, None where it is erased."""
    return None if entry.body is None else decode(entry.kind, entry.version, entry.body)


def acts_about_entry(journal: Journal, mrn: str) -> Iterator[tuple[Entry, Act | None]]:
    """Yield every act about an entry summary declaration, in order; None for what is erased."""
    start = 0
    while entries := journal.about(entry_key(mrn), start):
        yield from ((one, act_in(one)) for one in entries)
        start = entries[-1].position + 1
