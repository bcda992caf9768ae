"""What an officer does: said in a form, bound to what the officer saw, told by the journal who came first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.clearance import (
    OvertakenError,
    RefusedActError,
    UnknownConsignmentError,
    acts_about,
    arrive,
    record_control,
    request_documents,
)
from tidegate_web.desks.officer.forms import ArrivalForm, ControlForm, DocumentsForm
from tidegate_web.desks.officer.looking import show
from tidegate_web.desks.saying import KINDS
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpRequest, HttpResponse


@page("record a control")
@require_http_methods(["GET", "POST"])
def control(request: HttpRequest, mrn: str) -> HttpResponse:
    """Record what a control found."""

    def record(said: dict[str, Any]) -> int:
        return record_control(
            node().journal,
            mrn,
            now(),
            author_of(request.user),
            outcome=said["outcome"],
            found=said["found"].strip(),
            hours=float(said["hours"] or 0),
            photographs=said["photographs"],
            seen=said["seen"],
        )

    return _done(request, mrn, "control", ControlForm, (record, _("The control is recorded.")))


@page("ask for documents")
@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest, mrn: str) -> HttpResponse:
    """Ask the trader for documents."""

    def record(said: dict[str, Any]) -> int:
        grounds, blocking, seen = said["grounds"].strip(), said["blocking"], said["seen"]
        author = author_of(request.user)
        return request_documents(
            node().journal, mrn, now(), author, grounds=grounds, blocking=blocking, seen=seen
        )

    return _done(request, mrn, "documents", DocumentsForm, (record, _("The trader is asked for documents.")))


@page("record an arrival")
@require_http_methods(["GET", "POST"])
def arrival(request: HttpRequest, mrn: str) -> HttpResponse:
    """Record that goods arrived."""

    def record(said: dict[str, Any]) -> int:
        author = author_of(request.user)
        return arrive(node().journal, mrn, now(), author, place=said["place"], seen=said["seen"])

    return _done(request, mrn, "arrival", ArrivalForm, (record, _("The arrival is recorded.")))


def _done(
    request: HttpRequest,
    mrn: str,
    name: str,
    form_class: type[forms.Form],
    doing: tuple[Callable[[dict[str, Any]], int], str],
) -> HttpResponse:
    """Do what a form says, and go back to the consignment; where it cannot be done, say why and keep all."""
    if request.method == "GET":
        return redirect("officer:consignment", mrn)
    record, told = doing
    form = form_class(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, mrn, status=422, **{name: form})
    try:
        record(form.cleaned_data)
    except UnknownConsignmentError:
        raise Http404 from None
    except OvertakenError as error:
        form.add_error(None, _overtaken(mrn, error))
        # What was written stays; sent again, it is about the consignment as it is now.
        form.data = form.data.copy()
        form.data["seen"] = error.fields.get("position", form.data["seen"])
        return show(request, mrn, status=409, **{name: form})
    except RefusedActError as error:
        form.add_error(None, str(error))
        return show(request, mrn, status=409, **{name: form})
    messages.success(request, told)
    return redirect("officer:consignment", mrn)


def _overtaken(mrn: str, error: OvertakenError) -> str:
    """Tell who acted first, when, and what they did."""
    for entry, _act in acts_about(node().journal, mrn):
        if entry.position == error.fields.get("position"):
            said = {
                "what": KINDS.get(entry.kind, entry.kind),
                "when": f"{entry.occurred:%H:%M:%S}",
                "who": entry.author.partition(":")[2] or entry.author,
            }
            text = _("Somebody was first: “%(what)s” at %(when)s by %(who)s. Look again before you send.")
            return text % said
    return str(error)
