"""What a director looks at: times, volumes, revenue, controls, what waits, and what lies behind each."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tidegate.clearance import UnknownConsignmentError, acts_about
from tidegate.insight import HOLDERS, Behind, behind, case, offices, waiting
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate_web.desks.director import earning, telling
from tidegate_web.desks.director.choosing import SpanForm
from tidegate_web.desks.director.sheets import downloaded, duration
from tidegate_web.desks.director.words import HOLDER_WORDS, STRATUM_WORDS, WAIT_WORDS
from tidegate_web.node import node, now
from tidegate_web.people.pages import page
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    from collections.abc import Callable

    import apsw
    from django.http import HttpRequest, HttpResponse

    from tidegate_web.desks.director.sheets import Sheet

_TABS = (
    ("director:home", gettext_lazy("Release times")),
    ("director:volumes", gettext_lazy("Volumes")),
    ("director:revenue", gettext_lazy("Revenue")),
    ("director:controls", gettext_lazy("Controls and hits")),
    ("director:waiting", gettext_lazy("What waits")),
)
_LISTED = 50
_ASKED = ("office", "channel", "stratum", "holder", "waits", "tax", "chapter")


def reading() -> apsw.Connection:
    """Return a connection to the figures; the caller closes it."""
    return tables(node().reader("insight"), node().read_tables)


@page("see figures")
@require_safe
def times(request: HttpRequest) -> HttpResponse:
    """Show how long goods took to their release, stage by stage, and who had them."""
    return _figures(request, _("Release times"), telling.times, told_by=True)


@page("see figures")
@require_safe
def volumes_page(request: HttpRequest) -> HttpResponse:
    """Show how much was lodged, decided and released."""
    return _figures(request, _("Volumes"), telling.happened)


@page("see figures")
@require_safe
def revenue_page(request: HttpRequest) -> HttpResponse:
    """Show what was assessed, by day, tax and chapter."""
    return _figures(request, _("Revenue"), earning.money)


@page("see figures")
@require_safe
def controls_page(request: HttpRequest) -> HttpResponse:
    """Show what was controlled and found, and what the random stratum says of all."""
    return _figures(request, _("Controls and hits"), telling.controls)


@page("see figures")
@require_safe
def waiting_page(request: HttpRequest) -> HttpResponse:
    """Show what waits now, for whom and since when."""
    return _figures(request, _("What waits"), telling.queues)


def _figures(
    request: HttpRequest,
    title: str,
    tell: Callable[[apsw.Connection, SpanForm, datetime], telling.Told],
    *,
    told_by: bool = False,
) -> HttpResponse:
    """Show sheets of figures, or give one of them as a file."""
    try:
        connection = reading()
    except (TablesMissingError, TablesOutdatedError):
        return render(
            request, "director/page.html", {"title": title, "tabs": _tabs(request, ""), "making": True}
        )
    with closing(connection):
        form = SpanForm(request.GET, now().date(), offices(connection), told_by=told_by)
        told = tell(connection, form, now())
    wanted = request.GET.get("sheet", "")
    if wanted:
        return _sheet(told.sheets, wanted, request.GET.get("form", "csv"))
    chosen = urlencode(
        {"since": form.span.since, "until": form.span.until, "office": form.office, "by": form.by}
    )
    shown = {
        "title": title,
        "tabs": _tabs(request, chosen),
        "form": form,
        "chosen": chosen,
        "sheets": told.sheets,
        "headlines": told.headlines,
    }
    return render(request, "director/page.html", shown, status=200 if form.is_valid() else 422)


def _sheet(sheets: list[Sheet], wanted: str, form: str) -> HttpResponse:
    for sheet in sheets:
        if sheet.name == wanted:
            return downloaded(sheet, form)
    raise Http404


def _tabs(request: HttpRequest, chosen: str) -> list[dict[str, Any]]:
    ways = []
    for name, label in _TABS:
        address = reverse(name)
        here = request.path == address
        ways.append({"address": f"{address}?{chosen}" if chosen else address, "label": label, "here": here})
    return ways


@page("see figures")
@require_safe
def behind_page(request: HttpRequest) -> HttpResponse:
    """List the consignments that a figure counts."""
    asked = {name: request.GET.get(name, "")[:35] for name in _ASKED}
    figure = request.GET.get("figure", "released")
    if figure not in telling.FIGURE_WORDS:
        raise Http404
    try:
        connection = reading()
    except (TablesMissingError, TablesOutdatedError):
        raise Http404 from None
    with closing(connection):
        form = SpanForm(request.GET, now().date(), offices(connection))
        if figure == "waiting":
            found = waiting(
                connection,
                office=asked["office"],
                holder=asked["holder"],
                waits=asked["waits"],
                limit=_LISTED,
            )
        else:
            found = behind(
                connection,
                figure,
                form.span,
                office=form.office,
                channel=asked["channel"],
                stratum=asked["stratum"],
                tax=asked["tax"],
                chapter=asked["chapter"],
                limit=_LISTED,
            )
    shown = {
        "title": telling.FIGURE_WORDS[figure],
        "tabs": _tabs(request, ""),
        "sentence": telling.behind_sentence(figure, form.span, asked, len(found), _LISTED),
        "rows": [_row(one) for one in found],
    }
    return render(request, "director/behind.html", shown)


def _row(one: Behind) -> dict[str, Any]:
    state = one.state
    if one.state == "open":
        state = _("waits for %(what)s") % {"what": WAIT_WORDS[one.waits]}
    return {
        "one": one,
        "stratum": STRATUM_WORDS.get(one.stratum, ""),
        "state": state,
        "lodged": datetime.fromtimestamp(one.lodged, UTC),
        "released": datetime.fromtimestamp(one.released, UTC) if one.released is not None else None,
        "took": duration(one.seconds) if one.seconds is not None else "",
        "held": _held(one.held),
    }


def _held(held: dict[str, int]) -> str:
    return ", ".join(f"{HOLDER_WORDS[name]} {duration(held[name])}" for name in HOLDERS if held.get(name))


@page("see figures")
@require_safe
def acts_page(request: HttpRequest, mrn: str) -> HttpResponse:
    """Show how a consignment was measured, and the acts that says it: when, which, by whom in general."""
    try:
        with closing(reading()) as connection:
            one = case(connection, mrn)
        acts = acts_about(node().journal, mrn)
    except (TablesMissingError, TablesOutdatedError, UnknownConsignmentError):
        raise Http404 from None
    if one is None:
        raise Http404
    events = [
        {
            "kind": entry.kind,
            "occurred": entry.occurred,
            "position": entry.position,
            "author": _author(entry.author),
        }
        for entry, _act in acts
    ]
    shown = {
        "title": mrn,
        "mrn": mrn,
        "tabs": _tabs(request, ""),
        "sentence": _measured(one.released, one.presented, one.held),
        "facts": telling.facts(one),
        "events": events,
        "whole": may(request.user, "see a consignment"),
    }
    return render(request, "director/acts.html", shown)


def _measured(released: int | None, presented: int | None, held: dict[str, int]) -> str:
    if (released is None or presented is None) and not any(held.values()):
        return _("It is not released yet.")
    if released is None or presented is None:
        return _("It is not released yet. So far it was with: %(held)s.") % {"held": _held(held)}
    said = {"time": duration(released - presented), "held": _held(held) or _("nobody")}
    return _("From presentation to release it took %(time)s. It was with: %(held)s.") % said


def _author(author: str) -> str:
    """Return what kind of author acted: persons are not named to who looks at figures."""
    kinds = {
        "person": _("an officer"),
        "officer": _("an officer"),
        "operator": _("the trader"),
        "responder": _("the node"),
        "clock": _("the clock"),
    }
    return kinds.get(author.partition(":")[0], _("the node"))
