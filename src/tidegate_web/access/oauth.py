"""OAuth 2 client credentials (RFC 6749, section 4.4), by django-allauth's provider: tokens and their end.

A token is opaque and kept as its digest, so that revoking a client ends its tokens at once. Each client
stands beside a `Credential`, which says whose it is and how long it holds.
"""

from __future__ import annotations

import base64
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from allauth.core import context
from allauth.idp.oidc.models import Client as OAuthClient
from allauth.idp.oidc.models import Token
from allauth.idp.oidc.views import revoke as allauth_revoke
from allauth.idp.oidc.views import token as allauth_token
from django.contrib.auth.hashers import make_password
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tidegate_web.access import who
from tidegate_web.access.hashing import RandomSecretHasher
from tidegate_web.access.lockout import locked, note_failure
from tidegate_web.access.models import Credential
from tidegate_web.access.scopes import known
from tidegate_web.answers import refusal
from tidegate_web.node import now

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

_GRANT = OAuthClient.GrantType.CLIENT_CREDENTIALS
_REFUSED = (400, 401)


def make_client(
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
) -> tuple[str, str]:
    """Make an OAuth client for an operator; returns its id and its secret, which is seen this once.

    Raises:
        UnknownScopeError: a scope is not in the table.
    """
    wanted = known(scopes)
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    client = OAuthClient(
        id=prefix,
        name=purpose or prefix,
        secret=make_password(secret, hasher=RandomSecretHasher.algorithm),
        type=OAuthClient.Type.CONFIDENTIAL,
    )
    client.set_scopes(wanted)
    client.set_default_scopes(wanted)
    client.set_grant_types([_GRANT])
    client.set_response_types([])
    client.save()
    Credential.objects.create(
        prefix=prefix,
        kind="oauth",
        operator=operator,
        device=device,
        purpose=purpose,
        scopes=wanted,
        per_minute=per_minute,
        per_day=per_day,
        made=made,
        expires=expires,
        replaces=replaces,
    )
    return prefix, secret


def end_client(prefix: str) -> None:
    """End a client: its tokens are forgotten, and its secret opens nothing."""
    OAuthClient.objects.filter(id=prefix).delete()


def granted_to(token: str, moment: datetime) -> tuple[Credential, frozenset[str]] | None:
    """Return whose token this is and what it is for, or None where it is none that holds at a moment."""
    found = Token.objects.valid().by_value(token).filter(type=Token.Type.ACCESS_TOKEN).first()
    if found is None or found.client_id is None:
        return None
    credential = Credential.objects.filter(prefix=found.client_id, kind="oauth").first()
    if credential is None or not credential.holds(moment):
        return None
    return credential, frozenset(found.get_scopes()) & frozenset(credential.scopes)


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Give a token to a client that proves who it is; wrong secrets in a row are answered later."""
    claimed = _claimed(request)
    wait = locked(request, claimed)
    if wait:
        return refusal(request, 429, "locked_out", "Too many wrong credentials.", retry_after=wait)
    credential = Credential.objects.filter(prefix=claimed, kind="oauth").first() if claimed else None
    if credential is not None and not credential.holds(now()):
        return refusal(request, 401, "not_known", "This client was revoked, or has expired.")
    if credential is not None and not who.in_good_standing(credential.operator):
        return refusal(request, 403, "operator_suspended", "The operator is suspended, or not registered.")
    with context.request_context(request):
        answer: HttpResponse = allauth_token(request)
    if answer.status_code in _REFUSED and b"invalid_client" in answer.content:
        note_failure(request, claimed)
    answer["Cache-Control"] = "no-store"
    return answer


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Forget a token, asked by the client that has it (RFC 7009)."""
    claimed = _claimed(request)
    wait = locked(request, claimed)
    if wait:
        return refusal(request, 429, "locked_out", "Too many wrong credentials.", retry_after=wait)
    with context.request_context(request):
        answer: HttpResponse = allauth_revoke(request)
    if answer.status_code in _REFUSED:
        note_failure(request, claimed)
    return answer


def _claimed(request: HttpRequest) -> str:
    """Return the id of the client that a request says it is: in its head (Basic), else in its body."""
    kind, _, said = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        with suppress(ValueError):
            return base64.b64decode(said, validate=True).decode("utf-8", "replace").partition(":")[0]
    return str(request.POST.get("client_id", ""))
