"""What a trader looks at: the own consignments, one of them, and what customs told about them."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zlib import crc32

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tidegate.acts import (
    AssessmentOverridden,
    ChannelAssigned,
    ControlRecorded,
    DeclarationAssessed,
    DeclarationRejected,
    DocumentsRequested,
    NoticeIssued,
)
from tidegate.clearance import acts_about, holdings
from tidegate.journal import AttachmentErasedError, Key, last_checkpoint, prove_entry
from tidegate.journal.checkpoints import CheckpointMissingError
from tidegate_web.desks.officer.forms import image_type
from tidegate_web.desks.officer.story import reading, story_of
from tidegate_web.desks.trader.forms import GoodsForm, new_reference
from tidegate_web.desks.trader.hearing import notice_words
from tidegate_web.desks.trader.stating import field_at
from tidegate_web.desks.trader.whose import check_seen, own_client, why_not
from tidegate_web.hearing import notices_about, notices_before
from tidegate_web.layout.templatetags.tidegate import kind_words, money
from tidegate_web.node import node
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tidegate.clearance import Holding
    from tidegate_web.access.client import Client
    from tidegate_web.desks.officer.story import Event, Story

_ROWS = 50
_BEFORE = re.compile(r"([0-9T:.+-]{10,40})!([0-9A-Z]{1,35})")
_HOLDERS = {"trader": "trader", "customs": "customs", "carrier": "carrier"}
# What is on its way: customs has not answered yet, so the page looks again by itself.
_UNANSWERED = ("received", "accepted", "assessed")
_AMENDABLE = ("registered", "selected", "under_control", "held")
_DECISIONS = (
    DeclarationRejected.KIND,
    DeclarationAssessed.KIND,
    AssessmentOverridden.KIND,
    ControlRecorded.KIND,
)
# What the operator concerned is not told: how it was scored and selected.
_KEPT_BACK = (ChannelAssigned.KIND,)


@page("see own consignments")
@require_safe
def consignments(request: HttpRequest) -> HttpResponse:
    """List the own consignments, and those of whom one acts for, the latest first; it renews itself."""
    client = own_client(request)
    holder = _HOLDERS.get(request.GET.get("holder", ""), "")
    found = _BEFORE.fullmatch(request.GET.get("before", ""))
    before = (found[1], found[2]) if found else None
    with closing(reading()) as tables:
        rows = holdings(tables, _numbers(client), holder=holder, before=before, limit=_ROWS + 1)
        waiting = holdings(tables, _numbers(client), holder="trader", limit=100)
    mark = f"{crc32(repr((rows, len(waiting))).encode()):x}"
    if request.htmx and request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    shown = {
        "rows": [_row(one) for one in rows[:_ROWS]],
        "further": f"{rows[_ROWS - 1].lodged}!{rows[_ROWS - 1].mrn}" if len(rows) > _ROWS else "",
        "holder": holder,
        "before": request.GET.get("before", "") if before else "",
        "waiting": len(waiting),
        "several": len(_numbers(client)) > 1,
        "mark": mark,
        "now": datetime.now(UTC),
        "why_not": why_not(client),
    }
    template = "trader/rows.html" if request.htmx else "trader/consignments.html"
    return render(request, template, shown)


def _row(one: Holding) -> dict[str, Any]:
    amount, _sep, currency = one.owed.partition(" ")
    return {
        "one": one,
        "lodged": datetime.fromisoformat(one.lodged),
        "amount": amount,
        "currency": currency,
    }


@page("see own consignments")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Lead to a consignment by its MRN or by the trader's own reference."""
    said = "".join(request.GET.get("q", "").split())[:64]
    client = own_client(request)
    for number in _numbers(client):
        # The key under which a lodging holds its reference: see tidegate.clearance.lodging.
        for entry in node().journal.about(Key(f"lrn:{len(number)}:{number}:{said}", personal=True), 0, 1):
            mrn = next((key[4:] for key in entry.keys if key.startswith("mrn:")), "")
            return redirect("trader:consignment", mrn)
    return redirect("trader:consignment", said.upper() or "-")


@page("see own consignments")
@require_safe
def consignment(request: HttpRequest, mrn: str) -> HttpResponse:
    """Show a consignment: how it stands, what waits, what it owes and why, what was found, what happened."""
    return show(request, mrn)


def show(request: HttpRequest, mrn: str, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Show a consignment, with a form as it was filled in where it is wrong."""
    client = check_seen(request, mrn)
    story = story_of(mrn)
    if request.htmx and request.GET.get("seen") == str(story.seen):
        return HttpResponse(status=204)
    if request.htmx and "news" in request.GET:
        # The page is not put in the place of the one that somebody may be writing on.
        return render(request, "trader/news.html", {"mrn": mrn})
    one = story.consignment
    asked, owed, told = _said(mrn)
    shown = {
        "story": story,
        "one": one,
        "seen": story.seen,
        "reference": new_reference(),
        "decision": _decision(story),
        "unanswered": one.state in _UNANSWERED,
        "missing": max(one.due - one.paid - one.borne, 0) if "payment" in one.outstanding else 0,
        "findings": _located(story),
        "asked": asked,
        "events": [_event(one, client, owed, told) for one in story.events if one.kind not in _KEPT_BACK],
        "heard": [one.act for one in notices_about(client, mrn)],
        "amendable": one.state in _AMENDABLE,
        "rejected": one.state == "rejected",
        **forms,
    }
    return render(request, "trader/consignment.html", shown, status=status)


@page("see own consignments")
@require_safe
def attachment(request: HttpRequest, mrn: str, position: int, n: int) -> HttpResponse:
    """Give what the operator itself sent with an act; what officers attached is not given."""
    client = check_seen(request, mrn)
    for entry, _act in acts_about(node().journal, mrn):
        own = entry.author in {f"operator:{number}" for number in client.numbers}
        if entry.position == position and own and n < len(entry.attachments):
            try:
                content = node().journal.attachment(entry.attachments[n])
            except AttachmentErasedError:
                raise Http404 from None
            kind = image_type(content) or "application/octet-stream"
            return file_answer(content, kind, f"{mrn}-{position}-{n}")
    raise Http404


@page("see own consignments")
@require_safe
def proof(request: HttpRequest, mrn: str, position: int) -> HttpResponse:
    """Give the proof that an act about a consignment is in the journal."""
    check_seen(request, mrn)
    held = node()
    if position not in [entry.position for entry, _act in acts_about(held.journal, mrn)]:
        raise Http404
    try:
        against = last_checkpoint(held.journal, covering=position + 1)
    except CheckpointMissingError:
        against = held.checkpoint()
    text = prove_entry(held.journal, position, against)
    return file_answer(text.encode(), "text/plain; charset=utf-8", f"{mrn}-{position}.proof.txt")


@page("see own consignments")
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """List what customs told, the latest first."""
    client = own_client(request)
    said = request.GET.get("before", "")
    end = int(said) if said.isascii() and said.isdigit() and len(said) < 18 else 2**62  # noqa: PLR2004 - digits
    found = notices_before(client, end, _ROWS)
    shown = {
        "notices": found[::-1],
        "further": found[0].position if len(found) == _ROWS else None,
        "notifies": node().practice.notifies,
    }
    return render(request, "trader/messages.html", shown)


def file_answer(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return bytes as a file to keep."""
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _numbers(client: Client) -> list[str]:
    return sorted(number for number in client.numbers if number)


def _located(story: Story) -> list[dict[str, Any]]:
    """Return the findings, each with the field of the form that it is about, where there is one."""
    labels = {name: field.label for name, field in GoodsForm.base_fields.items()}
    rows = []
    # The same may have been found for each of the goods: it is told once.
    for found in {(one.code, one.location, one.text): one for one in story.findings}.values():
        step, field = field_at(found.location)
        item = step.removeprefix("goods/") if step.startswith("goods/") else ""
        rows.append({"found": found, "item": item, "field": labels.get(field, "") if item else ""})
    return rows


def _said(mrn: str) -> tuple[str, dict[int, str], dict[int, str]]:
    """Return what documents were asked for last, what each assessment came to, and what each notice says."""
    grounds: str = ""
    owed: dict[int, str] = {}
    told: dict[int, str] = {}
    for entry, act in acts_about(node().journal, mrn):
        if isinstance(act, DocumentsRequested):
            grounds = act.grounds
        elif isinstance(act, DeclarationAssessed):
            owed[entry.position] = _("%(owed)s due") % {"owed": money(act.due, act.currency)}
        elif isinstance(act, NoticeIssued):
            told[entry.position] = notice_words(act.type)
    return grounds, owed, told


def _decision(story: Story) -> int | None:
    """Return the position of customs' last decision, which may be reviewed; None before there is one."""
    return max((one.position for one in story.events if one.kind in _DECISIONS), default=None)


def _event(event: Event, client: Client, owed: dict[int, str], told: dict[int, str]) -> dict[str, Any]:
    """Return an act as the trader is told of it: scores, and which officer acted, are customs' own."""
    numbers = {f"operator:{number}" for number in client.numbers}
    own = event.author in numbers
    return {
        "event": event,
        "label": _("Duties and taxes worked out") if event.position in owed else kind_words(event.kind),
        "words": owed.get(event.position) or told.get(event.position) or event.words,
        "who": _("you") if own else _("customs"),
        "attached": event.attached if own else range(0),
    }
