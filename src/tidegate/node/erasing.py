"""Erasure of what a node has of an operator: which entries that are, and then every file of the node.

What goes: all entries about the consignments the operator lodged, all else that it lodged or said, the texts
of its keys, and attachments that only these name, or that no act names and that have its number in them. Of
what it said about the consignments of others, only that goes which changes nothing for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import DeclarationLodged, Erased, KeyRotated
from tidegate.clearance.bounds import referable
from tidegate.clearance.reader import MRN_KEY, mrn_of, told_by_envelope
from tidegate.journal import Key
from tidegate.journal.erasure import Erasure, Wanted, erase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    import apsw

    from tidegate.journal import Entry, SqliteJournal
    from tidegate.node.installation import Node

_READ_AT_ONCE = 1000
# An envelope names its author and its keys by their pseudonyms.
_NAMING = "SELECT position FROM entries WHERE instr(envelope, CAST(? AS BLOB)) ORDER BY position"
_CARRYING = "SELECT position FROM keys WHERE key = ? ORDER BY position"
_PSEUDONYM = "SELECT pseudonym FROM pseudonyms WHERE text = ?"
_MENTIONING = "SELECT position FROM bodies WHERE instr(body, CAST(? AS BLOB)) ORDER BY position"
_UNNAMED = "SELECT digest FROM attachments WHERE digest NOT IN (SELECT digest FROM uses)"
_PERSONAL = "SELECT text, pseudonym FROM pseudonyms ORDER BY text"
_KEPT = (Erased.KIND, KeyRotated.KIND)


class Forgotten(msgspec.Struct, frozen=True):
    """What was erased, which consignments, and entries of others that still have the number in them."""

    erasure: Erasure
    consignments: tuple[str, ...]
    mentioned: tuple[int, ...]


def erase_operator(node: Node, number: str, *, reason: str, occurred: datetime) -> Forgotten:
    """Erase what the node has of the operator with this number; its tables forget it too.

    Raises:
        NothingToEraseError: the node has nothing of it.
    """
    node.catch_up()
    journal = node.journal
    with journal.reading() as connection:
        texts = dict(_texts(connection, number))
        named = sorted(_naming(connection, texts, referable(f"operator:{number}")))
    entries = list(_entries(journal, named))
    # What it lodged for others is theirs: only that it was the one who lodged is forgotten.
    lodged = _lodged(entry for entry in entries if referable(f"operator:{number}") in entry.keys)
    positions = {entry.position for entry in entries if _may_go(entry, frozenset(lodged))}
    wanted = Wanted(
        positions=frozenset(positions | _about(journal, lodged)),
        keys=frozenset(texts),
        digests=frozenset(_unnamed(journal, number.encode())),
    )
    return _forget(node, wanted, lodged, number, (reason, occurred))


def erase_positions(
    node: Node, positions: Iterable[int], rows: Iterable[tuple[int, int]], *, reason: str, occurred: datetime
) -> Forgotten:
    """Erase entries and rows of batches; a consignment whose lodging is among them goes as a whole."""
    node.catch_up()
    wanted = frozenset(positions)
    lodged = _lodged(_entries(node.journal, sorted(wanted)))
    whole = Wanted(positions=wanted | _about(node.journal, lodged), rows=frozenset(rows))
    return _forget(node, whole, lodged, "", (reason, occurred))


def _forget(node: Node, wanted: Wanted, mrns: list[str], number: str, why: tuple[str, datetime]) -> Forgotten:
    """Erase, then let every reader and responder hear of it."""
    journal, (reason, occurred) = node.journal, why
    wanted = msgspec.structs.replace(
        wanted,
        keys=wanted.keys | _only_theirs(journal, wanted.positions),
        about=tuple(Key(MRN_KEY + mrn) for mrn in mrns),
    )
    try:
        erasure = erase(journal, wanted, reason=reason, author=Key(f"node:{node.origin}"), occurred=occurred)
    finally:
        node.catch_up()
    with journal.reading() as connection:
        mentioned = [at for (at,) in connection.execute(_MENTIONING, (number,))] if number else []
    return Forgotten(erasure, tuple(mrns), tuple(mentioned))


def _texts(connection: apsw.Connection, number: str) -> Iterator[tuple[str, str]]:
    """Yield the personal keys of an operator with their pseudonyms: itself, and each name that it gave."""
    own = referable(f"operator:{number}")
    named = tuple(f"{kind}:{len(number)}:{number}:" for kind in ("lrn", "once"))
    for text, pseudonym in connection.execute(_PERSONAL):
        if text == own or text.startswith(named):
            yield text, pseudonym


def _naming(connection: apsw.Connection, texts: dict[str, str], own: str) -> set[int]:
    """Return the positions of entries whose author or subject is one of these."""
    found: set[int] = set()
    for text, pseudonym in texts.items():
        # Only who acts can be an author, of which there is no index.
        sql = _NAMING if text == own else _CARRYING
        found.update(at for (at,) in connection.execute(sql, (pseudonym,)))
    return found


def _only_theirs(journal: SqliteJournal, positions: frozenset[int]) -> set[str]:
    """Return the texts of personal keys that no other entries carry: references of goods, say."""
    found: set[str] = set()
    with journal.reading() as connection:
        for entry in _entries(journal, sorted(positions)):
            for text in entry.keys:
                pseudonym = connection.execute(_PSEUDONYM, (text,)).get
                if pseudonym is not None and text not in found:
                    carrying = {at for (at,) in connection.execute(_CARRYING, (pseudonym,))}
                    found |= {text} if carrying <= positions else set()
    return found


def _entries(journal: SqliteJournal, positions: Iterable[int]) -> Iterator[Entry]:
    for position in positions:
        yield from journal.read(position, 1)


def _about(journal: SqliteJournal, mrns: Iterable[str]) -> set[int]:
    """Return the positions of all that may be erased about consignments."""
    found: set[int] = set()
    for mrn in mrns:
        start = 0
        while entries := journal.about(Key(MRN_KEY + mrn), start, _READ_AT_ONCE):
            found |= {entry.position for entry in entries if entry.kind not in _KEPT}
            start = entries[-1].position + 1
    return found


def _lodged(entries: Iterable[Entry]) -> list[str]:
    """Return the consignments that were lodged by these entries."""
    lodgings = [entry for entry in entries if entry.kind == DeclarationLodged.KIND]
    return [mrn for entry in lodgings if (mrn := mrn_of(entry)) is not None]


def _may_go(entry: Entry, lodged: frozenset[str]) -> bool:
    """Tell whether an entry goes whose author or subject the operator is."""
    if entry.kind in _KEPT:
        return False
    mrn = mrn_of(entry)
    return mrn is None or mrn in lodged or told_by_envelope(entry.kind, entry.version)


def _unnamed(journal: SqliteJournal, number: bytes) -> Iterator[str]:
    """Yield attachments with the number in them that no act names: those of refused lodgings, say."""
    with journal.reading() as connection:
        digests = [digest for (digest,) in connection.execute(_UNNAMED)]
    for digest in digests:
        if number in journal.attachment(digest):
            yield digest
