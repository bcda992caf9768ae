"""What an officer looks at before arrival: entries that want something, and one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tidegate.entry import EntryRefusedError, acts_about_entry
from tidegate.journal.proving import prove_entry
from tidegate_web.desks.entries.forms import EntryControlForm
from tidegate_web.desks.entries.listing import WORDS, listed
from tidegate_web.desks.entries.saying import DECISIONS, STATES
from tidegate_web.desks.entries.story import story_of
from tidegate_web.node import node
from tidegate_web.people.consulting import note_consulted
from tidegate_web.people.pages import page
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    from django.http import HttpRequest

_ROWS = 50


@page("see the queue")
@require_safe
def wanting(request: HttpRequest) -> HttpResponse:
    """Show the entries that want something of an officer, the newest first."""
    office = request.GET.get("office", request.user.office)
    want = request.GET.get("want", "")
    after = request.GET.get("after", "")
    found = listed(office, want, after, _ROWS)
    rows = [
        {
            "one": one,
            "state": STATES[one.entry.state] if one.entry is not None else None,
            "decision": DECISIONS.get(one.entry.decision or "") if one.entry is not None else None,
            "label": WORDS[one.want],
        }
        for one in found.rows
    ]
    tabs = [
        {"want": name, "label": label, "count": found.counts.get(name, 0)} for name, label in WORDS.items()
    ]
    said = {
        "rows": rows,
        "further": found.further,
        "later": bool(after),
        "tabs": tabs,
        "total": sum(found.counts.values()),
        "want": want,
        "office": office,
    }
    return render(request, "entries/list.html", said)


@page("see a consignment")
@require_safe
def entry(request: HttpRequest, mrn: str) -> HttpResponse:
    """Show an entry summary declaration as a story."""
    return show(request, mrn)


def show(
    request: HttpRequest, mrn: str, *, status: int = 200, form: EntryControlForm | None = None
) -> HttpResponse:
    """Show an entry, with the form as it was filled in where something is wrong with it."""
    try:
        story = story_of(mrn)
    except EntryRefusedError:
        return render(request, "entries/unknown.html", {"mrn": mrn[:35]}, status=404)
    note_consulted(request, mrn, "entries:entry")
    shown = {
        "story": story,
        "may_control": may(request.user, "record a control"),
        "form": form or EntryControlForm(initial={"seen": story.seen}),
    }
    return render(request, "entries/entry.html", shown, status=status)


@page("see a consignment")
@require_safe
def proof(request: HttpRequest, mrn: str, position: int) -> HttpResponse:
    """Give the proof that an act about an entry is in the journal, to keep or to show elsewhere."""
    del request
    if all(one.position != position for one, _act in acts_about_entry(node().journal, mrn)):
        raise Http404
    text = prove_entry(node().journal, position, node().checkpoint())
    name = f'attachment; filename="{mrn}-{position}.proof.txt"'
    return HttpResponse(
        text.encode(), content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name}
    )
