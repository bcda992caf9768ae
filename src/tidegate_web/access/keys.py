"""API keys: made, shown once, and recognised by their digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from tidegate_web.access.models import Credential
from tidegate_web.access.scopes import known

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

MARK = "tg"


def make_key(
    operator: str,
    scopes: Iterable[str],
    made: datetime,
    *,
    expires: datetime | None = None,
    purpose: str = "",
    device: str = "",
    per_minute: int | None = None,
    per_day: int | None = None,
    replaces: str = "",
) -> str:
    """Make a key for an operator, and return it: this is the only time that it is seen.

    Raises:
        UnknownScopeError: a scope is not in the table.
    """
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    Credential.objects.create(
        prefix=prefix,
        kind="key",
        digest=digest_of(secret),
        operator=operator,
        device=device,
        purpose=purpose,
        scopes=known(scopes),
        per_minute=per_minute,
        per_day=per_day,
        made=made,
        expires=expires,
        replaces=replaces,
    )
    return f"{MARK}_{prefix}_{secret}"


def key_of(credential: str, moment: datetime) -> Credential | None:
    """Return the key that a credential is, or None where it is none that holds at a moment."""
    prefix, secret = parts_of(credential)
    if not prefix or not secret:
        return None
    key = Credential.objects.filter(prefix=prefix, kind="key").first()
    if key is None or not hmac.compare_digest(key.digest, digest_of(secret)):
        return None
    return key if key.holds(moment) else None


def parts_of(credential: str) -> tuple[str, str]:
    """Return the prefix and the secret of what looks like a key; empty ones for anything else."""
    mark, _, rest = credential.partition("_")
    prefix, _, secret = rest.partition("_")
    return (prefix, secret) if mark == MARK else ("", "")


def digest_of(secret: str) -> str:
    """Return what a secret is recognised by; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
