"""Changing what is cleared: an officer puts forward what the declarant wrote for, and it is judged as any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.clearance import OvertakenError, RefusedActError, UnknownConsignmentError, amend_cleared
from tidegate.declarations.json_form import to_json
from tidegate_web.desks.officer.acting import overtaken
from tidegate_web.desks.officer.deeds import correction
from tidegate_web.desks.officer.story import story_of
from tidegate_web.desks.trader.changing import AmendmentForm, amendment_of
from tidegate_web.desks.trader.stating import data_of
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of, note_consulted
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from tidegate_web.desks.officer.story import Story


class CorrectionForm(AmendmentForm):
    """What stands in a cleared declaration, to be written over; bound to what was seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


@page("correct what is cleared")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, mrn: str) -> HttpResponse:
    """Show what stands in a cleared declaration, item by item, and put forward what was written over."""
    story = _story(mrn)
    way = correction(story, request.user)
    if way is None or way.why_not or story.declaration is None:
        text = way.why_not if way is not None and way.why_not else _("It cannot be changed as it stands now.")
        messages.warning(request, text)
        return redirect("officer:consignment", mrn)
    shipment = story.declaration.goods_shipment
    items = len(shipment.government_agency_goods_item) if shipment is not None else 0
    said = request.GET.get("item", "1")
    item = min(max(int(said), 1), items) if said.isascii() and said.isdigit() and len(said) < 6 else 1  # noqa: PLR2004 - digits
    data = data_of(story.declaration)
    stands = data["items"][item - 1] | data["transport"]
    form = CorrectionForm(request.POST or None, stands=stands)
    form.fields["seen"].initial = story.seen
    status = 200
    if request.method == "POST":
        status, answer = _sent(request, story, item, stands, form)
        if answer is not None:
            return answer
    note_consulted(request, mrn, "officer:correct")
    shown = {"form": form, "mrn": mrn, "item": item, "items": range(1, items + 1)}
    return render(request, "officer/correct.html", shown, status=status)


def _story(mrn: str) -> Story:
    try:
        return story_of(mrn)
    except UnknownConsignmentError:
        raise Http404 from None


def _sent(
    request: HttpRequest, story: Story, item: int, stands: dict[str, Any], form: CorrectionForm
) -> tuple[int, HttpResponse | None]:
    """Put forward what was written over; returns the status, and where to go where it is done."""
    if not form.is_valid():
        return 422, None
    mrn, seen = story.consignment.mrn, form.cleaned_data.pop("seen")
    wanted = amendment_of(story, item, stands, form)
    if not wanted.amendment:
        form.add_error(None, _("Nothing is changed yet: write over what is wrong."))
        return 422, None
    how = {"author": author_of(request.user), "practice": node().practice, "seen": seen}
    try:
        amend_cleared(node().journal, mrn, wanted, now(), to_json(wanted), **how)
    except OvertakenError as error:
        form.add_error(None, overtaken(mrn, error))
        form.data = form.data.copy()
        form.data["seen"] = error.fields.get("position", seen)
        return 409, None
    except RefusedActError as error:
        form.add_error(None, str(error))
        return 409, None
    messages.success(request, _("The change is put forward. It is judged as any request is."))
    return 302, redirect("officer:consignment", mrn)
