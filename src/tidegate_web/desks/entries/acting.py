"""What an officer does at arrival: the control for safety and security, bound to what the officer saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.entry import EntryRefusedError, acts_about_entry, record_entry_control
from tidegate_web.desks.entries.forms import EntryControlForm
from tidegate_web.desks.entries.looking import show
from tidegate_web.desks.entries.saying import KINDS
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page("record a control")
@require_http_methods(["GET", "POST"])
def control(request: HttpRequest, mrn: str) -> HttpResponse:
    """Record what a control at arrival found; where somebody was first, say so and keep all."""
    if request.method == "GET":
        return redirect("entries:entry", mrn)
    form = EntryControlForm(request.POST)
    if not form.is_valid():
        return show(request, mrn, status=422, form=form)
    said = form.cleaned_data
    try:
        record_entry_control(
            node().journal,
            mrn,
            now(),
            author_of(request.user),
            outcome=said["outcome"],
            found=said["found"].strip(),
            seen=said["seen"],
        )
    except EntryRefusedError as error:
        form.add_error(None, _overtaken(mrn, error))
        if error.code == "conflict":
            # What was written stays; sent again, it is about the entry as it is now.
            form.data = form.data.copy()
            form.data["seen"] = error.fields["position"]
        return show(request, mrn, status=409, form=form)
    messages.success(request, _("The control is recorded."))
    return redirect("entries:entry", mrn)


def _overtaken(mrn: str, error: EntryRefusedError) -> str:
    """Tell who acted first, when, and what they did."""
    for entry, _act in acts_about_entry(node().journal, mrn):
        if error.code == "conflict" and entry.position == error.fields["position"]:
            said = {
                "what": KINDS.get(entry.kind, entry.kind),
                "when": f"{entry.occurred:%H:%M:%S}",
                "who": entry.author.partition(":")[2] or entry.author,
            }
            text = _("Somebody was first: “%(what)s” at %(when)s by %(who)s. Look again before you send.")
            return text % said
    return str(error)
