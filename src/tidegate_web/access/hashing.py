"""How the secrets of OAuth clients are kept: they are 256 random bits, which need no slow hash.

A slow one would let a handful of wrong secrets a second keep a core busy. People's passwords are hashed
slowly, by Django's own default, which stands first in the settings.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.contrib.auth.hashers import BasePasswordHasher
from django.utils.crypto import constant_time_compare


class RandomSecretHasher(BasePasswordHasher):
    """One round of salted SHA-256, for secrets that the node drew itself."""

    algorithm: ClassVar[str] = "sha256_random"

    def encode(self, password: str, salt: str) -> str:
        """Return what is stored: the algorithm, the salt and the digest."""
        return f"{self.algorithm}${salt}${hashlib.sha256((salt + password).encode()).hexdigest()}"

    def decode(self, encoded: str) -> dict[str, str]:
        """Return the parts of what is stored."""
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        """Tell whether a secret is the one that was stored."""
        return constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> dict[str, str]:
        """Return what may be shown of it."""
        return {"algorithm": self.decode(encoded)["algorithm"]}

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do nothing more: the runtime does not depend on what is stored."""
