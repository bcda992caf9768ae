"""The guard before every view: who asks, whether they may, and how often.

    @requires("declarations:read")
    def status(request, mrn): ...          # request.client is a Client

In order: a credential that was shown wrong too often is not looked at (429); one that does not hold is not
known (401); its operator must be registered and not suspended (403); its pace and quota must have room (429);
it must be for this (403). Every refusal is noted, see `audit`. Whose a consignment is, views ask of `unseen`.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import rules
from django.http import HttpResponse

from tidegate.clearance import direction_of
from tidegate.operators import NotRepresentedError, check_representation, leaves_now, stated_in
from tidegate_web.access import audit, limits, who
from tidegate_web.access.client import Client
from tidegate_web.access.keys import key_of, parts_of
from tidegate_web.access.lockout import locked, note_failure
from tidegate_web.access.oauth import granted_to
from tidegate_web.answers import refusal
from tidegate_web.node import node, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from django.http import HttpRequest

    from tidegate.declarations.declaration import Declaration
    from tidegate.operators import Authorisation
    from tidegate_web.access.models import Credential

__all__ = [
    "Client",
    "check_lodging",
    "may_act_for",
    "may_change",
    "may_see",
    "requires",
    "unseen",
]

_NOT_KNOWN = "Say who you are: Authorization: Bearer, with a key or a token that was made for you and holds."


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    """Why a request goes no further."""

    def __init__(self, status: int, code: str, text: str, wait: int | None = None, client: str = "") -> None:
        super().__init__(text)
        self.status, self.code, self.wait, self.client = status, code, wait, client


def requires(scope: str, *, cost: int = 1) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view be asked by clients that have a scope; they are then `request.client`.

    ``cost`` is how many requests one counts for. The view's `scope` names it, for the test that walks all.
    """

    def guarded(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                client = _admitted(request, scope, cost)
            except _Refused as refused:
                audit.note(request, refused.status, refused.code, refused.client)
                return refusal(request, refused.status, refused.code, str(refused), retry_after=refused.wait)
            answer = view(request, *args, **kwargs)
            if isinstance(answer, HttpResponse) and answer.status_code == 403:  # noqa: PLR2004 - of HTTP
                audit.note(request, 403, getattr(request, "refusal_code", "refused"), client.id)
            return answer

        checked.scope = scope  # type: ignore[attr-defined] - read by the test that walks all views
        return checked

    return guarded


def _admitted(request: HttpRequest, scope: str, cost: int) -> Client:
    """Return who asks, who is then `request.client`.

    Raises:
        _Refused: the request goes no further.
    """
    credential, scopes = _credential(request)
    client = Client(credential.prefix, credential.operator, scopes, credential.device)
    if not rules.test_rule("enter", client):
        if not who.is_registered(client):
            text = f"No operator is registered as {client.operator} any more."
            raise _Refused(403, "operator_unknown", text, client=client.id)
        text = f"{client.operator} is suspended. Ask the customs office that you deal with."
        raise _Refused(403, "operator_suspended", text, client=client.id)
    full = limits.spend(request, credential, cost)
    if full is not None:
        code, text, wait = full
        raise _Refused(429, code, text, wait, client.id)
    if not rules.test_rule("use", client, scope):
        raise _Refused(
            403, "scope_missing", f"Your credential is not for this: it lacks {scope}.", client=client.id
        )
    request.client = client  # type: ignore[attr-defined] - what the guard is for
    return client


def _credential(request: HttpRequest) -> tuple[Credential, frozenset[str]]:
    """Return the credential in a request and what it is for."""
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    shown = shown.strip()
    if kind.lower() != "bearer" or not shown:
        raise _Refused(401, "not_known", _NOT_KNOWN)
    wait = locked(request, shown)
    if wait:
        text = f"Too many wrong credentials: you are heard again in {wait} seconds."
        raise _Refused(429, "locked_out", text, wait)
    found = _found(shown, now())
    if found is None:
        note_failure(request, shown)
        raise _Refused(401, "not_known", _NOT_KNOWN)
    return found


def _found(shown: str, moment: datetime) -> tuple[Credential, frozenset[str]] | None:
    if not parts_of(shown)[0]:
        return granted_to(shown, moment)
    key = key_of(shown, moment)
    return None if key is None else (key, frozenset(key.scopes))


def check_lodging(client: Client, declaration: Declaration, occurred: datetime) -> None:
    """See that a client may lodge a declaration at a moment.

    Raises:
        NotRepresentedError: it may not act for a principal that is stated; the text says for whom.
    """
    check_representation(
        _leaves,
        client.operator,
        stated_in(declaration, direction_of(declaration)),
        occurred,
        as_stated=node().practice.checks_representation,
    )


def may_act_for(client: Client, declaration: Declaration) -> bool:
    """Tell whether a client may lodge a declaration now; `check_lodging` says why not."""
    try:
        check_lodging(client, declaration, now())
    except NotRepresentedError:
        return False
    return True


def may_see(client: Client, mrn: str) -> bool:
    """Tell whether a consignment is a client's to see: declared or lodged by it, or by whom it acts for."""
    whose = who.lodged(mrn)
    return whose is not None and bool(rules.test_rule("see", client, whose))


def may_change(client: Client, mrn: str) -> bool:
    """Tell whether a client may ask for changes to a consignment: for itself, or for who declared it, now."""
    whose = who.lodged(mrn)
    return whose is not None and bool(rules.test_rule("change", client, whose))


def unseen(request: HttpRequest, mrn: str) -> HttpResponse | None:
    """Return the answer that there is no such consignment, where it is not the client's to see; else None.

    Whether another operator's number exists is not told.
    """
    client: Client = request.client  # type: ignore[attr-defined] - put there by `requires`
    if may_see(client, mrn):
        return None
    audit.note(request, 404, "unknown_consignment", client.id)
    text = "No declaration of yours, or of those you act for, has this MRN."
    return refusal(request, 404, "unknown_consignment", text)


def _leaves(principal: str, representative: str) -> Iterable[Authorisation]:
    return leaves_now(node().journal, principal, representative)
