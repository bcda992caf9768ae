"""Release times, published: how long goods took from presentation to release, by how they were looked at."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tidegate.insight import Span, Times, release_times
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate_web.desks.director.sheets import duration
from tidegate_web.node import node
from tidegate_web.people.pages import public
from tidegate_web.public.held import today

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DAYS = 30
FEWEST = 5  # fewer would tell of single consignments
_LOOKED = {
    "": _("All"),
    "green": _("Without a control"),
    "blue": _("Checked after release"),
    "yellow": _("Documents examined"),
    "red": _("Goods examined"),
}


@public
@require_safe
def times(request: HttpRequest) -> HttpResponse:
    """Show the release times of the last days, from the time release study."""
    span = Span(today() - timedelta(days=DAYS - 1), today())
    return render(request, "public/times.html", {"rows": _rows(span), "days": DAYS, "fewest": FEWEST})


def _rows(span: Span) -> list[dict[str, Any]]:
    held = node()
    try:
        connection = tables(held.reader("insight"), held.read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return []  # the follower has not made them yet
    with closing(connection):
        found = [*release_times(connection, span), *release_times(connection, span, by="channel")]
    told = {one.of: one for one in found if one.stage == "release" and one.consignments >= FEWEST}
    return [_row(told[of], looked) for of, looked in _LOOKED.items() if of in told]


def _row(one: Times, looked: Any) -> dict[str, Any]:
    return {
        "looked": looked,
        "n": one.consignments,
        "median": duration(one.median),
        "most": duration(one.ninth),
    }
