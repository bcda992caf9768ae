"""The node's signing key: a file of its owner, made once, put aside when it is rotated.

A rotation writes the new key beside the old, has the journal record it, and only then renames it into place.
So whenever the machine stops, the key in force is in one of the two files.
"""

from __future__ import annotations

import fcntl
import hmac
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tidegate.journal.attachments import sync_folder
from tidegate.journal.keys import chain_of, chosen, rotate_key
from tidegate.journal.model import Key
from tidegate.journal.notes import SigningKey, VerifierKey
from tidegate.node.configuration import BadConfigurationError, Configuration, read_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tidegate.journal import SqliteJournal

SIGNING_KEY = "node.signing.key"
NEW_SIGNING_KEY = "node.signing.key.new"


def derived_origin(key: bytes) -> str:
    """Return the name of a node that was given none: made from the node's secret, which it does not tell."""
    return f"tidegate.example/{hmac.digest(key, b'origin', 'sha256').hex()[:16]}"


def make_signing_key(folder: Path) -> None:
    """Make the signing key of a node that has none, for its owner only."""
    path = folder / SIGNING_KEY
    if path.exists():
        return
    temporary = _written(folder)
    try:
        path.hardlink_to(temporary)  # unlike a renaming, it fails when somebody else was first
    except FileExistsError:
        return
    finally:
        temporary.unlink()


def signing_keys(folder: Path, origin: str) -> list[SigningKey]:
    """Return the node's signing keys: the one in its place, and one that a rotation left beside it.

    Raises:
        BadConfigurationError: a file is no Ed25519 key, or there is none.
    """
    found = [_read(folder / SIGNING_KEY, origin)]
    if (folder / NEW_SIGNING_KEY).exists():
        found.append(_read(folder / NEW_SIGNING_KEY, origin))
    return found


def origin_of(folder: Path, configuration: Configuration) -> str:
    """Return the name under which the node in a folder signs."""
    return configuration.origin or derived_origin(read_key(folder))


def verifier_keys(folder: Path, configuration: Configuration) -> list[VerifierKey]:
    """Return the public halves of the node's signing keys; none where it never made one."""
    if not (folder / SIGNING_KEY).exists():
        return []
    return [key.verifier for key in signing_keys(folder, origin_of(folder, configuration))]


def rotate_signing_key(folder: Path, origin: str, journal: SqliteJournal, occurred: datetime) -> SigningKey:
    """Make a new signing key, record it, and put it in the place of the old, whose file is overwritten.

    Raises:
        SigningKeyMissingError: the key in force is not in the node's files.
    """
    with _held(folder):
        with journal.reading() as connection:
            old = chosen(chain_of(connection), signing_keys(folder, origin))
        new_path = folder / NEW_SIGNING_KEY
        if new_path.exists() and _read(new_path, origin).verifier == old.verifier:
            new_path.replace(folder / SIGNING_KEY)  # an earlier rotation was recorded, and stopped there
        _written(folder).replace(new_path)
        sync_folder(folder)
        new = _read(new_path, origin)
        rotate_key(journal, old, new, occurred=occurred, author=Key(f"node:{origin}"))
        new_path.replace(folder / SIGNING_KEY)
        sync_folder(folder)
    return new


def _read(path: Path, origin: str) -> SigningKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise BadConfigurationError(f"{path} cannot be read as a signing key: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadConfigurationError(f"{path} must hold an Ed25519 key")
    return SigningKey(origin, key)


def _written(folder: Path) -> Path:
    """Write a new key under a temporary name, durably, and return the path."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, name = tempfile.mkstemp(dir=folder, prefix=".signing-")  # for its owner only
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Let one process rotate at a time."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
