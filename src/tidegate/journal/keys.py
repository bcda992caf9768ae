"""The chain of a node's signing keys, as the journal tells it: which key was in force at which size.

A rotation is an act `key.rotated` whose body carries a note with the lines `tidegate/key-rotation@v1`, the
origin, the old vkey and the new; both keys sign it. The old key signs checkpoints up to and without that act,
the new one all that contain it. The first line keeps the note from being taken for a checkpoint.
"""

from collections.abc import Sequence
from datetime import datetime

import apsw
import msgspec
from msgspec import Struct

from tidegate.acts.journal import KeyRotated
from tidegate.journal.faults import Fault
from tidegate.journal.model import Append, Appended, Draft, JournalError, Key, KeyIsNew, KeyLastAt
from tidegate.journal.notes import SigningKey, VerifierKey, open_note, parse_vkey, sign_note
from tidegate.journal.sqlite import SqliteJournal

HEAD = "tidegate/key-rotation@v1"
KEY = Key("signing-key")
ROTATIONS = """
SELECT k.position, b.body FROM kinds k LEFT JOIN bodies b USING (position) WHERE k.kind = ?
ORDER BY k.position
"""


class RotationOvertakenError(JournalError):
    """Somebody else rotated the key at the same moment; fields: position."""

    code = "rotation_overtaken"


class SigningKeyMissingError(JournalError):
    """The key in force is not among those at hand; fields: wanted."""

    code = "signing_key_missing"


class Rotation(Struct, frozen=True):
    """That the act at `position` put the key `new` in the place of `old`, proven by both signatures."""

    position: int
    old: VerifierKey
    new: VerifierKey


class Chain(Struct, frozen=True):
    """The rotations of a journal in order, and what is wrong with those that prove nothing."""

    rotations: tuple[Rotation, ...]
    faults: tuple[Fault, ...]

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Every key of the chain, the first one first; empty while none was rotated."""
        return () if not self.rotations else (self.rotations[0].old, *(one.new for one in self.rotations))

    def in_force(self, size: int) -> VerifierKey | None:
        """Return the key that may sign the tree of this size; None while none was ever rotated."""
        found = self.keys[0] if self.rotations else None
        for rotation in self.rotations:
            if rotation.position < size:
                found = rotation.new
        return found


def chain_of(connection: apsw.Connection) -> Chain:
    """Read the rotations and verify them: each signed by both keys, each beginning where the last ended."""
    rotations: list[Rotation] = []
    faults: list[Fault] = []
    for position, body in list(connection.execute(ROTATIONS, (KeyRotated.KIND,))):
        try:
            rotation = _proven(position, body)
        except (JournalError, msgspec.DecodeError) as error:
            faults.append(Fault(position, "keys", f"The key was not rotated as it should be: {error}"))
            continue
        if rotations and rotations[-1].new != rotation.old:
            faults.append(Fault(position, "keys", "A key was rotated that was not in force."))
            continue
        rotations.append(rotation)
    return Chain(tuple(rotations), tuple(faults))


def _proven(position: int, body: bytes | None) -> Rotation:
    act = msgspec.json.decode(body or b"", type=KeyRotated)
    old, new = parse_vkey(act.old), parse_vkey(act.new)
    note = open_note(act.note, (old, new))
    if note.text != _text(old, new) or set(note.signers) != {old, new}:
        raise RotationOvertakenError("The note does not name both keys, signed by both.", position=position)
    return Rotation(position, old, new)


def rotate_key(
    journal: SqliteJournal, old: SigningKey, new: SigningKey, *, occurred: datetime, author: Key
) -> int:
    """Append the act that puts `new` in the place of `old`; return its position.

    Raises:
        SigningKeyMissingError: `old` is not the key in force.
        RotationOvertakenError: somebody else rotated at the same moment.
    """
    last = journal.last(KEY)
    with journal.reading() as connection:
        chosen(chain_of(connection), [old])
    text = _text(old.verifier, new.verifier)
    act = KeyRotated(old=old.verifier.vkey, new=new.verifier.vkey, note=sign_note(text, (old, new)))
    draft = Draft(
        kind=act.KIND, version=act.VERSION, occurred=occurred, author=author, keys=(KEY,), body=act.encode()
    )
    condition = KeyIsNew(KEY) if last is None else KeyLastAt(KEY, last)
    (outcome,) = journal.append([Append((draft,), (condition,))])
    if not isinstance(outcome, Appended):
        raise RotationOvertakenError(
            f"The key was rotated at position {outcome.position} a moment ago: look again.",
            position=outcome.position,
        )
    return outcome.positions[0]


def chosen(chain: Chain, keys: Sequence[SigningKey]) -> SigningKey:
    """Return the key in force among those at hand; the first of them while none was ever rotated.

    Raises:
        SigningKeyMissingError: it is not among them.
    """
    wanted = chain.rotations[-1].new if chain.rotations else (keys[0].verifier if keys else None)
    for key in keys:
        if key.verifier == wanted:
            return key
    name = "none" if wanted is None else wanted.vkey
    raise SigningKeyMissingError(
        f"The signing key in force is not here: {name}. Is the origin, or the key's file, an older one?",
        wanted=name,
    )


def _text(old: VerifierKey, new: VerifierKey) -> str:
    return f"{HEAD}\n{new.name}\n{old.vkey}\n{new.vkey}\n"
