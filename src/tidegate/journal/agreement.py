"""Verification against checkpoints: those stored with the journal, and one that was kept elsewhere.

Roots are those computed from the envelopes in this very run, so that tables rewritten to fit each other, and
signed again with the node's own key, still differ from what was signed before.
"""

from collections.abc import Mapping, Sequence

import apsw
from msgspec import Struct

from tidegate.journal.checkpoints import Checkpoint, known_keys, parse_checkpoint, read_checkpoint
from tidegate.journal.faults import Faults
from tidegate.journal.keys import Chain
from tidegate.journal.model import JournalError
from tidegate.journal.notes import UnknownSignerError, VerifierKey, open_note


class Against(Struct, frozen=True):
    """The size and the hex root that a checkpoint kept elsewhere states."""

    size: int
    root: str


class Agreement:
    """Holds checkpoints against the roots of a journal, found by size, and against the chain of its keys."""

    def __init__(
        self, roots: Mapping[int, bytes], chain: Chain, trusted: Sequence[VerifierKey], faults: Faults
    ) -> None:
        self.roots = roots
        self.chain = chain
        self.trusted = trusted
        self.faults = faults

    def judge_chain(self) -> None:
        """Note rotations that prove nothing, and a chain of keys that leads to none of those trusted."""
        for fault in self.chain.faults:
            self.faults.add(fault.position, fault.part, fault.text)
        keys = self.chain.keys
        if self.trusted and keys and not set(self.trusted) & set(keys):
            names = ", ".join(key.vkey for key in self.trusted)
            text = f"The keys that the journal tells of neither led to nor come from the key given: {names}."
            self.faults.add(self.chain.rotations[-1].position, "keys", text)

    def judge_stored(self, connection: apsw.Connection) -> None:
        """Note each stored checkpoint that is not of this tree, or not signed as it should be."""
        rows = connection.execute("SELECT size, root, note FROM checkpoints ORDER BY size")
        for size, root, note in list(rows):
            wrong = self._stored(size, root, note)
            if wrong is not None:
                self.faults.add(None, "checkpoints", f"The checkpoint of {size} entries {wrong}")

    def _stored(self, size: int, root: bytes, note: str) -> str | None:
        if self.roots.get(size) != root:
            return "is not of this tree."
        try:
            stated = parse_checkpoint(note)
        except JournalError as error:
            return f"cannot be read: {error}"
        if (stated.size, stated.root) != (size, root):
            return f"states another tree: one of {stated.size} entries."
        wrong = self._wrongly_signed(stated)
        return None if wrong is None else f"is not signed as it should be: {wrong}"

    def judge_kept(self, stated: Checkpoint, entries: int) -> None:
        """Note how the journal, of so many entries, is not the one that the checkpoint states."""
        wrong = self._wrongly_signed(stated)
        if wrong is not None:
            self.faults.add(None, "checkpoint", f"The checkpoint is not signed as it should be: {wrong}")
        if stated.size > entries:
            text = f"The checkpoint has {stated.size} entries, the journal {entries}: its tail is cut off."
            self.faults.add(entries, "checkpoint", text)
        elif self.roots.get(stated.size) != stated.root:
            text = f"The first {stated.size} entries are not those that were signed: history was rewritten."
            self.faults.add(None, "checkpoint", text)

    def _wrongly_signed(self, stated: Checkpoint) -> str | None:
        keys = known_keys(self.chain, self.trusted)
        if not keys:
            return None
        try:
            read_checkpoint(stated.note, keys)
            key = self.chain.in_force(stated.size)
            if key is not None and key in keys:
                open_note(stated.note, [key])
        except UnknownSignerError as error:
            return f"{error} The key must be the one in force at {stated.size} entries."
        except JournalError as error:
            return str(error)
        return None
