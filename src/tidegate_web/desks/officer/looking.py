"""What an officer looks at: the queue, and one consignment."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zlib import crc32

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tidegate.clearance import UnknownConsignmentError, acts_about, queue, queue_counts
from tidegate.clearance.relining import lines_now
from tidegate.journal import AttachmentErasedError
from tidegate.journal.proving import prove_entry
from tidegate_web.desks.officer.forms import FORMS, image_type
from tidegate_web.desks.officer.story import moment_now, reading, story_of
from tidegate_web.desks.saying import TASKS
from tidegate_web.node import node
from tidegate_web.people.consulting import note_consulted
from tidegate_web.people.pages import page
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from tidegate.clearance import Task
    from tidegate_web.desks.officer.forms import Seen
    from tidegate_web.desks.officer.story import Story

_ROWS = 50
_MAY = {
    "control": "record a control",
    "override": "override an assessment",
    "review": "decide a review",
}
_AFTER = re.compile(r"(\d{1,12}):([0-9A-Z]{1,35})")


@page("see the queue")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Show what waits for officers, the nearest deadline first.

    A part of the page asks again every few seconds with the mark of what it shows; nothing is sent where
    nothing is new.
    """
    office = request.GET.get("office", request.user.office)
    task = request.GET.get("task", "")
    after = _AFTER.fullmatch(request.GET.get("after", ""))
    with closing(reading()) as tables:
        counts = queue_counts(tables, office=office)
        rows = queue(
            tables,
            office=office,
            task=task if task in TASKS else "",
            after=(int(after[1]), after[2]) if after else None,
            limit=_ROWS + 1,
        )
    mark = f"{crc32(repr((sorted(counts.items()), [one.mrn for one in rows])).encode()):x}"
    if request.htmx and request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    now = datetime.now(UTC)
    shown = {
        "rows": [_row(one, now) for one in rows[:_ROWS]],
        "further": f"{rows[_ROWS - 1].deadline}:{rows[_ROWS - 1].mrn}" if len(rows) > _ROWS else "",
        "tasks": [_kind(kind, label, counts) for kind, label in TASKS.items()],
        "total": sum(n for n, _oldest in counts.values()),
        "task": task,
        "office": office,
        "mark": mark,
        "now": now,
    }
    return render(request, "officer/rows.html" if request.htmx else "officer/queue.html", shown)


def _row(task: Task, now: datetime) -> dict[str, Any]:
    left = task.deadline - now.timestamp()
    return {
        "task": task,
        "label": TASKS[task.task],
        "since": datetime.fromtimestamp(task.since, UTC),
        "deadline": datetime.fromtimestamp(task.deadline, UTC),
        "late": left < 0,
        "soon": 0 <= left < 3600,  # noqa: PLR2004 - an hour
    }


def _kind(kind: str, label: object, counts: dict[tuple[str, str], tuple[int, int]]) -> dict[str, Any]:
    of_it = [found for (task, _channel), found in counts.items() if task == kind]
    oldest = min((since for _n, since in of_it), default=None)
    return {
        "kind": kind,
        "label": label,
        "count": sum(n for n, _since in of_it),
        "oldest": datetime.fromtimestamp(oldest, UTC) if oldest is not None else None,
    }


@page("see a consignment")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Lead to a consignment by its MRN."""
    mrn = "".join(request.GET.get("mrn", "").split()).upper()
    return redirect("officer:consignment", mrn or "-")


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
    shown = {
        "story": story,
        "now": moment_now(),
        "may": {name: may(request.user, action) for name, action in _MAY.items()},
        "open": next(iter(forms), ""),
        **{name: forms.get(name) or form_of(name, mrn, initial=first) for name in FORMS},
    }
    return render(request, "officer/consignment.html", shown, status=status)


def form_of(name: str, mrn: str, *said: Any, initial: Mapping[str, Any] | None = None) -> Seen:
    """Return one of the forms about a consignment; its fields have names of their own on the page."""
    more = {"lines": lines_now(node().journal, mrn)} if name == "override" else {}
    form: Seen = FORMS[name](*said, initial=initial, auto_id=f"{name}_%s", **more)
    return form


def _first(story: Story) -> dict[str, Any]:
    """Return what forms hold before anybody has written into them."""
    return {
        "seen": story.seen,
        "blocking": True,
        "place": _place(story),
        "position": story.asked if story.asked is not None else 0,
    }


def _place(story: Story) -> str:
    declaration = story.declaration
    shipment = declaration.goods_shipment if declaration is not None else None
    carried = shipment.consignment if shipment is not None else None
    location = carried.goods_location if carried is not None else None
    return (location.name or location.id or "")[:35] if location is not None else ""


@page("see a consignment")
@require_safe
def proof(request: HttpRequest, mrn: str, position: int) -> HttpResponse:
    """Give the proof that an act about a consignment is in the journal, to keep or to show elsewhere."""
    del request
    _entry(mrn, position)
    checkpoint = node().checkpoint()
    text = prove_entry(node().journal, position, checkpoint)
    return _file(text.encode(), "text/plain; charset=utf-8", f"{mrn}-{position}.proof.txt")


@page("see a consignment")
@require_safe
def attachment(request: HttpRequest, mrn: str, position: int, n: int) -> HttpResponse:
    """Give what is attached to an act: a picture to look at, anything else as a file."""
    note_consulted(request, mrn, "officer:attachment")
    attached = _entry(mrn, position)
    if n >= len(attached):
        raise Http404
    try:
        content = node().journal.attachment(attached[n])
    except AttachmentErasedError:
        messages.warning(request, _("What was attached has been erased."))
        return redirect("officer:consignment", mrn)
    kind = image_type(content)
    if kind is not None:
        return HttpResponse(content, content_type=kind)
    return _file(content, "application/octet-stream", f"{mrn}-{position}-{n}")


def _entry(mrn: str, position: int) -> tuple[str, ...]:
    """Return the attachments of an act about a consignment; another consignment's act is not found."""
    for entry, _act in acts_about(node().journal, mrn):
        if entry.position == position:
            return entry.attachments
    raise Http404


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
