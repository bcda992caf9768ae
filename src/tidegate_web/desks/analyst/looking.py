"""What an analyst looks at: profiles that stand, the model in force, and how controls are spread."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tidegate.journal import TablesMissingError, TablesOutdatedError
from tidegate.node.targeting import adoption, standing_now
from tidegate.risk.estimates import share_of
from tidegate_web.desks.analyst import training
from tidegate_web.desks.analyst.forms import WithdrawForm
from tidegate_web.desks.analyst.history import GROUPS, LAST, latest, watched
from tidegate_web.desks.director.earning import chapter_named
from tidegate_web.desks.director.sheets import Column, Sheet, downloaded, said
from tidegate_web.desks.director.telling import estimate_sentence, interval
from tidegate_web.node import node, now
from tidegate_web.people.pages import page
from tidegate_web.people.permissions import may

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tidegate.node.trying import Tried
    from tidegate.risk.watching import Watched
    from tidegate_web.desks.analyst.forms import ModelForm

_TABS = (
    ("analyst:home", gettext_lazy("Profiles")),
    ("analyst:model", gettext_lazy("Model")),
    ("analyst:policy", gettext_lazy("Selection")),
    ("analyst:groups", gettext_lazy("Hit rates by group")),
    ("analyst:what-if", gettext_lazy("What if")),
)
_GROUPS = {
    "office": gettext_lazy("Office"),
    "chapter": gettext_lazy("Chapter of the goods"),
    "origin": gettext_lazy("Origin"),
    "type": gettext_lazy("Type of declaration"),
}
_BINS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.01)
_WITHOUT_END = 10**12


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the ways between the pages of the desk."""
    return [
        {"address": reverse(name), "label": label, "here": request.path == reverse(name)}
        for name, label in _TABS
    ]


@page("see targeting")
@require_safe
def profiles(request: HttpRequest) -> HttpResponse:
    """Show the profiles that stand, whose they are and what for."""
    return show_profiles(request)


def show_profiles(
    request: HttpRequest, withdrawing: WithdrawForm | None = None, *, status: int = 200
) -> HttpResponse:
    """Show the profiles, with a form that withdraws one as it was filled in where it is wrong."""
    standing, today = standing_now(node()), now().date()
    rows = [
        {
            "one": one,
            "holds": one.start <= today and (one.end is None or today <= one.end),
            "withdraw": _withdrawal(one.code, withdrawing),
        }
        for one in standing.profiles
    ]
    shown = {
        "title": _("Risk profiles"),
        "tabs": tabs(request),
        "rows": rows,
        "policy": standing.policy,
        "stray": _stray(withdrawing, [one.code for one in standing.profiles]),
        "changes": may(request.user, "change targeting"),
    }
    return render(request, "analyst/profiles.html", shown, status=status)


def _withdrawal(named: str, withdrawing: WithdrawForm | None) -> WithdrawForm:
    """Return the form that withdraws what has a name; the one that was filled in, where it is its own."""
    if withdrawing is not None and withdrawing["named"].value() == named:
        return withdrawing
    return WithdrawForm(initial={"named": named}, auto_id=f"id_{named}_%s")


def _stray(withdrawing: WithdrawForm | None, named: list[str]) -> WithdrawForm | None:
    """Return a form that was filled in for what does not stand any more."""
    return withdrawing if withdrawing is not None and withdrawing["named"].value() not in named else None


@page("see targeting")
@require_safe
def model(request: HttpRequest) -> HttpResponse:
    """Show the model in force, how well it is calibrated, whether something has changed; and train another.

    While a training runs, a part of the page asks how far it is.
    """
    if request.htmx:
        return _training_part(request)
    return show_model(request)


def _training_part(request: HttpRequest) -> HttpResponse:
    part = training.shown(_seen())
    if part.get("runs"):
        return render(request, "analyst/training.html", part)
    # What came of it changes more than this part: the whole page is shown anew.
    answer = HttpResponse(status=204)
    answer["HX-Refresh"] = "true"
    return answer


def _seen() -> int:
    return adoption(node(), now(), "").seen


def show_model(
    request: HttpRequest,
    form: ModelForm | None = None,
    *,
    withdrawing: WithdrawForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page of models, with a form that adopts or withdraws as it was filled in where it is wrong."""
    doing, today = adoption(node(), now(), ""), now().date()
    standing = doing.standing
    champion = standing.champion(today)
    decisions = _latest()
    sheets = [] if decisions is None else [_calibration(decisions), _drift(watched(LAST))]
    shown = {
        "title": _("The model in force"),
        "tabs": tabs(request),
        "champion": champion,
        **training.shown(doing.seen, form),
        "models": [(one, _withdrawal(one.name, withdrawing)) for one in reversed(standing.models)],
        "stray": _stray(withdrawing, [one.name for one in standing.models]),
        "changes": may(request.user, "change targeting"),
        "making": decisions is None,
    }
    return sheets_or_file(request, "analyst/model.html", shown, sheets, status=status)


@page("see targeting")
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """Show hit rates with intervals by office, chapter, origin and type."""
    decisions = _latest()
    sheets: list[Sheet] = []
    sentence = ""
    if decisions is not None:
        told = watched(LAST)
        sentence = estimate_sentence(told.performance.hit_rate, told.performance.leakage)
        sheets = [_group_sheet(name, told) for name in GROUPS]
    shown = {
        "title": _("Hit rates by group"),
        "tabs": tabs(request),
        "sentence": sentence,
        "last": 0 if decisions is None else decisions.height,
        "making": decisions is None,
    }
    return sheets_or_file(request, "analyst/groups.html", shown, sheets)


def _latest() -> pl.DataFrame | None:
    try:
        return latest(LAST)
    except (TablesMissingError, TablesOutdatedError):
        return None


def sheets_or_file(
    request: HttpRequest, template: str, shown: dict[str, Any], sheets: list[Sheet], *, status: int = 200
) -> HttpResponse:
    """Show sheets, or give one of them as a file."""
    wanted = request.GET.get("sheet", "")
    if wanted:
        for sheet in sheets:
            if sheet.name == wanted:
                return downloaded(sheet, request.GET.get("form", "csv"))
        raise Http404
    return render(request, template, {**shown, "sheets": sheets}, status=status)


def _calibration(decisions: pl.DataFrame) -> Sheet:
    """Compare the likelihoods told with what was found, among those drawn at random."""
    told = decisions.filter(
        pl.col("stratum") == "random", pl.col("found").is_not_null(), pl.col("likelihood").is_not_null()
    )
    rows: list[tuple[str | float | None, ...]] = []
    for low, high in pairwise(_BINS):
        part = told.filter(pl.col("likelihood") >= low, pl.col("likelihood") < high)
        if part.is_empty():
            continue
        found = share_of(int(part["found"].sum()), part.height, _WITHOUT_END)
        name = f"{low:.0%} – {min(high, 1):.0%}"  # noqa: RUF001 - from one to another
        mean = float(part["likelihood"].to_numpy().mean())
        rows.append((name, part.height, mean, found.value, found.low, found.high))
    expected, observed = float(told["likelihood"].sum()), int(told["found"].sum() or 0)
    sentence = _("No consignment that was drawn at random has both a likelihood and a result yet.")
    if rows:
        sentence = _(
            "Of %(n)s drawn at random the model expected %(expected)s to be irregular; %(observed)s were."
        ) % {
            "n": said(told.height, "count"),
            "expected": f"{expected:.1f}",
            "observed": said(observed, "count"),
        }
    return Sheet(
        "calibration",
        _("Calibration: what was expected, and what was found"),
        sentence,
        (
            Column("likelihood", _("Likelihood told")),
            Column("consignments", _("Drawn at random"), "count"),
            Column("expected", _("Expected"), "share"),
            Column("found", _("Found"), "share"),
            Column("low", _("At least (95 %)"), "share"),
            Column("high", _("At most (95 %)"), "share"),
        ),
        rows,
        plot="lines" if len(rows) > 1 else "",
        drawn=("expected", "found", "low", "high"),
    )


def _drift(watched: Watched) -> Sheet:
    names = {
        "hit rate at random": _("Hit rate at random"),
        "hit rate of what was targeted": _("Hit rate of what was targeted"),
        "likelihood": _("Likelihood told"),
    }
    rows = [
        (names.get(one.what, one.what), one.values, one.since or _("no change"), one.before, one.after)
        for one in watched.drifts
    ]
    changed = [names.get(one.what, one.what) for one in watched.drifts if one.since]
    sentence = _("Nothing says that anything has changed.")
    if changed:
        sentence = _("Changed: %(what)s. What was learned before may not hold.") % {
            "what": ", ".join(changed)
        }
    columns = (
        Column("what", _("What was tested")),
        Column("values", _("Values"), "count"),
        Column("since", _("Differs from")),
        Column("before", _("Mean before"), "share"),
        Column("after", _("Mean after"), "share"),
    )
    return Sheet("drift", _("Drift"), sentence, columns, rows)


def _group_sheet(name: str, watched: Watched) -> Sheet:
    found = watched.groups[name]
    concerns = {"crushed": _("much is chosen, little found"), "escapes": _("little is chosen, much found")}
    rows = [
        (
            chapter_named(one.value) if name == "chapter" else one.value,
            one.declarations,
            one.burden.value,
            one.hits.drawn,
            one.hits.value,
            one.hits.low,
            one.hits.high,
            one.at_random.value,
            concerns.get(one.concern, ""),
        )
        for one in found
    ]
    standing_out = [one.value for one in found if one.concern]
    sentence = _("No group stands out, of %(n)d with thirty declarations or more.") % {"n": len(found)}
    if standing_out:
        sentence = _("These stand out: %(groups)s.") % {"groups": ", ".join(standing_out)}
    columns = (
        Column(name, _GROUPS[name]),
        Column("declarations", _("Declarations"), "count"),
        Column("burden", _("Chosen by risk"), "share"),
        Column("results", _("With a result"), "count"),
        Column("hit_rate", _("Hit rate"), "share"),
        Column("low", _("At least (99 %)"), "share"),
        Column("high", _("At most (99 %)"), "share"),
        Column("at_random", _("At random"), "share"),
        Column("concern", _("Concern")),
    )
    return Sheet(f"by-{name}", _GROUPS[name], sentence, columns, rows, bar="hit_rate")


def trial(told: Tried | None) -> dict[str, Any]:
    """Return what is told of a profile that was tried."""
    if told is None:
        return {"told": None}
    held = told.held / told.tested if told.tested else 0.0
    return {
        "told": told,
        "held": said(held, "share"),
        "hit_rate": said(told.hit_rate.value, "share"),
        "hit_interval": interval(told.hit_rate),
        "of_all": said(told.of_all.value, "share"),
        "at_random": interval(told.at_random),
        "overlap": sorted(told.overlap.items(), key=lambda one: -one[1]),
    }
