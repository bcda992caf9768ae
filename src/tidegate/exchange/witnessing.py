"""Witnesses: a partner's checkpoint is signed only where it continues the one that was seen before.

The signature is a C2SP cosignature/v1 (c2sp.org/tlog-cosignature): over the time and the checkpoint's text.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tidegate.acts import CheckpointCosigned, CheckpointWitnessed, decode
from tidegate.exchange.refusals import MessageRefusedError
from tidegate.journal import (
    JournalError,
    Key,
    consistency_holds,
    consistency_path,
)
from tidegate.journal.checkpoints import Checkpoint, parse_checkpoint, read_checkpoint
from tidegate.journal.notes import decode64, split_note
from tidegate.journal.proofs import ProofImpossibleError
from tidegate.journal.trees import stored_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tidegate.exchange.standing import Partner
    from tidegate.journal import SqliteJournal
    from tidegate.journal.notes import SigningKey, VerifierKey

COSIGNATURE = b"\x04"
_ID_SIZE, _TIME_SIZE = 4, 8


def witness_key(partner: str) -> Key:
    """Return the key of the checkpoints of a partner that this node has witnessed."""
    return Key(f"witnessed:{partner}")


def cosigned_key(partner: str) -> Key:
    """Return the key of the checkpoints of this node that a partner has witnessed."""
    return Key(f"cosigned:{partner}")


def last_witnessed(journal: SqliteJournal, partner: str) -> Checkpoint | None:
    """Return the last checkpoint of a partner that was witnessed here, as it is kept in the journal."""
    position = journal.last(witness_key(partner))
    if position is None:
        return None
    entry = journal.read(position, 1)[0]
    act = decode(entry.kind, entry.version, entry.body or b"{}")
    assert isinstance(act, CheckpointWitnessed)
    return parse_checkpoint(act.note)


def last_cosigned(journal: SqliteJournal, partner: str) -> int:
    """Return the size of this node's log that a partner is known to have witnessed; 0 for none."""
    position = journal.last(cosigned_key(partner))
    if position is None:
        return 0
    entry = journal.read(position, 1)[0]
    act = decode(entry.kind, entry.version, entry.body or b"{}")
    assert isinstance(act, CheckpointCosigned)
    return act.size


def continued(journal: SqliteJournal, since: int, size: int) -> tuple[str, ...]:
    """Return the path, in base64, that shows the log of ``size`` to continue that of ``since`` entries.

    Raises:
        ProofImpossibleError: the log was never so large.
    """
    if not 0 < since < size:
        if since > size:
            raise ProofImpossibleError(f"The log has {size} entries, not {since}.", asked=since, size=size)
        return ()
    with journal.reading() as connection:
        path = consistency_path(stored_nodes(connection), since, size)
    return tuple(base64.b64encode(one).decode() for one in path)


def check_continues(
    partner: Partner, note: str, since: int, path: Sequence[str], before: Checkpoint | None
) -> Checkpoint | None:
    """Return a partner's checkpoint where it is shown to continue the one witnessed before.

    Returns None where it begins elsewhere than what was witnessed, so that nothing can be shown yet.

    Raises:
        MessageRefusedError: it is none of the partner's, or contradicts what was witnessed: ``forked``.
    """
    try:
        found = read_checkpoint(note, partner.keys)
    except JournalError as error:
        raise MessageRefusedError("bad_checkpoint", f"The checkpoint cannot be trusted: {error}") from None
    if found.origin != partner.name:
        raise MessageRefusedError("bad_checkpoint", f"The checkpoint is that of {found.origin}.")
    if before is None or before.size == 0:
        return found
    if found.size == before.size:
        if found.root != before.root:
            raise _forked(partner, before, found)
        return found
    if found.size < before.size:
        # An older one that was signed before, and overtaken on its way, shows nothing new.
        return None
    if since != before.size:
        return None
    hashes = [decode64(one) for one in path]
    if not consistency_holds(before.size, found.size, before.root, found.root, hashes):
        raise _forked(partner, before, found)
    return found


def cosign(checkpoint: Checkpoint, key: SigningKey, now: datetime) -> str:
    """Return the line by which a witness signs a checkpoint."""
    stamp = int(now.timestamp())
    signature = key.private.sign(_cosigned(checkpoint, stamp))
    found = _key_id(key.verifier) + stamp.to_bytes(_TIME_SIZE, "big") + signature
    return f"— {key.verifier.name} {base64.b64encode(found).decode()}"


def cosignature_holds(checkpoint: Checkpoint, line: str, keys: Sequence[VerifierKey]) -> bool:
    """Tell whether one of the keys has signed a checkpoint as its witness."""
    name, _, encoded = line.removeprefix("— ").rpartition(" ")
    found = decode64(encoded)
    for key in keys:
        if key.name != name or found[:_ID_SIZE] != _key_id(key):
            continue
        stamp = int.from_bytes(found[_ID_SIZE : _ID_SIZE + _TIME_SIZE], "big")
        try:
            public = Ed25519PublicKey.from_public_bytes(key.public)
            public.verify(found[_ID_SIZE + _TIME_SIZE :], _cosigned(checkpoint, stamp))
        except InvalidSignature:
            continue
        return True
    return False


def _cosigned(checkpoint: Checkpoint, stamp: int) -> bytes:
    text, _ = split_note(checkpoint.note)
    return f"cosignature/v1\ntime {stamp}\n{text}".encode()


def _key_id(key: VerifierKey) -> bytes:
    return sha256(key.name.encode() + b"\n" + COSIGNATURE + key.public).digest()[:_ID_SIZE]


def _forked(partner: Partner, before: Checkpoint, found: Checkpoint) -> MessageRefusedError:
    return MessageRefusedError(
        "forked",
        f"The log of {partner.name} with {found.size} entries does not continue the one with {before.size} "
        "entries that was witnessed here: its history was rewritten.",
    )
