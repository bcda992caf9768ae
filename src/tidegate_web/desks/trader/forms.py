"""The steps of a declaration as forms: about it, its goods one by one, how they came."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.tariff.nomenclature import digits
from tidegate_web.desks.saying import MODES
from tidegate_web.desks.trader.stating import bad_documents
from tidegate_web.node import node, now
from tidegate_web.public.duty import INCOTERMS, countries, currencies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate_web.access.client import Client

_MOST = Decimal(10) ** 12
_MOST_DOCUMENTS = 99
_DASH = ("", "—")
PROCEDURES = [
    ("4000", _("4000: release for free circulation")),
    ("4071", _("4071: release from a customs warehouse")),
    ("5100", _("5100: inward processing")),
    ("5300", _("5300: temporary admission")),
    ("6110", _("6110: goods that come back")),
    ("7100", _("7100: customs warehousing")),
]
_PACKAGES = [
    ("CT", _("Cartons")), ("BX", _("Boxes")), ("PX", _("Pallets")), ("BG", _("Bags")), ("DR", _("Drums")),
    ("CR", _("Crates")), ("RO", _("Rolls")), ("PK", _("Packages")), ("NE", _("Unpacked")),
    ("VG", _("Bulk, gas")), ("VL", _("Bulk, liquid")), ("VR", _("Bulk, solid")),
]  # fmt: skip


def _figure(**how: Any) -> forms.DecimalField:
    """Return a field for a number, as people write it."""
    attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "short"}
    return forms.DecimalField(min_value=0, max_value=_MOST, widget=forms.TextInput(attrs=attrs), **how)


def _short(**how: Any) -> forms.CharField:
    attrs = {"class": "short", "autocomplete": "off"}
    return forms.CharField(widget=forms.TextInput(attrs=attrs), **how)


class StepForm(forms.Form):
    """A step; choices are those of this node."""

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = client
        for name, choices in self.choices().items():
            self.fields[name].choices = choices

    def choices(self) -> dict[str, list[tuple[str, Any]]]:
        """Return the choices of fields that depend on the node."""
        return {}


class Shown:
    """The fields of a form that are always shown, as templates ask for them; its errors are all of them."""

    def __init__(self, form: StepForm, further: tuple[str, ...]) -> None:
        """Take the form, and the names of the fields that are shown only where they are needed."""
        self._form = form
        self.errors = form.errors
        self.non_field_errors = form.non_field_errors
        self.hidden_fields = form.hidden_fields
        self.visible_fields = [one for one in form.visible_fields() if one.name not in further]
        self.further = [one for one in form.visible_fields() if one.name in further]
        self.open = any(one.errors or one.value() for one in self.further)

    def __iter__(self) -> Iterator[forms.BoundField]:
        """Yield every field."""
        return iter(self._form)


class AboutForm(StepForm):
    """Who declares what kind of thing, where."""

    kind = forms.ChoiceField(
        label=_("What are you declaring?"),
        choices=[
            ("IMA", _("An import; the goods are here")),
            ("IMD", _("An import; the goods are still on the way")),
        ],
        widget=forms.RadioSelect,
    )
    lrn = _short(
        label=_("Your reference"),
        max_length=22,
        help_text=_("Your own number for it, used once. You find it again by this."),
    )
    importer = _short(label=_("Importer's number"), max_length=17)
    exporter = forms.CharField(label=_("Who sends the goods"), max_length=70)
    exporter_line = forms.CharField(label=_("Street and number"), max_length=70)
    exporter_city = forms.CharField(label=_("Town"), max_length=35)
    exporter_country = forms.ChoiceField(label=_("Country"), choices=())
    office = forms.ChoiceField(label=_("Office where the goods are presented"), choices=())

    def choices(self) -> dict[str, list[tuple[str, Any]]]:
        """Return countries and offices."""
        offices = [(code, f"{name} ({code})") for code, name in sorted(node().administration.offices.items())]
        return {"exporter_country": _countries(), "office": offices}


class GoodsForm(StepForm):
    """One kind of goods; ``FURTHER`` are the fields that many goods do not need."""

    FURTHER = ("quantity", "unit", "marks", "additional", "preference", "documents")

    search = forms.CharField(
        label=_("Find the code by words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
        help_text=_("What the goods are: bicycles, frozen fish. Or fill in the code, if you know it."),
    )
    code = _short(label=_("Commodity code"), max_length=20)
    description = forms.CharField(
        label=_("What the goods are"), max_length=280, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("So that somebody who has not seen them would know them."),
    )  # fmt: skip
    origin = forms.ChoiceField(label=_("Country of origin"), choices=())
    price = _figure(label=_("Price"), decimal_places=2)
    currency = forms.ChoiceField(label=_("Currency"), choices=())
    gross = _figure(label=_("Gross mass in kilograms"), decimal_places=6)
    net = _figure(label=_("Net mass in kilograms"), decimal_places=6)
    quantity = _figure(label=_("Quantity in the tariff's unit"), decimal_places=6, required=False)
    unit = _short(
        label=_("Unit"),
        max_length=4,
        required=False,
        help_text=_("Code of UN/ECE Recommendation 20: NAR, LTR, PR."),
    )
    packages = _figure(label=_("Packages"), decimal_places=0)
    package_kind = forms.ChoiceField(label=_("Kind of packages"), choices=_PACKAGES)
    marks = forms.CharField(label=_("Marks on them"), max_length=140, required=False)
    procedure = forms.ChoiceField(label=_("Procedure"), choices=PROCEDURES)
    additional = _short(
        label=_("Additional procedure"),
        max_length=40,
        required=False,
        help_text=_("Codes with blanks between them. Empty: none (000)."),
    )
    preference = _short(
        label=_("Preference claimed"), max_length=3, required=False, help_text=_("Empty: none (100).")
    )
    documents = forms.CharField(
        label=_("Documents that you have"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "code"}),
        help_text=_("One a line, code and number: N935 INV-4711. The duty beside says which ones it takes."),
    )

    def choices(self) -> dict[str, list[tuple[str, Any]]]:
        """Return countries and currencies."""
        return {"origin": _countries(), "currency": currencies()}

    def clean_code(self) -> str:
        """Return the digits of the code."""
        bare = digits(self.cleaned_data["code"])
        if not bare:
            raise forms.ValidationError(_("A commodity code has 2 to 12 digits. Find it by words above."))
        return bare

    def clean_documents(self) -> str:
        """See that each line is a document."""
        text: str = self.cleaned_data["documents"]
        bad = bad_documents(text)
        if bad:
            raise forms.ValidationError(
                _("“%(line)s” is no code and number. Write it as N935 INV-4711.") % {"line": bad[0][:40]}
            )
        if len(text.splitlines()) > _MOST_DOCUMENTS:
            raise forms.ValidationError(_("At most %(n)d documents.") % {"n": _MOST_DOCUMENTS})
        return text

    def clean(self) -> dict[str, Any]:
        """See that masses and units go together."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("net") is not None and said.get("gross") is not None and said["net"] > said["gross"]:
            self.add_error("net", _("The net mass is above the gross mass. One of them is wrong."))
        if said.get("quantity") is not None and not said.get("unit"):
            self.add_error("unit", _("Say in which unit the quantity is."))
        return said


class TransportForm(StepForm):
    """How the goods came, where they are, and how what is owed is paid."""

    export_country = forms.ChoiceField(label=_("Sent from"), choices=())
    destination = forms.ChoiceField(label=_("Country where they are to stay"), choices=())
    mode = forms.ChoiceField(label=_("How they cross the border"), choices=list(MODES.items()))
    means = _short(
        label=_("Ship, flight, vehicle or train"),
        max_length=35,
        help_text=_("Its number: IMO number, flight, registration."),
    )
    container = _short(label=_("Container"), max_length=17, required=False)
    location = _short(
        label=_("Where the goods can be examined"), max_length=35, help_text=_("The code of the place.")
    )
    incoterm = forms.ChoiceField(label=_("Terms of delivery"), choices=[(one, one) for one in INCOTERMS])
    incoterm_place = forms.CharField(label=_("Place of delivery"), max_length=37)
    freight = _figure(label=_("Freight and insurance to the border"), decimal_places=2, required=False)
    freight_currency = forms.ChoiceField(label=_("Currency of the freight"), choices=(), required=False)
    previous_type = _short(
        label=_("Kind of the document before"),
        max_length=3,
        required=False,
        help_text=_("785 manifest, 740 air waybill, 337 summary declaration, CLE entry in records."),
    )
    previous = forms.CharField(label=_("Its number"), max_length=35, required=False)
    payment = forms.ChoiceField(
        label=_("How do you pay?"),
        choices=[("A", _("At once, before release")), ("E", _("From a deferment account"))],
        widget=forms.RadioSelect,
    )
    account = _short(label=_("Number of the account"), max_length=17, required=False)

    def choices(self) -> dict[str, list[tuple[str, Any]]]:
        """Return countries and currencies."""
        return {
            "export_country": _countries(),
            "destination": _countries(),
            "freight_currency": currencies(),
        }

    def clean(self) -> dict[str, Any]:
        """See that what belongs together is there."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("payment") == "E" and not said.get("account"):
            self.add_error("account", _("Give the number of the account that is to bear it."))
        if bool(said.get("previous")) != bool(said.get("previous_type")):
            missing = "previous" if said.get("previous_type") else "previous_type"
            self.add_error(missing, _("Give both its kind and its number, or neither."))
        return said


def beginning(client: Client) -> dict[str, Any]:
    """Return what a new draft begins with."""
    country, office = node().administration.country, node().administration.terms.default_office
    own = node().administration.terms.tariff.currency
    return {
        "about": {"kind": "IMA", "lrn": new_reference(), "importer": client.operator, "office": office},
        "items": [{"procedure": "4000", "currency": own, "package_kind": "CT"}],
        "transport": {
            "destination": country,
            "mode": "1",
            "incoterm": "CIF",
            "payment": "A",
            "freight_currency": own,
        },
        "visited": [],
    }


def new_reference() -> str:
    """Return a reference that was not used before: the day, and letters drawn by chance."""
    return f"W{now():%y%m%d}-{secrets.token_hex(4).upper()}"


def _countries() -> list[tuple[str, str]]:
    return [_DASH, *((code, f"{name} ({code})") for code, name in countries())]
