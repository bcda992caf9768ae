"""Signing keys that tests can draw, and checkpoints by them."""

import base64
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tidegate.journal.notes import SigningKey, sign_note

ORIGIN = "customs.example/journal"


def signing_key(seed="first", name=ORIGIN):
    return SigningKey(name, Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest()))


def signed_root(size, root, key=None):
    """Return a checkpoint of any tree: what a forger with the key could sign."""
    key = key or signing_key()
    return sign_note(f"{key.verifier.name}\n{size}\n{base64.b64encode(root).decode()}\n", [key])
