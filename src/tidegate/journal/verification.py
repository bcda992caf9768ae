"""Verification: every stored byte is hashed again, and the derived is compared with what it derives from."""

from bisect import bisect_right
from hashlib import sha256
from itertools import islice

import apsw
import msgspec
from msgspec import Struct

from tidegate.journal.derived import Derived
from tidegate.journal.envelope import SALT_SIZE, Envelope, decode_envelope
from tidegate.journal.faults import EnoughError, Fault, Faults
from tidegate.journal.model import JournalError
from tidegate.journal.sqlite import SqliteJournal
from tidegate.journal.tree import (
    frontier_numbers,
    grow,
    node_count,
    node_number,
    root_of,
)

CHUNK = 1000
ERASED = "erased"
STORED = """
SELECT e.position, e.leaf, e.envelope, b.salt, b.body FROM entries e LEFT JOIN bodies b USING (position)
ORDER BY e.position
"""
Row = tuple[int, bytes, bytes, bytes | None, bytes | None]


class Verification(Struct, frozen=True):
    """The result: entries found, hex root computed from their envelopes, whether all is well, the faults."""

    entries: int
    root: str
    ok: bool
    faults: tuple[Fault, ...]


class _Erasure(Struct):
    """What the body of an `erased` act names."""

    positions: list[int] = []
    pseudonyms: list[str] = []


def verify(journal: SqliteJournal) -> Verification:
    """Verify the journal as it is at this moment, while others may append; it stops after 100 faults."""
    verifier = _Verifier(journal)
    try:
        with journal.reading() as connection:
            verifier.run(connection)
    except EnoughError:
        # The last fault says that there may be more.
        verifier.faults.stop()
    except (JournalError, apsw.Error) as error:
        verifier.faults.stop(f"The database cannot be read on: {error}")
    faults = tuple(verifier.faults.found)
    return Verification(verifier.size, root_of(verifier.frontier).hex(), not faults, faults)


class _Verifier:
    def __init__(self, journal: SqliteJournal) -> None:
        self.journal = journal
        self.faults = Faults()
        self.size = 0
        self.frontier: list[bytes] = []
        self.derived = Derived(self.faults)
        self.missing: list[int] = []
        self.erased: set[int] = set()
        self.last: Envelope | None = None
        # False once an entry is lost or an envelope unsound: what derives from it cannot then be compared.
        self.sound = True

    def run(self, connection: apsw.Connection) -> None:
        """Verify entries and bodies in order of position, with the tree; then all that derives from them."""
        rows = connection.execute(STORED)
        nodes = connection.execute("SELECT number, hash FROM nodes ORDER BY number")
        comparing = True
        while chunk := list(islice(rows, CHUNK)):
            leaves = self._entries(chunk)
            completed = grow(self.size, self.frontier, leaves)
            if comparing and self.sound:
                comparing = self._nodes(list(islice(nodes, len(completed))), completed)
            self.size += len(leaves)
        self._bodies(connection)
        if self.sound:
            for number, _ in islice(nodes, 1) if comparing else ():
                self.faults.add(None, "tree", f"Node {number} is beyond the tree.")
            self._tail(connection)
            self._checkpoints(connection)
            self.derived.compare(connection, self.journal.files)

    def _entries(self, chunk: list[Row]) -> list[bytes]:
        """Verify the rows against themselves and return their leaf hashes, computed."""
        leaves: list[bytes] = []
        for expected, row in enumerate(chunk, self.size):
            position, leaf, data, salt, body = row
            if position != expected and self.sound:
                self.sound = False
                self.faults.add(min(expected, position), "entries", f"The entry before {position} is lost.")
            computed = sha256(b"\x00" + data).digest()
            leaves.append(computed)
            if computed != leaf:
                self.sound = False
                self.faults.add(position, "envelope", "The envelope is not what its leaf hash says.")
                continue
            envelope = self._decoded(position, data)
            if envelope is None:
                continue
            if salt is None or body is None:
                self.missing.append(position)
            elif len(salt) != SALT_SIZE or sha256(salt + body).hexdigest() != envelope.dig:
                self.faults.add(position, "body", "The salt or the body is not what the envelope says.")
            elif envelope.kind == ERASED:
                self._note_erasure(position, body)
            if self.last is not None and envelope.rec < self.last.rec:
                self.faults.add(position, "envelope", "It was recorded before the entry in front of it.")
            self.last = envelope
            self.derived.expect(position, envelope)
        return leaves

    def _decoded(self, position: int, data: bytes) -> Envelope | None:
        try:
            return decode_envelope(data)
        except msgspec.DecodeError as error:
            self.sound = False
            self.faults.add(position, "envelope", f"The envelope cannot be read: {error}.")
            return None

    def _note_erasure(self, position: int, body: bytes) -> None:
        try:
            erasure = msgspec.json.decode(body, type=_Erasure)
        except msgspec.DecodeError as error:
            self.faults.add(position, "body", f"The erased act cannot be read: {error}.")
            return
        self.erased.update(erasure.positions)
        self.derived.forgotten.update(erasure.pseudonyms)

    def _nodes(self, stored: list[tuple[int, bytes]], completed: list[bytes]) -> bool:
        """Compare stored nodes with the computed; False once they differ, as all later may be shifted."""
        computed = list(enumerate(completed, node_count(self.size)))
        if stored == computed:
            return True
        for at, (number, node) in enumerate(computed):
            if at >= len(stored) or stored[at] != (number, node):
                # The node was written with the entry that completed it.
                position = bisect_right(range(self.size + CHUNK + 1), number, key=node_count) - 1
                self.faults.add(position, "tree", f"Node {number} of the tree is lost or was changed.")
                break
        return False

    def _bodies(self, connection: apsw.Connection) -> None:
        for position in self.missing:
            if position not in self.erased:
                self.faults.add(position, "body", "The body is gone, and no erased act says so.")
        gone = set(self.missing)
        for position in sorted(self.erased - gone):
            if position < self.size:
                self.faults.add(position, "body", "An erased act names the body, which is still there.")
        beyond = "SELECT position FROM bodies WHERE position < 0 OR position >= ?"
        for (position,) in connection.execute(beyond, (self.size,)):
            if self.sound:
                self.faults.add(position, "body", "There is a body without an entry.")

    def _tail(self, connection: apsw.Connection) -> None:
        row = connection.execute("SELECT size, root, frontier, recorded FROM tree").get
        if row is None:
            self.faults.add(None, "tree", "The tail of the tree is lost.")
            return
        size, root, frontier, recorded = row
        end = self.size - 1 if self.size else None
        if size != self.size:
            self.faults.add(end, "tree", f"The tail says {size} entries, there are {self.size}.")
        if root != root_of(self.frontier):
            self.faults.add(end, "tree", "The stored root is not the root of the entries.")
        if frontier != b"".join(self.frontier):
            self.faults.add(end, "tree", "The stored complete subtrees are not those of the entries.")
        if self.last is not None and recorded != self.last.rec.isoformat():
            self.faults.add(end, "tree", "The stored last time is not that of the last entry.")

    def _checkpoints(self, connection: apsw.Connection) -> None:
        for size, root in list(connection.execute("SELECT size, root FROM checkpoints")):
            if not 0 <= size <= self.size or root != root_at(connection, size):
                self.faults.add(None, "checkpoints", f"The checkpoint of {size} entries is not of this tree.")


def root_at(connection: apsw.Connection, size: int) -> bytes:
    """Return the root that the tree had at `size` entries, from the stored hashes."""
    subtrees: list[bytes] = []
    for level, index in frontier_numbers(size):
        if level:
            found = connection.execute(
                "SELECT hash FROM nodes WHERE number = ?", (node_number(level, index),)
            ).get
        else:
            found = connection.execute("SELECT leaf FROM entries WHERE position = ?", (index,)).get
        subtrees.append(found)
    return root_of(subtrees)
