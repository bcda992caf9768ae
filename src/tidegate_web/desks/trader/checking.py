"""The last step: the whole declaration at a glance, what it would owe, and the one button that lodges it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.declarations.json_form import to_json
from tidegate_web.desks.trader.drafts import draft_of
from tidegate_web.desks.trader.stating import declaration_of
from tidegate_web.desks.trader.steps import TITLES, address_of, asked_of, bound, steps_of, ways_of
from tidegate_web.desks.trader.whose import own_client, why_not
from tidegate_web.node import node, now
from tidegate_web.people.pages import page
from tidegate_web.public.duty import advised, enquiry_of
from tidegate_web.taking import Refused, read, take

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tidegate_web.access.client import Client
    from tidegate_web.desks.trader.forms import StepForm
    from tidegate_web.desks.trader.models import Draft

_LODGED_BEFORE = "lodged_before"


@page("lodge a declaration")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Show what would be lodged, and lodge it; lodged twice, it is one declaration."""
    draft, client = draft_of(request, number), own_client(request)
    if draft.mrn:
        return redirect("trader:consignment", draft.mrn)
    forms = {step: bound(draft, step, client) for step in steps_of(draft)}
    whole = all([form.is_valid() for form in forms.values()])  # noqa: C419 - each form is to judge itself
    problem, status = why_not(client), 200
    if request.method == "POST":
        if whole and not problem:
            refused = _lodged(draft, client)
            if refused is None:
                messages.success(request, _("It is lodged. Customs' answer appears here by itself."))
                return redirect("trader:consignment", draft.mrn)
            problem, status = _said(refused), refused.status
        else:
            status = 422
    shown = {
        "draft": draft,
        "ways": ways_of(draft, "check"),
        "title": TITLES["check"],
        "parts": [_part(draft, step, form) for step, form in forms.items()],
        "whole": whole,
        "problem": problem,
        "owed": _owed(forms) if whole else None,
    }
    return render(request, "trader/check.html", shown, status=status)


def _lodged(draft: Draft, client: Client) -> Refused | None:
    """Lodge a draft, and note its number; returns why it was not taken in, where it was not."""
    terms = node().administration.terms.tariff
    declaration = declaration_of(
        draft.data,
        declarant=client.operator,
        country=node().administration.country,
        taxes=[tax.type for tax in terms.taxes],
    )
    body = to_json(declaration)
    try:
        done = take(read(body, ("declaration",)), body, client, once=f"draft:{draft.key}")
    except Refused as refused:
        return refused
    assert done.received.mrn is not None
    draft.mrn, draft.changed = done.received.mrn, now()
    draft.save(update_fields=["mrn", "changed"])
    return None


def _said(refused: Refused) -> str:
    if any(one.code for one in refused.findings):
        return " ".join(one.text for one in refused.findings)
    return str(refused)


def _part(draft: Draft, step: str, form: StepForm) -> dict[str, Any]:
    kind, _sep, item = step.partition("/")
    label = TITLES[kind]
    rows = []
    for field in form:
        said = form.data.get(field.name, "")
        if field.name == "search" or (not said and not field.errors):
            continue
        choices = dict(getattr(field.field, "choices", []))
        rows.append({"label": field.label, "said": choices.get(said, said), "errors": field.errors})
    return {
        "label": f"{label} {item}" if item else label,
        "address": address_of(draft, step),
        "rows": rows,
        "errors": form.errors,
        "general": form.non_field_errors(),
    }


def _owed(forms: dict[str, StepForm]) -> dict[str, Any]:
    """Return what the goods would owe, item by item and in all; freight is parted by price."""
    goods = [form.cleaned_data for step, form in forms.items() if step.startswith("goods/")]
    transport = forms["transport"].cleaned_data
    total_price = sum((one["price"] for one in goods), Decimal(0))
    freight, currency = transport.get("freight"), transport.get("freight_currency")
    answers = []
    for one in goods:
        shares = freight is not None and total_price and currency == one["currency"]
        share = (freight * one["price"] / total_price).quantize(Decimal("0.01")) if shares else None
        said = asked_of(one, share) | {"incoterm": transport["incoterm"]}
        answers.append(advised(enquiry_of(said)).answer)
    whole = all(one.total is not None for one in answers)
    return {
        "answers": answers,
        "total": sum((one.total for one in answers), Decimal(0)) if whole else None,
        "currency": answers[0].total_currency,
    }
