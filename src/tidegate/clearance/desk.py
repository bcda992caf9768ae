"""What officers look up: by which references consignments are known, who is on what, whom controls met.

It reads no consignment's state: that is the table of consignments, in the reader beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    ControlRecorded,
    DeclarationAmended,
    DeclarationCleared,
    DeclarationInvalidated,
    DeclarationLodged,
    EntryMatched,
    GoodsReleased,
    WorkReturned,
    WorkTaken,
    decode,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import apsw

    from tidegate.acts import Act, KnownBy
    from tidegate.journal import Entry

_HEARD = (
    WorkReturned,
    WorkTaken,
    ControlRecorded,
    DeclarationAmended,
    DeclarationCleared,
    DeclarationInvalidated,
    DeclarationLodged,
    EntryMatched,
    GoodsReleased,
)
_TABLES = """
CREATE TABLE known (
    id TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, mrn TEXT NOT NULL,
    PRIMARY KEY (id, position, kind)
) WITHOUT ROWID;
CREATE INDEX known_by_mrn ON known (mrn, kind, id);
CREATE TABLE operators (
    operator TEXT PRIMARY KEY, consignments INTEGER NOT NULL, controls INTEGER NOT NULL, hits INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE controlled (mrn TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE takings (mrn TEXT PRIMARY KEY, officer TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX takings_by_officer ON takings (officer, since);
CREATE TABLE announced (
    declaration TEXT NOT NULL, entry TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (declaration, entry)
) WITHOUT ROWID;
"""
_COUNT = """
INSERT INTO operators VALUES (?, 1, 0, 0)
ON CONFLICT (operator) DO UPDATE SET consignments = consignments + 1
"""
_CHUNK = 500  # placeholders in one statement


class DeskReader:
    """Folds what is stated about consignments, and the officers' work on them, into what is looked up."""

    name = "desk"
    version = 2
    kinds: frozenset[str] | None = frozenset(one.KIND for one in _HEARD)
    schema = _TABLES

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the tables."""
        for entry in entries:
            if entry.body is not None:
                _fold(decode(entry.kind, entry.version, entry.body), entry, tables)


def _fold(act: Act, entry: Entry, tables: apsw.Connection) -> None:
    match act:
        case DeclarationLodged():
            numbers = [("lrn", act.lrn)] if act.lrn else []
            _know(tables, act.mrn, entry.position, [*numbers, *_pairs(act.known_by, act.declarant)])
        case DeclarationAmended():
            rows = tables.execute("SELECT kind, id FROM known WHERE mrn = ?", (act.mrn,))
            before = {(str(kind), str(named)) for kind, named in rows}
            new = [pair for pair in _pairs(act.known_by) if pair not in before]
            _know(tables, act.mrn, entry.position, new)
        case ControlRecorded():
            _controlled(act, tables)
        case WorkTaken():
            since = int(entry.occurred.timestamp())
            tables.execute("INSERT OR REPLACE INTO takings VALUES (?, ?, ?)", (act.mrn, entry.author, since))
        case WorkReturned() | GoodsReleased() | DeclarationCleared() | DeclarationInvalidated():
            tables.execute("DELETE FROM takings WHERE mrn = ?", (act.mrn,))
        case EntryMatched():
            row = (act.declaration, act.mrn, act.by.kind, act.by.id)
            tables.execute("INSERT OR IGNORE INTO announced VALUES (?, ?, ?, ?)", row)
        case _:
            return


def _pairs(known: Iterable[KnownBy], declarant: str = "") -> list[tuple[str, str]]:
    """Return kinds and references; who declared is among them even where an act names nobody."""
    own = [("operator", declarant)] if declarant else []
    return list(dict.fromkeys([*own, *((one.kind, one.id) for one in known)]))


def _know(tables: apsw.Connection, mrn: str, position: int, pairs: Sequence[tuple[str, str]]) -> None:
    rows = [(named.upper(), position, kind, mrn) for kind, named in pairs]
    tables.executemany("INSERT OR IGNORE INTO known VALUES (?, ?, ?, ?)", rows)
    tables.executemany(_COUNT, [(named.upper(),) for kind, named in pairs if kind == "operator"])


def _controlled(act: ControlRecorded, tables: apsw.Connection) -> None:
    """Count the first control of a consignment with all whom it names; a later one settles what was found."""
    tables.execute("INSERT OR IGNORE INTO controlled VALUES (?)", (act.mrn,))
    if tables.changes():
        tables.execute(
            "UPDATE operators SET controls = controls + 1, hits = hits + ? WHERE operator IN "
            "(SELECT id FROM known WHERE mrn = ? AND kind = 'operator')",
            (act.outcome == "irregular", act.mrn),
        )


class Found(msgspec.Struct, frozen=True, array_like=True):
    """A consignment under a reference: of which kind the reference is, and where it was stated."""

    mrn: str
    kind: str
    position: int


class OperatorPast(msgspec.Struct, frozen=True, array_like=True):
    """How often an operator was named, in whatever role, how often that was controlled, and found wrong."""

    consignments: int = 0
    controls: int = 0
    hits: int = 0


class Taking(msgspec.Struct, frozen=True, array_like=True):
    """Who is on a consignment, as the journal names them, and since when (Unix seconds, UTC)."""

    mrn: str
    officer: str
    since: int


def found_by(
    tables: apsw.Connection, reference: str, *, before: int | None = None, limit: int = 50
) -> list[Found]:
    """Return the consignments known by a reference, the latest first; ``before`` is the last one's position.

    References are an LRN, the number of an operator, an entry summary declaration, a transport document, a
    UCR, a container; they are compared without regard to capitals. Each consignment stands once a page.
    """
    rows = tables.execute(
        "SELECT mrn, kind, position FROM known WHERE id = ? AND position < ? "
        "ORDER BY position DESC, kind LIMIT ?",
        (reference.upper(), 2**62 if before is None else before, limit),
    )
    found = [msgspec.convert(row, Found) for row in rows]
    return list({one.mrn: one for one in reversed(found)}.values())[::-1]


def operator_past(tables: apsw.Connection, operator: str) -> OperatorPast:
    """Return how an operator has been met so far; zeros where it was not."""
    row = tables.execute(
        "SELECT consignments, controls, hits FROM operators WHERE operator = ?", (operator.upper(),)
    ).fetchone()
    return OperatorPast() if row is None else msgspec.convert(row, OperatorPast)


def takings(tables: apsw.Connection, mrns: Sequence[str]) -> dict[str, Taking]:
    """Return who is on these consignments, by their number."""
    found: dict[str, Taking] = {}
    for start in range(0, len(mrns), _CHUNK):
        part = mrns[start : start + _CHUNK]
        marks = ",".join("?" * len(part))
        rows = tables.execute(f"SELECT mrn, officer, since FROM takings WHERE mrn IN ({marks})", part)  # noqa: S608 - only question marks are put in
        found.update((mrn, msgspec.convert((mrn, *rest), Taking)) for mrn, *rest in rows)
    return found


def taken_by(tables: apsw.Connection, officer: str, limit: int = 500) -> list[str]:
    """Return the consignments that an officer is on, the latest taken first."""
    rows = tables.execute(
        "SELECT mrn FROM takings WHERE officer = ? ORDER BY since DESC, mrn LIMIT ?", (officer, limit)
    )
    return [str(mrn) for (mrn,) in rows]


def announced_by(tables: apsw.Connection, mrn: str) -> list[tuple[str, str, str]]:
    """Return the entry summary declarations that a declaration met: number, and by what they met."""
    rows = tables.execute(
        "SELECT entry, kind, id FROM announced WHERE declaration = ? ORDER BY entry", (mrn,)
    )
    return [msgspec.convert(row, tuple[str, str, str]) for row in rows]
