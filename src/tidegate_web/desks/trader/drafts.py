"""Drafts: begun, copied from a declaration, found again, thrown away. An operator sees its own alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.acts import DeclarationRejected
from tidegate.clearance import acts_about
from tidegate.declarations.messages import read_message
from tidegate.journal import AttachmentErasedError
from tidegate_web.desks.trader.forms import beginning, new_reference
from tidegate_web.desks.trader.models import Draft
from tidegate_web.desks.trader.stating import data_of
from tidegate_web.desks.trader.whose import check_seen, own_client, why_not
from tidegate_web.node import node, now
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_MOST = 200  # drafts of one operator that are not lodged
_FINDINGS = 50


@page("lodge a declaration")
@require_safe
def lodge(request: HttpRequest) -> HttpResponse:
    """Show the ways to lodge, and the drafts that are not lodged yet."""
    client = own_client(request)
    shown = {
        "drafts": Draft.objects.filter(operator=client.operator, mrn="")[:50],
        "why_not": why_not(client),
        "bulk": node().bulk_terms is not None,
    }
    return render(request, "trader/lodge.html", shown)


@page("lodge a declaration")
@require_http_methods(["POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft."""
    return _begun(request, beginning(own_client(request)))


@page("lodge a declaration")
@require_http_methods(["POST"])
def copy(request: HttpRequest, mrn: str) -> HttpResponse:
    """Begin a draft from a declaration; what was found wrong with it stands beside the fields."""
    check_seen(request, mrn)
    entry, _act = next(iter(acts_about(node().journal, mrn)))
    try:
        said = read_message(node().journal.attachment(entry.attachments[0]), node().limits).declaration
    except (AttachmentErasedError, IndexError):
        said = None
    if said is None:
        messages.error(request, _("What was declared cannot be read any more."))
        return redirect("trader:consignment", mrn)
    fresh = beginning(own_client(request))
    read = data_of(said)
    data: dict[str, Any] = {
        "about": fresh["about"] | read["about"] | {"lrn": new_reference()},
        "transport": fresh["transport"] | read["transport"],
        "items": [{"procedure": "4000"} | item for item in read["items"]] or fresh["items"],
        "visited": [],
        "findings": _findings(mrn),
    }
    return _begun(request, data)


@page("lodge a declaration")
@require_http_methods(["POST"])
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Throw a draft away; one that is lodged stays where it was lodged."""
    draft_of(request, number).delete()
    messages.success(request, _("The draft is thrown away."))
    return redirect("trader:lodge")


def draft_of(request: HttpRequest, number: int) -> Draft:
    """Return a draft of the operator that asks.

    Raises:
        Http404: it is another's, or there is none.
    """
    operator = own_client(request).operator
    found = Draft.objects.filter(pk=number, operator=operator).first() if operator else None
    if found is None:
        raise Http404
    return found


def _begun(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    client = own_client(request)
    problem = why_not(client)
    if not problem and Draft.objects.filter(operator=client.operator, mrn="").count() >= _MOST:
        problem = _("There are %(n)d drafts already. Lodge some, or throw them away.") % {"n": _MOST}
    if problem:
        messages.error(request, problem)
        return redirect("trader:lodge")
    draft = Draft.objects.create(operator=client.operator, data=data, made=now(), changed=now())
    return redirect("trader:step", draft.pk, "about")


def _findings(mrn: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for _entry, act in acts_about(node().journal, mrn):
        if isinstance(act, DeclarationRejected):
            found = [
                {"location": one.location, "code": one.code, "text": one.text}
                for one in act.findings[:_FINDINGS]
            ]
    return found
