"""Signed notes as C2SP describes them (c2sp.org/signed-note), with Ed25519 keys.

A note is text that ends in a newline, an empty line, and lines `— NAME BASE64(key id || signature)`. A public
key in text, a *vkey*, is `NAME+HEX(key id)+BASE64(0x01 || public key)`, as Go's sumdb/note writes it.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from tidegate.journal.model import JournalError

ED25519 = b"\x01"
KEY_ID_SIZE = 4
PUBLIC_KEY_SIZE = 32
SIGNATURES_LIMIT = 100
SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


class BadNoteError(JournalError):
    """The text is no signed note."""

    code = "bad_note"


class BadSignatureError(JournalError):
    """A signature by a known key does not fit the text; fields: name."""

    code = "bad_signature"


class UnknownSignerError(JournalError):
    """None of the keys known has signed; fields: names."""

    code = "unknown_signer"


class BadKeyError(JournalError):
    """The text is no verifier key, or the name is none that a key may have; fields: key."""

    code = "bad_key"


class VerifierKey(Struct, frozen=True):
    """The public half of a key, with the name of who signs by it; `public` has 32 bytes."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that name the key in a signature."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:KEY_ID_SIZE]

    @property
    def vkey(self) -> str:
        """The key as one line of text."""
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"


class SigningKey:
    """A private key and the name of who signs by it."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        check_name(name)
        self.private = private
        self.verifier = VerifierKey(name, private.public_key().public_bytes_raw())


class Note(Struct, frozen=True):
    """A note whose signatures by known keys all fit: its text, and those keys in the order of their lines."""

    text: str
    signers: tuple[VerifierKey, ...]


def check_name(name: str) -> None:
    """Raise `bad_key` unless a key may have the name: printable, without spaces and plus signs."""
    if not name or not name.isprintable() or re.search(r"[\s+]", name):
        raise BadKeyError(
            f"{name!r} cannot name a key: it needs at least one character, no spaces and no plus sign.",
            key=name,
        )


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key from its line of text.

    Raises:
        BadKeyError: it has not the form NAME+ID+KEY, is not Ed25519, or its id is not the key's.
    """
    found = VKEY.fullmatch(text.strip())
    encoded = b"" if found is None else decode64(found[3])
    if found is None or len(encoded) != 1 + PUBLIC_KEY_SIZE or encoded[:1] != ED25519:
        raise BadKeyError(
            f"{text[:80]!r} is no Ed25519 verifier key: it reads NAME+ID+KEY, as `journal key` prints it.",
            key=text,
        )
    key = VerifierKey(found[1], encoded[1:])
    if key.id.hex() != found[2]:
        raise BadKeyError(f"The id {found[2]} is not that of the key {text!r}: it was altered.", key=text)
    return key


def sign_note(text: str, keys: Sequence[SigningKey]) -> str:
    """Return the note: the text, which ends in a newline, with one signature line a key."""
    if not text.endswith("\n") or "\n\n" in text:
        raise BadNoteError("A note's text here ends in a newline and has no empty lines.")
    lines = []
    for key in keys:
        signature = key.verifier.id + key.private.sign(text.encode())
        lines.append(f"— {key.verifier.name} {base64.b64encode(signature).decode()}\n")
    return f"{text}\n{''.join(lines)}"


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text, and the names and signatures (key id || signature), of which none is verified yet.

    Raises:
        BadNoteError: it has not the form of a note.
    """
    text, separator, signed = note.rpartition("\n\n")
    if not separator or not signed.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise BadNoteError("This is no signed note: text, an empty line and signatures are expected.")
    lines = signed[:-1].split("\n")
    if len(lines) > SIGNATURES_LIMIT:
        raise BadNoteError(f"The note has {len(lines)} signatures, the limit is {SIGNATURES_LIMIT}.")
    found = []
    for line in lines:
        parts = SIGNATURE_LINE.fullmatch(line)
        signature = b"" if parts is None else decode64(parts[2])
        if parts is None or len(signature) <= KEY_ID_SIZE:
            raise BadNoteError(f"{line[:80]!r} is no line of a signature.")
        found.append((parts[1], signature))
    return text + "\n", found


def open_note(note: str, keys: Sequence[VerifierKey]) -> Note:
    """Verify a note: signatures of unknown keys are passed over, those of known keys must all fit.

    Raises:
        BadNoteError: it has not the form of a note.
        BadSignatureError: a known key's signature does not fit.
        UnknownSignerError: no known key has signed.
    """
    text, signatures = split_note(note)
    known = {(key.name, key.id): key for key in keys}
    signers: list[VerifierKey] = []
    for name, signature in signatures:
        key = known.get((name, signature[:KEY_ID_SIZE]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature[KEY_ID_SIZE:], text.encode())
        except (InvalidSignature, ValueError):
            raise BadSignatureError(
                f"The signature of {name} does not fit the text: one of them was altered.", name=name
            ) from None
        signers.append(key)
    if not signers:
        names = sorted({name for name, _ in signatures})
        raise UnknownSignerError(
            f"None of the known keys has signed this; it is signed by {', '.join(names)}, "
            "perhaps with another key.",
            names=names,
        )
    return Note(text, tuple(signers))


def decode64(text: str) -> bytes:
    """Return the bytes; none at all where the text is not their one proper base64, unused bits included."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return found if base64.b64encode(found).decode() == text else b""
