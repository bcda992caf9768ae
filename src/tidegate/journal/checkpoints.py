"""Checkpoints: the size and the root of the tree, signed. C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint).

A checkpoint that is kept elsewhere, published or held by a partner, is what shows later that the journal is
still the same: nothing that the node itself stores can.
"""

import base64
import re
from collections.abc import Sequence

import apsw
from msgspec import Struct

from tidegate.journal.committing import read_state
from tidegate.journal.keys import Chain, chain_of, chosen
from tidegate.journal.model import JournalError
from tidegate.journal.notes import (
    BadNoteError,
    SigningKey,
    VerifierKey,
    decode64,
    open_note,
    sign_note,
    split_note,
)
from tidegate.journal.proofs import root_at
from tidegate.journal.sqlite import SqliteJournal
from tidegate.journal.tree import HASH_SIZE
from tidegate.journal.trees import stored_nodes

HEAD_LINES = 3
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class BadCheckpointError(JournalError):
    """The note's text is no checkpoint."""

    code = "bad_checkpoint"


class ForkedError(JournalError):
    """The journal is not the one that was signed before: nothing more may be signed; fields: size."""

    code = "forked"


class CheckpointMissingError(JournalError):
    """No stored checkpoint covers what was asked; fields: size."""

    code = "checkpoint_missing"


class Checkpoint(Struct, frozen=True):
    """Whose tree it is, how many entries it has, its root (32 bytes), and the signed note that says so."""

    origin: str
    size: int
    root: bytes
    note: str


def parse_checkpoint(note: str) -> Checkpoint:
    """Read a checkpoint, without verifying its signatures.

    Raises:
        BadCheckpointError: it is no signed note, or its text no checkpoint.
    """
    try:
        text, _ = split_note(note)
    except BadNoteError as error:
        raise BadCheckpointError(f"This is no checkpoint: {error}") from error
    lines = text[:-1].split("\n")
    if len(lines) < HEAD_LINES or not all(lines) or not NUMBER.fullmatch(lines[1]):
        raise BadCheckpointError("This is no checkpoint: it begins with origin, size and root, a line each.")
    root = decode64(lines[2])
    if len(root) != HASH_SIZE:
        raise BadCheckpointError(f"This is no checkpoint: {lines[2][:60]!r} is no root of {HASH_SIZE} bytes.")
    return Checkpoint(lines[0], int(lines[1]), root, note)


def read_checkpoint(note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Read a checkpoint that one of the keys has signed, in the name of its origin.

    Raises:
        BadCheckpointError: it is no checkpoint, or the signer is not its origin.
        BadSignatureError, UnknownSignerError: see `open_note`.
    """
    found = parse_checkpoint(note)
    signed = open_note(note, keys)
    if found.origin not in {key.name for key in signed.signers}:
        raise BadCheckpointError(
            f"The checkpoint of {found.origin} is signed by {signed.signers[0].name}: another journal."
        )
    return found


def make_checkpoint(journal: SqliteJournal, keys: Sequence[SigningKey]) -> Checkpoint:
    """Sign the journal as it is now, store the note, and return it; the key in force signs.

    Raises:
        SigningKeyMissingError: the key in force is not among the keys.
        ForkedError: the journal does not continue the checkpoint that was signed last.
    """

    def signed(connection: apsw.Connection) -> Checkpoint:
        state = read_state(connection)
        key = chosen(chain_of(connection), keys)
        last = _last(connection)
        if last is not None:
            _continues(connection, last, state.size, key.verifier.name)
            if last.size == state.size:
                return last
        root = base64.b64encode(state.root).decode()
        note = sign_note(f"{key.verifier.name}\n{state.size}\n{root}\n", [key])
        connection.execute("INSERT INTO checkpoints VALUES (?, ?, ?)", (state.size, state.root, note))
        return Checkpoint(key.verifier.name, state.size, state.root, note)

    return journal.alone(signed)


def _last(connection: apsw.Connection) -> Checkpoint | None:
    note: str | None = connection.execute("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").get
    return None if note is None else parse_checkpoint(note)


def _continues(connection: apsw.Connection, last: Checkpoint, size: int, name: str) -> None:
    if last.origin != name:
        raise ForkedError(
            f"Checkpoints were signed as {last.origin}, not as {name}: set the origin back in node.toml.",
            size=last.size,
        )
    if last.size > size or root_at(stored_nodes(connection), last.size) != last.root:
        raise ForkedError(
            f"The journal does not continue the checkpoint of {last.size} entries: verify it first.",
            size=last.size,
        )


def last_checkpoint(journal: SqliteJournal, *, covering: int = 0) -> Checkpoint:
    """Return the stored checkpoint of the largest size, which must be at least `covering` entries.

    Raises:
        CheckpointMissingError: there is none of that size.
    """
    with journal.reading() as connection:
        last = _last(connection)
    if last is None or last.size < covering:
        raise CheckpointMissingError(
            f"No checkpoint of {covering} entries or more is stored: sign one with `journal checkpoint`.",
            size=covering,
        )
    return last


def known_keys(chain: Chain, trusted: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Return the keys that may speak for the journal: those trusted and, when one is in it, the chain's."""
    if not trusted or set(trusted) & set(chain.keys):
        return tuple(dict.fromkeys((*trusted, *chain.keys)))
    return tuple(trusted)
