"""What is done with credentials: made, listed, rotated, revoked; by command, or by an operator itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec
from django.db import transaction

from tidegate_web.access import who
from tidegate_web.access.keys import MARK, make_key
from tidegate_web.access.models import Credential
from tidegate_web.access.oauth import end_client, make_client

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_DAYS = 3 * 366
_MOST_OF_ONE = 200


class CredentialError(Exception):
    """A credential that cannot be made, or is not there; ``fields`` for programs, the text for people."""

    code = "bad_credential"

    def __init__(self, text: str, **fields: str | int) -> None:
        super().__init__(text)
        self.fields = fields


class UnknownCredentialError(CredentialError):
    """The operator has no credential of this name that holds."""

    code = "unknown_credential"


class BeyondError(CredentialError):
    """A credential would be for more than the one that asks for it."""

    code = "scope_beyond"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A credential that is asked for."""

    scopes: tuple[str, ...]
    kind: Literal["key", "oauth"] = "key"
    purpose: str = ""
    device: str = ""
    days: int = 365
    per_minute: int | None = None
    per_day: int | None = None


class Made(msgspec.Struct, frozen=True):
    """A credential that was made; its ``secret`` is seen this once: a whole key, or that of a client."""

    id: str
    kind: str
    secret: str
    scopes: tuple[str, ...]
    expires: datetime


class Shown(msgspec.Struct, frozen=True):
    """A credential as it may be shown: everything but its secret."""

    id: str
    kind: str
    operator: str
    purpose: str
    device: str
    scopes: tuple[str, ...]
    made: datetime
    expires: datetime | None
    revoked: datetime | None
    replaces: str


def make(operator: str, wanted: Wanted, moment: datetime, *, replaces: str = "") -> Made:
    """Make a credential for an operator that is registered.

    Raises:
        CredentialError: the operator is not registered, it has very many already, or the time is too long.
        UnknownScopeError: a scope is not in the table.
    """
    if who.standing(operator) is None:
        raise CredentialError(f"{operator} is not registered: register it first.", operator=operator)
    if not 0 < wanted.days <= LONGEST_DAYS:
        raise CredentialError(f"A credential holds 1 to {LONGEST_DAYS} days, not {wanted.days}.")
    if len(wanted.purpose) > Credential._meta.get_field("purpose").max_length:  # noqa: SLF001 - Django's own door
        raise CredentialError("The purpose is told in at most 70 characters.")
    if Credential.objects.filter(operator=operator, revoked=None).count() >= _MOST_OF_ONE:
        raise CredentialError(f"{operator} has {_MOST_OF_ONE} credentials. Revoke some.", operator=operator)
    expires = moment + timedelta(days=wanted.days)
    parts = {
        "expires": expires,
        "purpose": wanted.purpose,
        "device": wanted.device,
        "per_minute": wanted.per_minute,
        "per_day": wanted.per_day,
        "replaces": replaces,
    }
    with transaction.atomic():
        if wanted.kind == "oauth":
            prefix, secret = make_client(operator, wanted.scopes, moment, **parts)
        else:
            secret = make_key(operator, wanted.scopes, moment, **parts)
            prefix = secret.removeprefix(f"{MARK}_").partition("_")[0]
    return Made(prefix, wanted.kind, secret, tuple(sorted(set(wanted.scopes))), expires)


def shown_of(operator: str) -> list[Shown]:
    """Return the credentials of an operator, those that ended too."""
    return [_shown(one) for one in Credential.objects.filter(operator=operator)]


def rotate(
    operator: str, prefix: str, moment: datetime, *, overlap: timedelta, own: Iterable[str] | None = None
) -> Made:
    """Make a credential in the place of another, which holds on for the overlap at most.

    ``own`` are the scopes of who asks, where that is not customs itself.

    Raises:
        BeyondError: the credential is for more than the one that asks.
        UnknownCredentialError: the operator has none of this name that holds.
    """
    old = _held(operator, prefix, moment)
    if own is not None:
        check_within(old.scopes, own)
    left = (old.expires - moment) if old.expires is not None else timedelta(days=365)
    whole = old.expires - old.made if old.expires is not None else left
    wanted = Wanted(
        scopes=tuple(old.scopes),
        kind=old.kind,
        purpose=old.purpose,
        device=old.device,
        days=max(1, round(whole / timedelta(days=1))),
        per_minute=old.per_minute,
        per_day=old.per_day,
    )
    with transaction.atomic():
        made = make(operator, wanted, moment, replaces=prefix)
        if overlap <= timedelta(0):
            _end(old, moment)
        else:
            old.expires = moment + min(overlap, left)
            old.save(update_fields=["expires"])
    return made


def revoke(operator: str, prefix: str, moment: datetime) -> None:
    """End a credential at once, with all its tokens; raises UnknownCredentialError where there is none."""
    _end(_held(operator, prefix, moment), moment)


def revoke_all(operator: str, moment: datetime) -> int:
    """End every credential of an operator; returns how many there were."""
    held = [one for one in Credential.objects.filter(operator=operator) if one.holds(moment)]
    for one in held:
        _end(one, moment)
    return len(held)


def check_within(scopes: Iterable[str], own: Iterable[str]) -> None:
    """See that who makes a credential gives nothing that it does not have itself.

    Raises:
        BeyondError: it would.
    """
    beyond = sorted(set(scopes) - set(own))
    if beyond:
        raise BeyondError(f"Your own credential is not for {', '.join(beyond)}: it cannot make one that is.")


def _held(operator: str, prefix: str, moment: datetime) -> Credential:
    found = Credential.objects.filter(operator=operator, prefix=prefix).first()
    if found is None or not found.holds(moment):
        raise UnknownCredentialError(
            f"{operator} has no credential {prefix!r} that holds.", credential=prefix
        )
    return found


def _end(credential: Credential, moment: datetime) -> None:
    with transaction.atomic():
        credential.revoked = moment
        credential.save(update_fields=["revoked"])
        if credential.kind == "oauth":
            end_client(credential.prefix)


def _shown(one: Credential) -> Shown:
    return Shown(
        one.prefix, one.kind, one.operator, one.purpose, one.device, tuple(one.scopes), one.made,
        one.expires, one.revoked, one.replaces,
    )  # fmt: skip
