"""The queue: what waits for officers, by channel and deadline, and who is on what."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zlib import crc32

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.clearance import (
    DeskReader,
    NotAllowedError,
    OvertakenError,
    UnknownConsignmentError,
    give_back,
    queue,
    queue_counts,
    queue_offices,
    queue_overdue,
    take_up,
    taken_by,
    takings,
    work_now,
)
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate_web.desks.officer.parcels import waiting_rows
from tidegate_web.desks.officer.story import reading
from tidegate_web.desks.saying import CHANNELS, TASKS
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of
from tidegate_web.people.pages import page
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    import apsw
    from django.http import HttpRequest

    from tidegate.clearance import Taking, Task

_ROWS = 50
_AFTER = re.compile(r"(\d{1,12}):([0-9A-Z]{1,35})")
_FILTERS = ("office", "task", "channel", "whose")
_SOON_SECONDS = 3600


@page("see the queue")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Show what waits for officers, the nearest deadline first.

    A part of the page asks again every few seconds with the mark of what it shows; nothing is sent where
    nothing is new.
    """
    asked = _asked(request)
    moment = datetime.now(UTC)
    after = _AFTER.fullmatch(request.GET.get("after", ""))
    with closing(reading()) as connection:
        counts = queue_counts(connection, office=asked["office"])
        offices = [] if request.htmx else queue_offices(connection)
        late = queue_overdue(connection, int(moment.timestamp()), office=asked["office"])
        mine = _mine(connection, request)
        rows = queue(
            connection,
            office="" if asked["whose"] == "mine" else asked["office"],
            task=asked["task"],
            channel=asked["channel"],
            only=mine if asked["whose"] == "mine" else None,
            due=int(moment.timestamp()) if asked["whose"] == "late" else None,
            after=(int(after[1]), after[2]) if after else None,
            limit=_ROWS + 1,
        )
    on = _on([one.mrn for one in rows[:_ROWS]])
    low_value = waiting_rows()
    listed = [one.mrn for one in rows]
    seen = (sorted(counts.items()), listed, late, sorted(on.items()), len(mine), low_value)
    mark = f"{crc32(repr(seen).encode()):x}"
    if request.htmx and request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    shown = {
        "rows": [_row(one, on.get(one.mrn), moment) for one in rows[:_ROWS]],
        "further": f"{rows[_ROWS - 1].deadline}:{rows[_ROWS - 1].mrn}" if len(rows) > _ROWS else "",
        "tasks": [_kind(kind, label, counts, asked) for kind, label in TASKS.items()],
        "channels": [_channel(name, label, counts, asked) for name, label in CHANNELS.items()],
        "whose": _whose(asked, len(mine), late),
        "total": sum(n for n, _oldest in counts.values()),
        "all": _way(asked, task=""),
        "here": urlencode(asked),
        "asked": asked,
        "offices": sorted({*offices, asked["office"]} - {""}),
        "low_value": low_value,
        "after": after[0] if after else "",
        "mark": mark,
        "now": moment,
        "may_take": may(request.user, "take up work"),
    }
    return render(request, "officer/rows.html" if request.htmx else "officer/queue.html", shown)


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return the filters; a value that is none of a filter's is taken as none."""
    said = {name: request.GET.get(name, "")[:35] for name in _FILTERS}
    said["office"] = request.GET.get("office", request.user.office)[:35]
    known = {"task": TASKS, "channel": CHANNELS, "whose": ("mine", "late")}
    return {name: value if name == "office" or value in known[name] else "" for name, value in said.items()}


def _way(asked: dict[str, str], **changes: str) -> str:
    return urlencode({**asked, **changes})


def _mine(connection: apsw.Connection, request: HttpRequest) -> list[str]:
    """Return the consignments that the person is on and that still want something of an officer."""
    desk = desk_tables()
    if desk is None:
        return []
    with closing(desk):
        taken = taken_by(desk, author_of(request.user))
    return [one.mrn for one in queue(connection, only=taken, limit=len(taken))] if taken else []


def _on(mrns: list[str]) -> dict[str, Taking]:
    desk = desk_tables()
    if desk is None:
        return {}
    with closing(desk):
        return takings(desk, mrns)


def desk_tables() -> apsw.Connection | None:
    """Return the tables of what officers look up, which the caller closes; None until they are made."""
    try:
        return tables(DeskReader(), node().read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return None


def _row(task: Task, taking: Taking | None, moment: datetime) -> dict[str, Any]:
    left = task.deadline - moment.timestamp()
    return {
        "task": task,
        "label": TASKS[task.task],
        "since": datetime.fromtimestamp(task.since, UTC),
        "deadline": datetime.fromtimestamp(task.deadline, UTC),
        "late": left < 0,
        "soon": 0 <= left < _SOON_SECONDS,
        "on": named(taking.officer) if taking is not None else "",
    }


def named(author: str) -> str:
    """Return how people are called by others: their user name."""
    return author.partition(":")[2] or author


def _kind(
    kind: str, label: object, counts: dict[tuple[str, str], tuple[int, int]], asked: dict[str, str]
) -> dict[str, Any]:
    of_it = [found for (task, _channel), found in counts.items() if task == kind]
    oldest = min((since for _n, since in of_it), default=None)
    return {
        "kind": kind,
        "label": label,
        "count": sum(n for n, _since in of_it),
        "oldest": datetime.fromtimestamp(oldest, UTC) if oldest is not None else None,
        "way": _way(asked, task=kind),
    }


def _channel(
    name: str, label: object, counts: dict[tuple[str, str], tuple[int, int]], asked: dict[str, str]
) -> dict[str, Any]:
    here = asked["channel"] == name
    count = sum(n for (_task, channel), (n, _since) in counts.items() if channel == name)
    return {"name": name, "label": label, "count": count, "here": here,
            "way": _way(asked, channel="" if here else name)}  # fmt: skip


def _whose(asked: dict[str, str], mine: int, late: int) -> list[dict[str, Any]]:
    told = (("mine", _("I am on it"), mine), ("late", _("Overdue"), late))
    return [
        {"label": label, "count": count, "here": asked["whose"] == name, "name": name,
         "way": _way(asked, whose="" if asked["whose"] == name else name)}
        for name, label, count in told
    ]  # fmt: skip


@page("take up work")
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, mrn: str) -> HttpResponse:
    """Say that the person is on a consignment: others see it, and nothing is locked."""
    if request.method == "POST":
        said = request.POST.get("seen", "")
        seen = int(said) if said.lstrip("-").isdecimal() and len(said) < 12 else None  # noqa: PLR2004 - digits
        try:
            take_up(node().journal, mrn, now(), author_of(request.user), seen=seen)
        except UnknownConsignmentError:
            raise Http404 from None
        except OvertakenError:
            on = work_now(node().journal, mrn).officer
            text = _("%(who)s was first and is on it. Take it up all the same where you agree with them.")
            free = _("Somebody was on it and gave it back meanwhile: take it up again.")
            messages.warning(request, text % {"who": named(on)} if on else free)
        else:
            messages.success(request, _("You are on it: others see that. Give it back when you stop."))
    return redirect("officer:consignment", mrn)


@page("take up work")
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, mrn: str) -> HttpResponse:
    """Give a consignment back to whoever takes it up next; sent twice, it is given back once."""
    if request.method == "POST":
        try:
            give_back(node().journal, mrn, now(), author_of(request.user))
        except (NotAllowedError, OvertakenError):
            messages.warning(request, _("You are not on it, so there is nothing to give back."))
        else:
            messages.success(request, _("It is given back."))
    return redirect("officer:consignment", mrn)


def standing_of_work(mrn: str, person: Any) -> dict[str, Any]:
    """Return who is on a consignment, for its page."""
    standing = work_now(node().journal, mrn)
    author = author_of(person)
    return {
        "seen": standing.position,
        "on": named(standing.officer) if standing.officer else "",
        "mine": standing.officer == author,
        "since": standing.since,
    }
