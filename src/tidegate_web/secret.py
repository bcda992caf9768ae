"""The face's own secret, made once in the node's folder and readable by its owner only."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "web.key"  # noqa: S105 - the name of a file
_OCTETS = 48


def secret_of(folder: Path) -> str:
    """Return the secret by which a node's face signs; it is made where there is none yet.

    Of several processes that start at once one makes it whole, under a name of its own, and links it: the
    others find it.
    """
    path = folder / SECRET
    if not path.exists():
        new = folder / f".{SECRET}.{os.getpid()}"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_OCTETS) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(new)
        new.unlink()
    return path.read_text(encoding="ascii").strip()
