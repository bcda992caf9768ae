"""What a trader does about a declaration that is lodged: answer, amend, withdraw, tell of arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tidegate.clearance import (
    OvertakenError,
    RefusedActError,
    consignment_now,
    deliver_documents,
    request_review,
)
from tidegate.declarations.declaration import Amendment, Declaration
from tidegate.declarations.goods import AdditionalInformation
from tidegate.declarations.json_form import to_json
from tidegate.declarations.places import value_at, with_value
from tidegate.declarations.wire.pointers import pointer_to
from tidegate_web.desks.officer.story import Story, story_of
from tidegate_web.desks.trader.forms import GoodsForm, TransportForm, new_reference
from tidegate_web.desks.trader.looking import show
from tidegate_web.desks.trader.stating import GOODS, ITEM, TRANSPORT, TYPED, changed_places, data_of
from tidegate_web.desks.trader.whose import check_changed, why_not
from tidegate_web.door.papers import LARGEST, MOST, Paper, paper
from tidegate_web.node import node, now
from tidegate_web.people.pages import page
from tidegate_web.taking import Refused, read, take

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tidegate_web.access.client import Client

_REQUEST = "13"  # WCO function code: a request about a declaration that is there
_REASON = "1"
_NUMBERS = ("price", "gross", "net", "quantity", "packages", "freight")
_LONGEST = 280


class Several(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """Documents, a few, each one that is taken here by its content (see `door.papers`)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=Several(), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Paper]:
        """Return each document; what is too large, too many or none is refused by its name."""
        files = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(files) > MOST:
            raise forms.ValidationError(_("At most %(n)d files at once.") % {"n": MOST})
        if not files:
            super().clean(None, initial)
        return [self._paper(file, initial) for file in files]

    def _paper(self, file: Any, initial: Any) -> Paper:
        super().clean(file, initial)
        if file.size > LARGEST:
            raise forms.ValidationError(_("%(name)s is above 8 MB.") % {"name": file.name})
        try:
            return paper(file.name, file.read())
        except Refused as no:
            raise forms.ValidationError(str(no)) from None


class DocumentsForm(forms.Form):
    """Documents that were asked for."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    files = Files(
        label=gettext_lazy("Documents"),
        help_text=gettext_lazy("Up to eight files of 8 MB: PDF, JPEG, PNG, TIFF or plain text."),
    )
    words = forms.CharField(
        label=gettext_lazy("What they are"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class WithdrawalForm(forms.Form):
    """Why a declaration is to be ended."""

    reference = forms.CharField(widget=forms.HiddenInput, max_length=22)
    words = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReviewForm(forms.Form):
    """Why a decision is to be looked at again; ``seen`` is the last act that was seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    position = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    grounds = forms.CharField(
        label=gettext_lazy("Why you do not agree"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AmendmentForm(forms.Form):
    """What stands in a declaration, to be written over where it is wrong."""

    reference = forms.CharField(widget=forms.HiddenInput, max_length=22)

    def __init__(self, *args: Any, stands: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, initial={"reference": new_reference(), **stands}, **kwargs)
        labels = {**GoodsForm.base_fields, **TransportForm.base_fields}
        for name in (*GOODS, *TRANSPORT):
            for one in (name, TYPED.get(name, "")):
                if one:
                    self.fields[one] = _field(one, labels[one].label, stands)


def _field(name: str, label: Any, stands: dict[str, str]) -> forms.Field:
    attrs = {} if name == "description" else {"class": "short"}
    widget = forms.TextInput(attrs=attrs)
    if name in _NUMBERS:
        return forms.DecimalField(label=label, required=False, min_value=0, max_digits=16, widget=widget)
    required = bool(stands.get(name)) and name in ("description", "origin", "price", "currency")
    return forms.CharField(label=label, required=required, max_length=_LONGEST, widget=widget)


@page("lodge a declaration")
@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest, mrn: str) -> HttpResponse:
    """Hand in documents that were asked for; sent twice, they are handed in once."""
    client = check_changed(request, mrn)
    if request.method == "GET":
        return redirect("trader:consignment", mrn)
    form = DocumentsForm(request.POST, request.FILES)
    problem = why_not(client)
    if form.is_valid() and not problem:
        said = form.cleaned_data
        try:
            deliver_documents(
                node().journal,
                mrn,
                now(),
                client.operator,
                words=said["words"],
                files=[one.content for one in said["files"]],
                described=[one.described for one in said["files"]],
                seen=said["seen"],
            )
        except RefusedActError as error:
            problem = _refused(form, error)
        else:
            messages.success(request, _("The documents are with customs."))
            return redirect("trader:consignment", mrn)
    if problem:
        form.add_error(None, problem)
    return show(request, mrn, status=409 if problem else 422, documents=form, open="documents")


def _refused(form: forms.Form, error: RefusedActError) -> str:
    """Return why an act was refused; sent again, the form is about the consignment as it is now."""
    if isinstance(error, OvertakenError):
        form.data = form.data.copy()
        form.data["seen"] = error.fields.get("position", form.data["seen"])
    return str(error)


@page("lodge a declaration")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, mrn: str) -> HttpResponse:
    """Ask to have a declaration ended."""
    client = check_changed(request, mrn)
    if request.method == "GET":
        return redirect("trader:consignment", mrn)
    form = WithdrawalForm(request.POST)
    if form.is_valid():
        said = Declaration(
            function_code=_REQUEST,
            functional_reference_id=form.cleaned_data["reference"],
            id=mrn,
            type_code="INV",
            additional_information=(AdditionalInformation(statement_description=form.cleaned_data["words"]),),
            amendment=(Amendment(change_reason_code=_REASON),),
        )
        problem = _asked(said, client)
        if not problem:
            messages.success(request, _("Customs is asked to end the declaration."))
            return redirect("trader:consignment", mrn)
        form.add_error(None, problem)
    return show(request, mrn, status=422, withdrawal=form, open="withdrawal")


@page("lodge a declaration")
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, mrn: str) -> HttpResponse:
    """Ask to have a decision looked at again; sent twice, it is asked once."""
    client = check_changed(request, mrn)
    if request.method == "GET":
        return redirect("trader:consignment", mrn)
    form = ReviewForm(request.POST)
    problem = why_not(client)
    if form.is_valid() and not problem:
        said = form.cleaned_data
        # Whoever may change it for the declarant asks in the declarant's name.
        declarant = consignment_now(node().journal, mrn)[0].declarant
        try:
            request_review(node().journal, mrn, now(), declarant, **said)
        except RefusedActError as error:
            problem = _refused(form, error)
        else:
            messages.success(request, _("Customs is asked to look at its decision again."))
            return redirect("trader:consignment", mrn)
    if problem:
        form.add_error(None, problem)
    return show(request, mrn, status=409 if problem else 422, review=form, open="review")


@page("lodge a declaration")
@require_http_methods(["GET", "POST"])
def arrive(request: HttpRequest, mrn: str) -> HttpResponse:
    """Tell that the goods of a declaration lodged before are there."""
    client = check_changed(request, mrn)
    if request.method == "POST":
        said = Declaration(
            function_code=_REQUEST, functional_reference_id=new_reference(), id=mrn, type_code="GPR"
        )
        problem = _asked(said, client)
        if problem:
            messages.error(request, problem)
        else:
            messages.success(request, _("Customs knows that the goods are there."))
    return redirect("trader:consignment", mrn)


@page("lodge a declaration")
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, mrn: str) -> HttpResponse:
    """Show what stands in a declaration, item by item, and ask for what was written over to be changed."""
    client = check_changed(request, mrn)
    story = story_of(mrn)
    shipment = story.declaration.goods_shipment if story.declaration is not None else None
    items = len(shipment.government_agency_goods_item) if shipment is not None else 0
    if not items or story.declaration is None:
        messages.error(request, _("What was declared cannot be read any more."))
        return redirect("trader:consignment", mrn)
    said = request.GET.get("item", "1")
    item = min(max(int(said), 1), items) if said.isascii() and said.isdigit() and len(said) < 6 else 1  # noqa: PLR2004 - digits
    data = data_of(story.declaration)
    stands = data["items"][item - 1] | data["transport"]
    form = AmendmentForm(request.POST or None, stands=stands)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            wanted = amendment_of(story, item, stands, form)
            problem = (
                _asked(wanted, client)
                if wanted.amendment
                else _("Nothing is changed yet: write over what is wrong.")
            )
            if not problem:
                messages.success(request, _("Customs is asked for the change."))
                return redirect("trader:consignment", mrn)
            form.add_error(None, problem)
    shown = {"form": form, "mrn": mrn, "item": item, "items": range(1, items + 1)}
    return render(request, "trader/amend.html", shown, status=status)


def amendment_of(story: Story, item: int, stands: dict[str, str], form: AmendmentForm) -> Declaration:
    """Return the request for what was changed: a pointer for each, and beside it what is there now."""
    assert story.declaration is not None
    number = value_at(story.declaration, f"{ITEM.format(n=item)}/SequenceNumeric") or item
    after = {
        name: "" if said is None else str(said)
        for name, said in form.cleaned_data.items()
        if name != "reference"
    }
    asked = Declaration(
        function_code=_REQUEST,
        functional_reference_id=form.cleaned_data["reference"],
        id=story.consignment.mrn,
        type_code="COR",
    )
    changes = []
    for stands_at, asks_at, said in changed_places(stands, after, int(str(number))):
        changes.append(Amendment(change_reason_code=_REASON, pointer=pointer_to(stands_at)))
        if said:
            asked = with_value(asked, asks_at, said)
        if stands_at != asks_at or asks_at.startswith("GoodsShipment/GovernmentAgencyGoodsItem"):
            asked = with_value(asked, f"{ITEM.format(n=1)}/SequenceNumeric", str(number))
    return asked.altered(amendment=tuple(changes))


def _asked(said: Declaration, client: Client) -> str:
    """Send a request as a message; returns why it was not taken in, or nothing."""
    problem = why_not(client)
    if problem:
        return problem
    body = to_json(said)
    try:
        take(read(body, (said.request,)), body, client)
    except Refused as refused:
        return str(refused)
    return ""
