"""What if: other thresholds on the decisions made last; another policy over a span, rehearsed aside."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
import polars as pl
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.journal import TablesMissingError, TablesOutdatedError
from tidegate.node.targeting import standing_now
from tidegate.risk.estimates import share_of
from tidegate_web.desks.analyst import beside
from tidegate_web.desks.analyst.forms import ThresholdForm, WhatIfForm
from tidegate_web.desks.analyst.history import LAST, latest
from tidegate_web.desks.analyst.looking import sheets_or_file, tabs
from tidegate_web.desks.director.sheets import Column, Sheet
from tidegate_web.node import node, now
from tidegate_web.people.pages import page
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WORK = "what-if"
_WITHOUT_END = 10**12


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A policy to be rehearsed over a span; shares from 0 to 1."""

    since: date
    until: date
    share: float
    at_random: float
    exploring: float
    begun: float


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """What a rehearsal came to: by stratum how many were controlled, had a result, and were irregular.

    ``progress`` is from 0 to 1 while it runs; ``failed`` says why it could not be done.
    """

    wish: Wish
    progress: float = 0.0
    done: bool = False
    failed: str = ""
    declarations: int = 0
    strata: dict[str, tuple[int, int, int]] = {}
    actual: dict[str, tuple[int, int, int]] = {}
    trainings: int = 0


def tell(told: Rehearsed) -> None:
    """Tell how far a rehearsal is."""
    beside.tell(WORK, told)


def rehearsed() -> Rehearsed | None:
    """Return the rehearsal that was asked for last, or None."""
    return beside.told_last(WORK, Rehearsed)


@page("see targeting")
@require_http_methods(["GET", "POST"])
def what_if(request: HttpRequest) -> HttpResponse:
    """Show what other thresholds would have chosen, and rehearse another policy."""
    if request.method == "POST":
        if not may(request.user, "change targeting"):
            return render(request, "refused.html", {"action": "change targeting"}, status=403)
        form = WhatIfForm(request.POST)
        if not form.is_valid():
            return _shown(request, form, status=422)
        if _begin(form.cleaned_data):
            messages.success(request, _("The rehearsal has begun; this page shows when it is done."))
        else:
            messages.warning(request, _("Another rehearsal runs. Begin yours when it is done."))
        return redirect("analyst:what-if")
    last = rehearsed()
    if request.htmx:
        return render(request, "analyst/rehearsed.html", {"last": last, "sheet": _sheet(last)})
    today = now().date()
    usual = {"since": today - timedelta(days=90), "until": today}
    return _shown(request, WhatIfForm(initial=usual))


def _shown(request: HttpRequest, form: WhatIfForm, *, status: int = 200) -> HttpResponse:
    policy = standing_now(node()).policy
    chosen = {
        "yellow": request.GET.get("yellow") or policy.yellow_threshold,
        "red": request.GET.get("red") or policy.red_threshold,
    }
    thresholds = ThresholdForm(chosen)
    last = rehearsed()
    sheets = []
    if thresholds.is_valid():
        said = thresholds.cleaned_data
        sheets = _thresholds(
            float(said["yellow"]), float(said["red"]), policy.yellow_threshold, policy.red_threshold
        )
    shown = {
        "chosen": urlencode(chosen),
        "title": _("What if"),
        "tabs": tabs(request),
        "wish": form,
        "thresholds": thresholds,
        "sheets": sheets,
        "last": last,
        "sheet": _sheet(last),
        "changes": may(request.user, "change targeting"),
    }
    if request.GET.get("sheet"):
        return sheets_or_file(request, "analyst/what-if.html", shown, sheets)
    return render(request, "analyst/what-if.html", shown, status=status)


def _thresholds(yellow: float, red: float, yellow_now: float, red_now: float) -> list[Sheet]:
    """Compare thresholds on the decisions made last: how many reach them, and what is known of those."""
    try:
        decisions = latest(LAST)
    except (TablesMissingError, TablesOutdatedError):
        return []
    rows: list[tuple[str | float | None, ...]] = []
    for name, low, high in (
        (_("examination, as it stands"), red_now, 2.0),
        (_("examination, if"), red, 2.0),
        (_("documents, as it stands"), yellow_now, red_now),
        (_("documents, if"), yellow, red),
    ):
        reach = decisions.filter(pl.col("score") >= low, pl.col("score") < high)
        known = reach.filter(pl.col("found").is_not_null())
        rate = share_of(int(known["found"].sum() or 0), known.height, _WITHOUT_END)
        share = reach.height / decisions.height if decisions.height else 0.0
        rows.append((name, reach.height, share, known.height, rate.hits, rate.value, rate.low, rate.high))
    columns = (
        Column("threshold", _("Chosen for")),
        Column("reach", _("Reach it"), "count"),
        Column("share", _("Share of all"), "share"),
        Column("results", _("With a result"), "count"),
        Column("irregular", _("Not as declared"), "count"),
        Column("hit_rate", _("Hit rate"), "share"),
        Column("low", _("At least (95 %)"), "share"),
        Column("high", _("At most (95 %)"), "share"),
    )
    sentence = _(
        "Of the %(n)d decisions made last. What was not controlled has no result: a rate is of those "
        "that have one."
    ) % {"n": decisions.height}
    return [Sheet("thresholds", _("Other thresholds of the score"), sentence, columns, rows, bar="share")]


def _begin(said: dict[str, Any]) -> bool:
    """Begin a rehearsal beside the pages, unless one runs."""
    last = rehearsed()
    if last is not None and beside.runs(last.wish.begun, done=last.done):
        return False
    wish = Wish(
        since=said["since"],
        until=said["until"],
        share=float(said["share"]) / 100,
        at_random=float(said["at_random"]) / 100,
        exploring=float(said["exploring"]) / 100,
        begun=time.time(),
    )
    tell(Rehearsed(wish=wish))
    beside.start("rehearse")
    return True


def _sheet(last: Rehearsed | None) -> Sheet | None:
    """Return what a rehearsal came to, beside what was done in truth."""
    if last is None or not last.done or last.failed:
        return None
    rows: list[tuple[str | float | None, ...]] = []
    for name, told in ((_("as it was"), last.actual), (_("if"), last.strata)):
        for stratum, (controlled, results, found) in sorted(told.items()):
            rate = share_of(found, results, _WITHOUT_END)
            rows.append((f"{stratum}, {name}", controlled, results, found, rate.value, rate.low, rate.high))
    columns = (
        Column("stratum", _("How it was chosen")),
        Column("controlled", _("Controlled"), "count"),
        Column("results", _("With a result"), "count"),
        Column("found", _("Not as declared"), "count"),
        Column("hit_rate", _("Hit rate"), "share"),
        Column("low", _("At least (95 %)"), "share"),
        Column("high", _("At most (95 %)"), "share"),
    )
    sentence = _(
        "%(n)d declarations from %(since)s to %(until)s, learned from as they came, with %(trainings)d "
        "trainings. Where history has no result for what would have been controlled, nothing is counted "
        "as found."
    ) % {
        "n": last.declarations,
        "since": last.wish.since,
        "until": last.wish.until,
        "trainings": last.trainings,
    }
    return Sheet("rehearsal", _("The rehearsal"), sentence, columns, rows)
