"""Whose a consignment is, and for whom a trader acts: the door's own predicates, asked for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules
from django.http import Http404
from django.utils.translation import gettext as _

from tidegate_web.access.client import Client
from tidegate_web.access.guard import may_change, may_see
from tidegate_web.access.scopes import SCOPES

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tidegate_web.people.models import Person


def client_of(person: Person) -> Client:
    """Return a person of trade as the door knows clients: the operator, and all that it may ask for."""
    return Client(f"person:{person.pk}", person.operator, frozenset(SCOPES))


def own_client(request: HttpRequest) -> Client:
    """Return who asks."""
    return client_of(request.user)


def check_seen(request: HttpRequest, mrn: str) -> Client:
    """Return who asks, having seen that a consignment is theirs to see.

    Raises:
        Http404: it is not, or there is none: which of the two is not told.
    """
    client = own_client(request)
    if not client.operator or not may_see(client, mrn):
        raise Http404
    return client


def check_changed(request: HttpRequest, mrn: str) -> Client:
    """Return who asks, having seen that a consignment is theirs to change. Raises as above."""
    client = own_client(request)
    if not client.operator or not may_change(client, mrn):
        raise Http404
    return client


def why_not(client: Client) -> str:
    """Return in a sentence why an operator may do nothing here now; nothing where it may."""
    if not client.operator:
        return _("Your account names no operator for whom you work. Ask the administrator of this node.")
    if rules.test_rule("enter", client):
        return ""
    return _(
        "%(number)s is not registered here, or is suspended. Ask the customs office that you deal with."
    ) % {"number": client.operator}
