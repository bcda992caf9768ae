"""Signatures of agreements: Ed25519 over the canonical bytes of the document, in base64."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tidegate.journal.keys import chain_of, chosen
from tidegate.journal.notes import decode64

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tidegate.journal import SqliteJournal
    from tidegate.journal.notes import SigningKey, VerifierKey


def key_in_force(journal: SqliteJournal, keys: Sequence[SigningKey]) -> SigningKey:
    """Return the key with which a node signs now, among those that its files hold."""
    with journal.reading() as connection:
        return chosen(chain_of(connection), keys)


def sign_document(document: bytes, key: SigningKey) -> str:
    """Return the signature of a document."""
    return base64.b64encode(key.private.sign(document)).decode()


def document_signed(document: bytes, signature: str, keys: Iterable[VerifierKey]) -> bool:
    """Tell whether one of the keys has signed a document."""
    for key in keys:
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(decode64(signature), document)
        except InvalidSignature:
            continue
        return True
    return False
