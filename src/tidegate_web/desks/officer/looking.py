"""What an officer looks at: one consignment, its like cases, the proofs of what happened."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tidegate.clearance import UnknownConsignmentError, announced_by, consignment_now
from tidegate.clearance.relining import lines_now
from tidegate.journal.proving import prove_entry
from tidegate.node.similar import similar
from tidegate_web.desks.officer.deeds import channels_of, correction, deeds_of, waits_of
from tidegate_web.desks.officer.forms import FORMS
from tidegate_web.desks.officer.papers import attached_to
from tidegate_web.desks.officer.parties import known_parties
from tidegate_web.desks.officer.partners import names_of, offers_now, said_about
from tidegate_web.desks.officer.queueing import desk_tables, standing_of_work
from tidegate_web.desks.officer.searching import KINDS
from tidegate_web.desks.officer.story import story_of
from tidegate_web.desks.saying import CHANNELS
from tidegate_web.node import node
from tidegate_web.people.consulting import note_consulted
from tidegate_web.people.pages import page
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from tidegate_web.desks.officer.forms import Seen
    from tidegate_web.desks.officer.story import Story

_LINED = ("override", "follow")  # forms with a field for each line of tax


@page("see a consignment")
@require_safe
def consignment(request: HttpRequest, mrn: str) -> HttpResponse:
    """Show a consignment as a story."""
    return show(request, mrn)


def show(request: HttpRequest, mrn: str, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Show a consignment, with the forms as they were filled in where one of them is wrong."""
    try:
        story = story_of(mrn)
    except UnknownConsignmentError:
        return render(request, "officer/unknown.html", {"mrn": mrn[:35]}, status=404)
    note_consulted(request, mrn, "officer:consignment")
    first = _first(story)
    deeds = deeds_of(story, request.user, lambda name: forms.get(name) or _fresh(name, story, first))
    acts = may(request.user, "record a control")
    shown = {
        "story": story,
        "now": story.now,
        "channel": CHANNELS.get(story.consignment.channel or "", ""),
        "deeds": deeds,
        "findings": _counted(story.findings),
        "open": next(iter(forms), ""),
        "lost": _lost(deeds, forms),
        "acts": acts,
        "correction": correction(story, request.user),
        "waits": waits_of(story.consignment),
        "parties": known_parties(story.parties),
        "said": said_about(names_of(mrn, story.declaration)),
        "may_ask": may(request.user, "ask a partner") and bool(offers_now()),
        "announced": _announced(mrn),
        "work": standing_of_work(mrn, request.user),
        "may_take": may(request.user, "take up work"),
    }
    return render(request, "officer/consignment.html", shown, status=status)


def _counted(findings: list[Any]) -> list[dict[str, Any]]:
    """Return each finding once, with how many times it stands there."""
    times = Counter((one.code, one.location, one.text) for one in findings)
    names = ("code", "location", "text")
    return [dict(zip(names, said, strict=True)) | {"times": n} for said, n in times.items()]


def _lost(deeds: list[Any], forms: Mapping[str, Any]) -> list[Any]:
    """Return forms that were sent and whose act is not possible any more: what was written is shown still."""
    open_ = {deed.name for deed in deeds if deed.form is not None}
    return [form for name, form in forms.items() if name not in open_]


def _fresh(name: str, story: Story, initial: Mapping[str, Any]) -> Seen:
    more: dict[str, Any] = {"lines": story.taxes} if name in _LINED else {}
    if name == "order":
        more["channels"] = channels_of(story.consignment)
    form: Seen = FORMS[name](initial=initial, auto_id=f"{name}_%s", **more)
    return form


def form_of(name: str, mrn: str, *said: Any) -> Seen:
    """Return one of the forms about a consignment as it was sent; its fields have names of their own."""
    more = {"lines": lines_now(node().journal, mrn)} if name in _LINED else {}
    form: Seen = FORMS[name](*said, auto_id=f"{name}_%s", **more)
    return form


def _first(story: Story) -> dict[str, Any]:
    """Return what forms hold before anybody has written into them."""
    one = story.consignment
    return {
        "seen": story.seen,
        "blocking": True,
        "place": _place(story),
        "position": story.asked if story.asked is not None else 0,
        "review": story.changed if story.changed is not None else 0,
        "amount": max(one.due - one.paid, 0),
    }


def _place(story: Story) -> str:
    declaration = story.declaration
    shipment = declaration.goods_shipment if declaration is not None else None
    carried = shipment.consignment if shipment is not None else None
    location = carried.goods_location if carried is not None else None
    return (location.name or location.id or "")[:35] if location is not None else ""


def _announced(mrn: str) -> list[dict[str, Any]]:
    """Return the entries before arrival that a declaration met, and by what."""
    desk = desk_tables()
    if desk is None:
        return []
    with closing(desk):
        return [
            {"entry": entry, "kind": KINDS.get(kind, kind), "id": named}
            for entry, kind, named in announced_by(desk, mrn)
        ]


@page("see a consignment")
@require_safe
def like(request: HttpRequest, mrn: str) -> HttpResponse:
    """Show what controls found of late in what is most like a consignment; a part of its page."""
    try:
        consignment_now(node().journal, mrn)
    except UnknownConsignmentError:
        return render(request, "officer/unknown.html", {"mrn": mrn[:35]}, status=404)
    note_consulted(request, mrn, "officer:consignment")
    shown = {"cases": similar(node(), mrn), "mrn": mrn}
    part = "officer/like.html" if request.htmx else "officer/like_page.html"
    return render(request, part, shown)


@page("see a consignment")
@require_safe
def proof(request: HttpRequest, mrn: str, position: int) -> HttpResponse:
    """Give the proof that an act about a consignment is in the journal, to keep or to show elsewhere."""
    del request
    attached_to(mrn, position)
    text = prove_entry(node().journal, position, node().checkpoint())
    name = f'attachment; filename="{mrn}-{position}.proof.txt"'
    return HttpResponse(
        text.encode(), content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name}
    )
