"""The tariff, looked up: by words, by code, down the tree; and what a code is and what applies to it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tidegate.node.explaining import explained
from tidegate.tariff.applying import Applying, applying
from tidegate.tariff.nomenclature import digits, dotted
from tidegate_web.node import node
from tidegate_web.people.pages import public
from tidegate_web.public import held

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tidegate.tariff.nomenclature import Explanation, Provision

_LONGEST = 200
_FEWEST = 2
_MOST_DIGITS = 12  # no code is longer


@public
@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """Find codes by words or digits; with neither, show the chapters."""
    words = request.GET.get("q", "")[:_LONGEST].strip()
    day = day_of(request)
    bare = digits(words)
    if bare and not request.htmx and _is_code(bare, day):
        return redirect("public:code", bare)
    found = held.found(words, day) if len(words) >= _FEWEST else []
    shown = {
        "q": words,
        "day": day,
        "searched": len(words) >= _FEWEST,
        "found": [_row(one, above) for one, above in found],
        "sections": held.top(day),
        "loaded": held.nomenclature(day) is not None,
    }
    return render(request, "public/found.html" if request.htmx else "public/tariff.html", shown)


@public
@require_safe
def code(request: HttpRequest, code: str) -> HttpResponse:
    """Tell what a code is, what lies below it, its rates in words, and the measures that apply."""
    bare, day = digits(code), day_of(request)
    if not bare or len(bare) > _MOST_DIGITS:
        raise Http404
    explanation = explained(held.schedules(), bare, None, day)
    if not explanation.path:
        raise Http404
    tree = held.nomenclature(day)
    tables = node().administration.terms.tariff
    measures = [_measure(one) for one in applying(bare, day, tables)]
    shown = {
        "code": bare,
        "dotted": dotted(bare),
        "day": day,
        "explanation": explanation,
        "steps": [_step(one) for one in explanation.path],
        "below": [_row(one, "") for one in (tree.codes_below(bare, day) if tree is not None else ())],
        "rates": _rates(explanation),
        "measures": [one for one in measures if not one["anywhere"]],
        "further": [one for one in measures if one["anywhere"]],
        "currency": tables.currency,
    }
    return render(request, "public/code.html", shown)


def day_of(request: HttpRequest) -> date:
    """Return the day that is asked about; today, where none is said or it is no day."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return held.today()


def _is_code(bare: str, day: date) -> bool:
    tree = held.nomenclature(day)
    return tree is not None and tree.find(bare, day) is not None


def _row(one: Provision, above: str) -> dict[str, Any]:
    return {"code": one.code, "dotted": dotted(one.code), "description": one.description, "above": above}


def _step(one: Provision) -> dict[str, Any]:
    section = one.code.isalpha()
    return {
        "code": "" if section else one.code,
        "said": _("Section %(number)s") % {"number": one.code} if section else dotted(one.code),
        "description": one.description,
    }


def _rates(explanation: Explanation) -> list[dict[str, str]]:
    rows = []
    for column in explanation.rates:
        against = dotted(column.stands_against)
        if column.unread is not None:
            rows.append({"column": column.column, "whom": "", "words": column.text, "against": against})
        rows += [
            {
                "column": column.column,
                "whom": " ".join(group.programmes),
                "words": group.words,
                "against": against,
            }
            for group in column.groups
        ]
    return rows


def _measure(one: Applying) -> dict[str, Any]:
    conditions = (
        one.origin and _("origin %(what)s") % {"what": one.origin},
        one.preference and _("claiming preference %(what)s") % {"what": one.preference},
        one.additional_codes and _("stating %(what)s") % {"what": " ".join(one.additional_codes)},
        one.quota and _("within quota %(what)s") % {"what": one.quota},
        one.certificate and _("with document %(what)s") % {"what": one.certificate.replace(" ", " / ")},
    )
    return {
        "measure": one,
        "name": one.tax or one.kind,
        "whom": ", ".join(said for said in conditions if said),
        "against": dotted(one.stands_against),
        # What may be stated for any goods, as excise is: it says little about these.
        "anywhere": not one.stands_against and bool(one.additional_codes),
    }
