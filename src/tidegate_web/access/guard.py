"""The guard before every view: who asks, and whether they may."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.clearance import UnknownConsignmentError, consignment_now, declarant_of
from tidegate_web.access.keys import key_of
from tidegate_web.answers import refusal
from tidegate_web.node import node, now

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tidegate.declarations.declaration import Declaration


class Client(msgspec.Struct, frozen=True):
    """Who asks: the credential's name, the operator's number, what it may do and for whom it may act."""

    id: str
    operator: str
    scopes: frozenset[str]
    acts_for: frozenset[str] = frozenset()

    @property
    def numbers(self) -> frozenset[str]:
        """The operator's own number and those it may act for."""
        return self.acts_for | {self.operator}


def requires(scope: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view be asked by clients that have a scope; they are then `request.client`.

    Others are answered 401 (not known) or 403 (known, but not for this). The view's `scope` names it.
    """

    def guarded(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            client = client_of(request)
            if client is None:
                text = (
                    "Say who you are: Authorization: Bearer KEY, with a key that was made for you and holds."
                )
                return refusal(request, 401, "not_known", text)
            if scope not in client.scopes:
                return refusal(request, 403, "scope_missing", f"Your key is not for this: it lacks {scope}.")
            request.client = client  # type: ignore[attr-defined] - what the guard is for
            return view(request, *args, **kwargs)

        checked.scope = scope  # type: ignore[attr-defined] - read by the test that walks all views
        return checked

    return guarded


def client_of(request: HttpRequest) -> Client | None:
    """Return who asks, by the credential in the request, or None where it is none that holds."""
    kind, _, credential = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    key = key_of(credential.strip(), now())
    if key is None:
        return None
    return Client(key.prefix, key.operator, frozenset(key.scopes), frozenset(key.acts_for))


def may_act_for(client: Client, declaration: Declaration) -> bool:
    """Tell whether a client may lodge a declaration: its own, or one of an operator it may act for."""
    declarant = declarant_of(declaration)
    return not declarant or declarant in client.numbers


def may_see(client: Client, mrn: str) -> bool:
    """Tell whether a consignment is a client's to see: it declared it, or may act for who did."""
    try:
        consignment, _ = consignment_now(node().journal, mrn)
    except UnknownConsignmentError:
        return False
    return consignment.declarant in client.numbers


def unseen(request: HttpRequest, mrn: str) -> HttpResponse | None:
    """Return the answer that there is no such consignment, where it is not the client's to see; else None.

    Whether another operator's number exists is not told.
    """
    if may_see(request.client, mrn):  # type: ignore[attr-defined] - put there by `requires`
        return None
    text = "No declaration of yours, or of those you act for, has this MRN."
    return refusal(request, 404, "unknown_consignment", text)
