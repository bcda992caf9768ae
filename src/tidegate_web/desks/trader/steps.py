"""The steps of a draft: each is kept as it was typed, right or wrong, and explained beside the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.tariff.nomenclature import digits, dotted
from tidegate_web.desks.trader.drafts import draft_of
from tidegate_web.desks.trader.forms import AboutForm, GoodsForm, Shown, StepForm, TransportForm
from tidegate_web.desks.trader.stating import documents_in, field_at
from tidegate_web.desks.trader.whose import own_client
from tidegate_web.node import now
from tidegate_web.people.pages import page
from tidegate_web.public import held
from tidegate_web.public.duty import advised, enquiry_of

if TYPE_CHECKING:
    from decimal import Decimal

    from django.http import HttpRequest, HttpResponse

    from tidegate.tariff.advice import Advice
    from tidegate_web.access.client import Client
    from tidegate_web.desks.trader.models import Draft

FORMS: dict[str, type[StepForm]] = {"about": AboutForm, "transport": TransportForm}
TITLES = {
    "about": _("Who and where"),
    "goods": _("The goods"),
    "transport": _("Transport and payment"),
    "check": _("Check and lodge"),
}
MOST_ITEMS = 99
_LONGEST = 4_000  # characters of a field that are kept
_FOUND = 8
_SAME = ("procedure", "currency", "package_kind", "origin")  # what further goods begin with


@page("lodge a declaration")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Show and keep who declares, or how the goods came."""
    if step not in FORMS:
        raise Http404
    draft = draft_of(request, number)
    if draft.mrn:
        return redirect("trader:consignment", draft.mrn)
    client = own_client(request)
    form = FORMS[step](client=client)
    if request.method == "POST":
        draft.data[step] = _typed(request, form)
        _keep(draft, step)
        form = bound(draft, step, client)
        if request.POST.get("go") == "back":
            return redirect(_before(draft, step))
        if form.is_valid():
            return redirect(_after(draft, step))
        return _shown(request, draft, step, form, status=422)
    return _shown(request, draft, step, _as_kept(draft, step, client))


@page("lodge a declaration")
@require_http_methods(["GET", "POST"])
def goods(request: HttpRequest, number: int, item: int) -> HttpResponse:
    """Show and keep one kind of goods; the code can be taken from what a search found."""
    draft = draft_of(request, number)
    if draft.mrn:
        return redirect("trader:consignment", draft.mrn)
    items = draft.data["items"]
    if not 1 <= item <= len(items):
        raise Http404
    name, client = f"goods/{item}", own_client(request)
    if request.method == "GET":
        return _shown(request, draft, name, _as_kept(draft, name, client), item=item)
    return _goods_typed(request, draft, item)


def _goods_typed(request: HttpRequest, draft: Draft, item: int) -> HttpResponse:
    """Keep what was typed about goods, and go where was asked."""
    items, name, client = draft.data["items"], f"goods/{item}", own_client(request)
    go, taken = request.POST.get("go", ""), digits(request.POST.get("take", ""))
    if go == "remove" and len(items) > 1:
        del items[item - 1]
        draft.data["visited"] = [one for one in draft.data["visited"] if not one.startswith("goods/")]
        _keep(draft, "")
        return redirect("trader:goods", draft.pk, min(item, len(items)))
    items[item - 1] = _typed(request, GoodsForm(client=client))
    if taken:
        items[item - 1] |= {"code": taken, "search": ""}
        _keep(draft, "")
        return redirect(reverse("trader:goods", args=[draft.pk, item]) + "#id_description")
    _keep(draft, name)
    form = bound(draft, name, client)
    if go != "back" and not form.is_valid():
        return _shown(request, draft, name, form, status=422, item=item)
    if go == "another" and len(items) < MOST_ITEMS:
        items.append({key: items[item - 1].get(key, "") for key in _SAME})
        _keep(draft, "")
        return redirect("trader:goods", draft.pk, len(items))
    return redirect(_before(draft, name) if go == "back" else _after(draft, name))


@page("lodge a declaration")
@require_http_methods(["POST"])
def owed(request: HttpRequest, number: int) -> HttpResponse:
    """Work out what goods would owe, as far as they are filled in."""
    draft_of(request, number)
    form = GoodsForm(request.POST, client=own_client(request))
    return render(request, "public/owed.html", {"advice": _advice(form)})


@page("lodge a declaration")
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """Find codes by words, to be taken into the form."""
    return render(request, "trader/codes.html", _codes(request.GET.get("search", "")))


def bound(draft: Draft, step: str, client: Client) -> StepForm:
    """Return the form of a step with what was typed; `goods/2` is the second item's."""
    kind, _, item = step.partition("/")
    if kind == "goods":
        return GoodsForm(draft.data["items"][int(item) - 1], client=client)
    return FORMS[kind](draft.data[kind], client=client)


def steps_of(draft: Draft) -> list[str]:
    """Return the names of a draft's steps, in their order."""
    goods = [f"goods/{n}" for n in range(1, len(draft.data["items"]) + 1)]
    return ["about", *goods, "transport"]


def address_of(draft: Draft, step: str) -> str:
    """Return where a step is shown."""
    kind, _, item = step.partition("/")
    if kind == "goods":
        return reverse("trader:goods", args=[draft.pk, int(item)])
    if kind == "check":
        return reverse("trader:check", args=[draft.pk])
    return reverse("trader:step", args=[draft.pk, kind])


def found_at(draft: Draft, step: str) -> list[tuple[str, str]]:
    """Return what customs found wrong with the declaration before, about a step: field and text."""
    found = ((field_at(one["location"]), one) for one in draft.data.get("findings", []))
    return [(field, f"{one['text']} ({one['code']})") for (at, field), one in found if at == step]


def _as_kept(draft: Draft, step: str, client: Client) -> StepForm:
    """Return the form of a step: judged where it was sent before, or where something was found wrong."""
    found = found_at(draft, step)
    form = bound(draft, step, client)
    if step not in draft.data["visited"] and not found:
        return type(form)(initial=form.data, client=client)
    form.is_valid()
    for field, text in found:
        form.add_error(field if field in form.fields else None, text)
    return form


def _advice(form: StepForm) -> Advice | None:
    form.is_valid()
    said = getattr(form, "cleaned_data", {})
    if not all(said.get(name) not in (None, "") for name in ("code", "origin", "price", "currency")):
        return None
    return advised(enquiry_of(asked_of(said)))


def asked_of(said: dict[str, Any], freight: Decimal | None = None) -> dict[str, Any]:
    """Return the cleaned fields of goods as those of an enquiry about duty."""
    papers = documents_in(said.get("documents") or "")
    return {
        **{name: said.get(name) for name in ("code", "origin", "currency", "quantity", "unit", "procedure")},
        "value": said["price"],
        "mass": said.get("net"),
        "preference": (said.get("preference") or "").replace("100", "") or None,
        "documents": [f"{category}{kind}" for category, kind, _number in papers],
        "freight": freight,
    }


def _codes(said: str) -> dict[str, Any]:
    words = said[:200].strip()
    found = held.found(words, held.today(), _FOUND) if len(words) > 1 else []
    rows = [
        {"code": one.code, "dotted": dotted(one.code), "said": one.description, "above": above}
        for one, above in found
    ]
    return {"found": rows, "words": words}


def _typed(request: HttpRequest, form: StepForm) -> dict[str, str]:
    return {name: request.POST.get(name, "")[:_LONGEST] for name in form.fields}


def _keep(draft: Draft, step: str) -> None:
    """Store what was typed; what had been found wrong with this step is dealt with."""
    if step and step not in draft.data["visited"]:
        draft.data["visited"].append(step)
    draft.data["findings"] = [
        one for one in draft.data.get("findings", []) if field_at(one["location"])[0] != step
    ]
    draft.changed = now()
    draft.save()


def _before(draft: Draft, step: str) -> str:
    steps = steps_of(draft)
    at = steps.index(step)
    return address_of(draft, steps[at - 1]) if at else reverse("trader:lodge")


def _after(draft: Draft, step: str) -> str:
    return address_of(draft, [*steps_of(draft), "check"][steps_of(draft).index(step) + 1])


def _shown(
    request: HttpRequest, draft: Draft, step: str, form: StepForm, *, status: int = 200, item: int = 0
) -> HttpResponse:
    shown = {
        "form": form,
        "draft": draft,
        "item": item,
        "items": len(draft.data["items"]),
        "ways": ways_of(draft, step),
        "title": TITLES[step.partition("/")[0]],
        "first": step == "about",
    }
    if item:
        shown |= _codes(draft.data["items"][item - 1].get("search", ""))
        shown["advice"] = _advice(bound(draft, step, form.client))
        shown["form"] = Shown(form, GoodsForm.FURTHER)
        shown["full"] = len(draft.data["items"]) >= MOST_ITEMS
    return render(request, "trader/goods.html" if item else "trader/step.html", shown, status=status)


def ways_of(draft: Draft, here: str) -> list[dict[str, Any]]:
    """Return the ways to all steps, and which one is this."""
    ways = []
    for step in [*steps_of(draft), "check"]:
        kind, _, item = step.partition("/")
        label = TITLES[kind]
        if item and len(draft.data["items"]) > 1:
            label = f"{label} {item}"
        ways.append({"address": address_of(draft, step), "label": label, "here": step == here})
    return ways
