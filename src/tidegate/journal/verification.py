"""Verification: every stored byte is hashed again, and the derived is compared with what it derives from."""

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import sha256
from itertools import islice

import apsw
import msgspec
from msgspec import Struct

from tidegate.acts.journal import Erased
from tidegate.journal.agreement import Against, Agreement
from tidegate.journal.checkpoints import Checkpoint, parse_checkpoint
from tidegate.journal.derived import Derived
from tidegate.journal.envelope import SALT_SIZE, Envelope, decode_envelope
from tidegate.journal.erasures import Erasures, decode_erased
from tidegate.journal.faults import EnoughError, Fault, Faults
from tidegate.journal.keys import chain_of
from tidegate.journal.model import JournalError
from tidegate.journal.notes import VerifierKey
from tidegate.journal.rows_verification import Batch, judge_batches
from tidegate.journal.sqlite import SqliteJournal
from tidegate.journal.tree import EMPTY_ROOT, grow, node_count, root_of

CHUNK = 1000
STORED = """
SELECT e.position, e.leaf, e.envelope, b.salt, b.body FROM entries e LEFT JOIN bodies b USING (position)
ORDER BY e.position
"""
Row = tuple[int, bytes, bytes, bytes | None, bytes | None]


class Verification(Struct, frozen=True):
    """The result: entries found, hex root computed from their envelopes, whether all is well, the faults.

    `against` is what the checkpoint stated that the journal was held against, where there was one to read.
    """

    entries: int
    root: str
    ok: bool
    faults: tuple[Fault, ...]
    against: Against | None = None


def verify(
    journal: SqliteJournal, *, against: str | None = None, keys: Sequence[VerifierKey] = ()
) -> Verification:
    """Verify the journal as it is at this moment, while others may append; it stops after 100 faults.

    Args:
        journal: the journal, which may be open for reading only.
        against: a checkpoint that was kept elsewhere: the signed note. A truncated tail, and a history
            written anew and signed anew, are found by it alone.
        keys: those trusted. Checkpoints must be signed by them, or by keys that the journal's rotations
            link with one of them. Without any, the journal's own rotations are believed.
    """
    verifier = _Verifier(journal, keys)
    try:
        verifier.hold_against(against)
        with journal.reading() as connection:
            verifier.run(connection)
    except EnoughError:
        # The last fault says that there may be more.
        verifier.faults.stop()
    except (JournalError, apsw.Error) as error:
        verifier.faults.stop(f"The database cannot be read on: {error}")
    faults = tuple(verifier.faults.found)
    kept = verifier.kept
    stated = None if kept is None else Against(kept.size, kept.root.hex())
    return Verification(verifier.size, root_of(verifier.frontier).hex(), not faults, faults, stated)


class _Verifier:
    def __init__(self, journal: SqliteJournal, keys: Sequence[VerifierKey]) -> None:
        self.journal = journal
        self.keys = keys
        self.kept: Checkpoint | None = None
        # The roots at the sizes of checkpoints, filled in as the tree grows past them.
        self.sizes: list[int] = []
        self.roots = {0: EMPTY_ROOT}
        self.faults = Faults()
        self.size = 0
        self.frontier: list[bytes] = []
        self.erasures = Erasures()
        self.derived = Derived(self.faults, self.erasures)
        self.missing: list[int] = []
        self.batches: list[tuple[int, Batch]] = []
        self.last: Envelope | None = None
        # False once an entry is lost or an envelope unsound: what derives from it cannot then be compared.
        self.sound = True

    def hold_against(self, note: str | None) -> None:
        """Take the checkpoint that the journal is to be held against."""
        if note is not None:
            try:
                self.kept = parse_checkpoint(note)
            except JournalError as error:
                self.faults.add(None, "checkpoint", str(error))

    def run(self, connection: apsw.Connection) -> None:
        """Verify entries and bodies in order of position, with the tree; then all that derives from them."""
        stored = connection.execute("SELECT size FROM checkpoints")
        kept = () if self.kept is None else (self.kept.size,)
        self.sizes = sorted({*kept, *(size for (size,) in stored)})
        rows = connection.execute(STORED)
        nodes = connection.execute("SELECT number, hash FROM nodes ORDER BY number")
        comparing = True
        while chunk := list(islice(rows, CHUNK)):
            leaves = self._entries(chunk)
            completed = self._grown(leaves)
            if comparing and self.sound:
                comparing = self._nodes(list(islice(nodes, len(completed))), completed)
            self.size += len(leaves)
        self._bodies(connection)
        if self.sound:
            for number, _ in islice(nodes, 1) if comparing else ():
                self.faults.add(None, "tree", f"Node {number} is beyond the tree.")
            self._tail(connection)
        agreement = Agreement(self.roots, chain_of(connection), self.keys, self.faults)
        agreement.judge_chain()
        if self.kept is not None:
            agreement.judge_kept(self.kept, self.size)
        if self.sound:
            agreement.judge_stored(connection)
            self.derived.compare(connection, self.journal.files)
            judge_batches(self.batches, self.erasures, self.journal.files, self.faults)

    def _grown(self, leaves: list[bytes]) -> list[bytes]:
        """Append the leaves to the tree, noting its root at the sizes of checkpoints; return the nodes."""
        first, last = (bisect_right(self.sizes, size) for size in (self.size, self.size + len(leaves)))
        completed: list[bytes] = []
        begin = self.size
        for size in self.sizes[first:last]:
            completed += grow(begin, self.frontier, leaves[begin - self.size : size - self.size])
            self.roots[size] = root_of(self.frontier)
            begin = size
        return completed + grow(begin, self.frontier, leaves[begin - self.size :])

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
            elif envelope.kind == Erased.KIND:
                self._note_erasure(position, body)
            if envelope.rows is not None:
                self.batches.append((position, envelope.rows))
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
            self.erasures.note(position, decode_erased(body))
        except msgspec.DecodeError as error:
            self.faults.add(position, "body", f"The erased act cannot be read: {error}.")

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
            if position not in self.erasures.positions:
                self.faults.add(position, "body", "The body is gone, and no erased act says so.")
        gone = set(self.missing)
        for position in sorted(self.erasures.positions - gone):
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
