"""Proofs that leave the house: files that a stranger checks with our public key alone.

That an entry is in the journal is told in the form of C2SP tlog-proof: the line `c2sp.org/tlog-proof@v1`, a
line `extra` with what the leaf is made from, the index, the path, an empty line and the signed checkpoint.
That one checkpoint continues another is told as C2SP witnesses are told it: `old SIZE`, the path, an empty
line and the newer checkpoint. The older is not in it: whoever asks has kept it, or nothing would be shown.
"""

import base64
from collections.abc import Sequence
from hashlib import sha256

import apsw
import msgspec
from msgspec import Struct

from tidegate.journal.batches import prove_row
from tidegate.journal.checkpoints import Checkpoint, read_checkpoint
from tidegate.journal.engine import JournalCorruptError
from tidegate.journal.envelope import Envelope, decode_envelope
from tidegate.journal.model import JournalError
from tidegate.journal.notes import VerifierKey, decode64
from tidegate.journal.proofs import (
    ProofImpossibleError,
    consistency_holds,
    consistency_path,
    inclusion_holds,
    inclusion_path,
    root_at,
)
from tidegate.journal.rows import RowProof, row_holds
from tidegate.journal.sqlite import SqliteJournal
from tidegate.journal.tree import leaf_hash
from tidegate.journal.trees import stored_nodes

HEAD = "c2sp.org/tlog-proof@v1"
ENTRY = """
SELECT e.envelope, b.salt, b.body FROM entries e LEFT JOIN bodies b USING (position) WHERE position = ?
"""


class BadProofError(JournalError):
    """The text is no proof that can be read."""

    code = "bad_proof"


class NotProvenError(JournalError):
    """The proof does not show what it claims to show."""

    code = "not_proven"


class ErasedError(JournalError):
    """What should be shown was erased; fields: position."""

    code = "erased"


class Opening(Struct, frozen=True, omit_defaults=True):
    """What an inclusion proof's leaf is made from. In JSON, bytes are in base64.

    `salt` and `body` open the envelope's digest, and are there when the body is to be shown; `row` leads
    from one row to the root of the rows' tree that the envelope names.
    """

    envelope: bytes
    salt: bytes | None = None
    body: bytes | None = None
    row: RowProof | None = None


class Proven(Struct, frozen=True):
    """What a proof has shown: the entry at `position` is in the journal that the checkpoint states."""

    position: int
    envelope: Envelope
    checkpoint: Checkpoint
    body: bytes | None
    row: RowProof | None


def prove_entry(
    journal: SqliteJournal,
    position: int,
    checkpoint: Checkpoint,
    *,
    row: int | None = None,
    with_body: bool = False,
) -> str:
    """Return the proof that the entry, and one row of it where asked, is in the tree of the checkpoint.

    Raises:
        ProofImpossibleError: the checkpoint does not cover the position, or the batch has no such row.
        NotProvenError: the checkpoint is not of this journal.
        ErasedError: the body or the row that should be shown was erased.
    """
    with journal.reading() as connection:
        if position >= checkpoint.size:
            raise ProofImpossibleError(
                f"The checkpoint covers {checkpoint.size} entries, not position {position}: sign a new one.",
                asked=position,
                size=checkpoint.size,
            )
        _check_own(checkpoint, connection)
        path = inclusion_path(stored_nodes(connection), position, checkpoint.size)
        found = connection.execute(ENTRY, (position,)).get
    if found is None:
        raise JournalCorruptError(f"The entry at position {position} is lost.", position=position)
    envelope, salt, body = found
    if with_body and body is None:
        raise ErasedError(f"The body of the entry at position {position} was erased.", position=position)
    shown = None if row is None else prove_row(journal, position, row)
    opening = Opening(envelope, salt if with_body else None, body if with_body else None, shown)
    extra = base64.b64encode(msgspec.json.encode(opening)).decode()
    return f"{HEAD}\nextra {extra}\nindex {position}\n{_lines(path)}\n{checkpoint.note}"


def check_entry(proof: str, keys: Sequence[VerifierKey]) -> Proven:
    """Verify an inclusion proof with nothing but itself and the keys; return what it shows.

    Raises:
        BadProofError: it cannot be read.
        NotProvenError: a hash does not lead where it should.
        BadCheckpointError, BadSignatureError, UnknownSignerError: see `read_checkpoint`.
    """
    head, _, note = proof.partition("\n\n")
    lines = head.split("\n")
    if len(lines) < 3 or lines[0] != HEAD or not lines[1].startswith("extra "):  # noqa: PLR2004 - head, extra, index
        raise BadProofError(f"This is no proof: it begins with {HEAD!r}, and a line `extra`.")
    opening = _opening(lines[1].removeprefix("extra "))
    position = _number(lines[2], "index ")
    checkpoint = read_checkpoint(note, keys)
    leaf = leaf_hash(opening.envelope)
    if not inclusion_holds(position, checkpoint.size, leaf, _path(lines[3:]), checkpoint.root):
        raise NotProvenError("The path does not lead from the entry to the root that was signed.")
    try:
        envelope = decode_envelope(opening.envelope)
    except msgspec.DecodeError as error:
        raise BadProofError(f"The envelope cannot be read: {error}.") from error
    body, salt = opening.body, opening.salt
    if body is not None and (salt is None or sha256(salt + body).hexdigest() != envelope.dig):
        raise NotProvenError("The body is not the one to which the envelope commits.")
    row = opening.row
    if row is not None and (envelope.rows is None or not row_holds(row, envelope.rows[0], envelope.rows[1])):
        raise NotProvenError("The row does not lead to the root of the rows in the envelope.")
    return Proven(position, envelope, checkpoint, body, row)


def prove_consistency(journal: SqliteJournal, old: Checkpoint, new: Checkpoint) -> str:
    """Return the proof that the tree of the checkpoint `new` continues that of `old`.

    Raises:
        ProofImpossibleError: `old` is empty or larger than `new`.
        NotProvenError: one of them is not of this journal.
    """
    with journal.reading() as connection:
        for one in (old, new):
            _check_own(one, connection)
        path = consistency_path(stored_nodes(connection), old.size, new.size)
    return f"old {old.size}\n{_lines(path)}\n{new.note}"


def check_consistency(proof: str, old_note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Verify that the checkpoint in the proof continues the one that was kept; return the newer one.

    Raises: as `check_entry`.
    """
    head, _, note = proof.partition("\n\n")
    lines = head.split("\n")
    old, new = read_checkpoint(old_note, keys), read_checkpoint(note, keys)
    if old.origin != new.origin or _number(lines[0], "old ") != old.size:
        raise NotProvenError(f"The proof does not begin at the checkpoint of {old.size} entries.")
    if not consistency_holds(old.size, new.size, old.root, new.root, _path(lines[1:])):
        raise NotProvenError(f"The checkpoint of {new.size} entries does not continue that of {old.size}.")
    return new


def is_consistency_proof(proof: str) -> bool:
    """Tell whether the text claims to be a consistency proof."""
    return proof.startswith("old ")


def _check_own(checkpoint: Checkpoint, connection: apsw.Connection) -> None:
    """Raise unless the checkpoint states a tree that this journal has or had."""
    size = connection.execute("SELECT size FROM tree").get
    if checkpoint.size > size:
        raise NotProvenError(f"The checkpoint has {checkpoint.size} entries, the journal only {size}.")
    if root_at(stored_nodes(connection), checkpoint.size) != checkpoint.root:
        raise NotProvenError(f"The checkpoint of {checkpoint.size} entries is not of this journal.")


def _lines(path: Sequence[bytes]) -> str:
    return "".join(f"{base64.b64encode(one).decode()}\n" for one in path)


def _path(lines: Sequence[str]) -> list[bytes]:
    found = [decode64(line) for line in lines]
    if not all(found):
        raise BadProofError("A line of the path is no hash in base64.")
    return found


def _number(line: str, name: str) -> int:
    digits = line.removeprefix(name)
    if not line.startswith(name) or not digits.isdecimal() or not digits.isascii() or len(digits) > 18:  # noqa: PLR2004
        raise BadProofError(f"The line {line[:40]!r} should read `{name}` and a number.")
    return int(digits)


def _opening(text: str) -> Opening:
    data = decode64(text)
    try:
        opening = msgspec.json.decode(data, type=Opening)
    except msgspec.DecodeError as error:
        raise BadProofError(f"The line `extra` cannot be read: {error}.") from error
    if msgspec.json.encode(opening) != data:
        raise BadProofError("The line `extra` has parts that mean nothing.")
    return opening
