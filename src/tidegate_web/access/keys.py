"""API keys: made, shown once, and recognised by their digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from tidegate_web.access.models import ApiKey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

SCOPES = frozenset(
    {
        "declarations:write",
        "declarations:read",
        "notices:read",
        "tariff:read",
        "bulk:write",
        "bulk:read",
        "operator:admin",
    }
)
_MARK = "tg"


def make_key(
    operator: str,
    scopes: Iterable[str],
    made: datetime,
    *,
    expires: datetime | None = None,
    acts_for: Iterable[str] = (),
) -> str:
    """Make a key for an operator, and return it: this is the only time that it is seen.

    Raises:
        ValueError: a scope is not known.
    """
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown:
        raise ValueError(f"No such scope: {', '.join(unknown)}. There are: {', '.join(sorted(SCOPES))}.")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    ApiKey.objects.create(
        prefix=prefix,
        digest=digest_of(secret),
        operator=operator,
        acts_for=sorted(set(acts_for)),
        scopes=wanted,
        made=made,
        expires=expires,
    )
    return f"{_MARK}_{prefix}_{secret}"


def key_of(credential: str, moment: datetime) -> ApiKey | None:
    """Return the key that a credential is, or None where it is none that holds at a moment."""
    mark, _, rest = credential.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != _MARK or not prefix or not secret:
        return None
    key = ApiKey.objects.filter(prefix=prefix).first()
    if key is None or not hmac.compare_digest(key.digest, digest_of(secret)):
        return None
    if key.revoked is not None or (key.expires is not None and key.expires <= moment):
        return None
    return key


def digest_of(secret: str) -> str:
    """Return what a secret is recognised by; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
