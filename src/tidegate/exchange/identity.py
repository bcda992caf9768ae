"""Who a node is to others: a document that it signs, and a fingerprint that people compare.

The document is a C2SP signed note whose text is the line ``tidegate/identity@v1`` and one line of canonical
JSON. It proves that whoever wrote it has the key, and nothing more: trust comes from the fingerprint.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import PartnerKind
from tidegate.exchange.model import Name
from tidegate.exchange.reading import canonical
from tidegate.exchange.refusals import BadIdentityError, FingerprintDiffersError
from tidegate.journal import JournalError
from tidegate.journal.keys import HEAD as ROTATION
from tidegate.journal.notes import open_note, parse_vkey, sign_note, split_note

if TYPE_CHECKING:
    from tidegate.journal.notes import SigningKey, VerifierKey

HEAD = "tidegate/identity@v1"
_LARGEST = 8 * 1024
_GROUP = 4


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A node as it introduces itself: name, kind, where it is reached, its key, the profiles it speaks."""

    name: Name
    kind: PartnerKind
    endpoint: str
    key: str
    profiles: tuple[str, ...]

    @property
    def verifier(self) -> VerifierKey:
        """The public key."""
        return parse_vkey(self.key)


def fingerprint(key: VerifierKey) -> str:
    """Return what people read to each other: SHA-256 of the name and the public key, in groups of four."""
    digits = sha256(key.name.encode() + b"\n" + key.public).hexdigest()
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def check_fingerprint(key: VerifierKey, given: str) -> None:
    """Raise `fingerprint_differs` unless the fingerprint is the key's; spaces and capitals do not matter."""
    if "".join(given.split()).lower() != fingerprint(key).replace(" ", ""):
        raise FingerprintDiffersError(
            f"The fingerprint is not that of {key.name}. Compare it again with the partner, by another way "
            "than the one the document came by.",
            partner=key.name,
            fingerprint=fingerprint(key),
        )


def sign_identity(identity: Identity, key: SigningKey) -> str:
    """Return the document, signed."""
    return sign_note(f"{HEAD}\n{canonical(msgspec.to_builtins(identity)).decode()}\n", [key])


def read_identity(document: str) -> Identity:
    """Read a document and verify that the key in it has signed it, under the name in it.

    Raises:
        BadIdentityError: it cannot be read, or is signed by another key.
    """
    try:
        if len(document) > _LARGEST:
            raise BadIdentityError(f"The document has more than {_LARGEST} characters.")
        text, _ = split_note(document)
        head, _, line = text.partition("\n")
        if head != HEAD:
            raise BadIdentityError(f"This is no identity: it begins with {HEAD!r}.")
        identity = msgspec.json.decode(line, type=Identity)
        if identity.verifier.name != identity.name:
            raise BadIdentityError(f"The key is that of {identity.verifier.name}, not of {identity.name}.")
        open_note(document, [identity.verifier])
    except (JournalError, msgspec.DecodeError) as error:
        raise BadIdentityError(f"This is no identity that can be trusted: {error}") from None
    return identity


def read_rotation(note: str) -> tuple[VerifierKey, VerifierKey]:
    """Return the old and the new key of a rotation, as the journal writes it, signed by both.

    Raises:
        BadIdentityError: the note is none, or one of the keys has not signed it.
    """
    try:
        text, _ = split_note(note)
        head, name, *lines = text.removesuffix("\n").split("\n")
        if head != ROTATION or len(lines) != 2:  # noqa: PLR2004 - the old key and the new
            raise BadIdentityError(f"This is no rotation: it begins with {ROTATION!r}.")
        old, new = (parse_vkey(line) for line in lines)
        signers = open_note(note, [old, new]).signers
    except (JournalError, ValueError) as error:
        raise BadIdentityError(f"This is no rotation that can be trusted: {error}") from None
    if {old.name, new.name} != {name} or set(signers) != {old, new}:
        raise BadIdentityError("The note does not name two keys of one node, signed by both.")
    return old, new
