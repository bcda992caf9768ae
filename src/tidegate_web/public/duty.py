"""What goods would owe: the calculator, with how each line comes about, and advice on what makes it less."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
import pycountry
from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tidegate.tariff.enquiries import Enquiry
from tidegate.tariff.nomenclature import digits
from tidegate_web.node import node
from tidegate_web.people.pages import public
from tidegate_web.public import held

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tidegate.node.enquiring import Desk
    from tidegate.tariff.advice import Advice

_MOST = Decimal(10) ** 12
INCOTERMS = ("EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP")


def countries() -> list[tuple[str, str]]:
    """Return countries by their ISO 3166-1 code, with those that the administration adds."""
    named = [(one.alpha_2, one.name) for one in pycountry.countries]
    own = node().administration.terms.further_countries
    known = {code for code, _name in named}
    return sorted([*named, *((code, code) for code in own if code not in known)], key=lambda one: one[1])


def currencies() -> list[tuple[str, str]]:
    """Return the currencies for which there is a rate of exchange, the administration's own first."""
    tables = node().administration.terms.tariff
    others = sorted(set(tables.exchange["currency"].unique().to_list()) - {tables.currency})
    return [(code, code) for code in (tables.currency, *others)]


class DutyForm(forms.Form):
    """Goods that are asked about."""

    code = forms.CharField(
        label=_("Commodity code"),
        max_length=20,
        help_text=_("Digits, with points or blanks between them if you like."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )
    origin = forms.ChoiceField(label=_("Country of origin"), choices=())
    value = forms.DecimalField(
        label=_("Price of the goods"), min_value=0, max_value=_MOST, decimal_places=2, localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}),
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"), choices=())
    incoterm = forms.ChoiceField(
        label=_("Terms of delivery"), required=False, choices=[("", "—"), *((one, one) for one in INCOTERMS)]
    )
    freight = forms.DecimalField(
        label=_("Freight and insurance, same currency"), required=False, min_value=0, max_value=_MOST,
        decimal_places=2, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
    )  # fmt: skip
    mass = forms.DecimalField(
        label=_("Net mass in kilograms"), required=False, min_value=0, max_value=_MOST, decimal_places=6,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
    )  # fmt: skip
    quantity = forms.DecimalField(
        label=_("Quantity in the tariff's unit"), required=False, min_value=0, max_value=_MOST,
        decimal_places=6, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
    )  # fmt: skip
    unit = forms.CharField(
        label=_("Unit"),
        required=False,
        max_length=20,
        help_text=_("As the tariff says it: No., l, m2, pairs."),
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    preference = forms.CharField(
        label=_("Preference claimed"),
        required=False,
        max_length=10,
        help_text=_("Leave it empty to see which one would help."),
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    date = forms.DateField(
        label=_("On the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["origin"].choices = [
            ("", "—"),
            *((code, f"{name} ({code})") for code, name in countries()),
        ]
        self.fields["currency"].choices = currencies()

    def clean_code(self) -> str:
        """Return the digits of the code."""
        bare = digits(self.cleaned_data["code"])
        if not bare:
            raise forms.ValidationError(_("A commodity code has 2 to 12 digits."))
        return bare

    def clean(self) -> dict[str, Any]:
        """See that a quantity has its unit."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("quantity") is not None and not said.get("unit"):
            self.add_error("unit", _("Say in which unit the quantity is."))
        return said

    def enquiry(self) -> Enquiry:
        """Return what is asked."""
        return enquiry_of(self.cleaned_data)


def enquiry_of(said: dict[str, Any]) -> Enquiry:
    """Return cleaned fields as an enquiry about duty."""
    quantities: dict[str, Decimal] = {}
    if said.get("mass") is not None:
        quantities["kg"] = said["mass"]
    if said.get("quantity") is not None and said.get("unit"):
        quantities[said["unit"]] = said["quantity"]
    return Enquiry(
        code=said["code"],
        origin=said["origin"],
        value=said["value"],
        currency=said["currency"],
        date=said.get("date") or held.today(),
        incoterm=said.get("incoterm") or None,
        quantities=quantities,
        preference=said.get("preference") or None,
        freight=said.get("freight"),
        procedure=said.get("procedure") or "4000",
        documents=tuple(said.get("documents") or ()),
    )


def advised(enquiry: Enquiry) -> Advice:
    """Return what goods would owe, with advice; the same enquiry is answered once while the tariff stands."""
    return _advised(held.desk(), msgspec.json.encode(enquiry))


@lru_cache(maxsize=256)
def _advised(desk: Desk, said: bytes) -> Advice:
    return desk.advise(msgspec.json.decode(said, type=Enquiry))


@public
@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """Work out what goods would owe; the address holds what was asked, so that it can be kept."""
    asked = any(request.GET.get(name) for name in ("code", "value", "origin"))
    whole = bool(request.GET.get("value"))
    form = DutyForm(request.GET if whole else None, initial={"code": request.GET.get("code", "")})
    advice = advised(form.enquiry()) if whole and form.is_valid() else None
    shown = {"form": form, "advice": advice, "asked": asked}
    if request.htmx:
        # While somebody types, what is not whole yet is no mistake.
        return render(request, "public/owed.html", shown)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "public/duty.html", shown, status=status)
