"""What an officer writes down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from decimal import Decimal

    from tidegate.acts import TaxLine

_LONGEST = 2_000
_MOST_PHOTOGRAPHS = 8
_LARGEST_PHOTOGRAPH = 8 * 1024 * 1024
_EXAMINED = (("yellow", _("The documents")), ("red", _("The goods")))
_IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


_SHORT = forms.NumberInput(attrs={"class": "short", "inputmode": "decimal", "step": "any"})


class Seen(forms.Form):
    """A form about a consignment as it was seen: ``seen`` is the last act's position."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class Several(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class Photographs(forms.FileField):
    """Photographs, as JPEG or PNG."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=Several(attrs={"accept": "image/jpeg,image/png"}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Return the bytes of each; what is no picture, too large or too many is refused by its name."""
        files = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(files) > _MOST_PHOTOGRAPHS:
            raise forms.ValidationError(_("At most %(n)d photographs.") % {"n": _MOST_PHOTOGRAPHS})
        found = []
        for file in files:
            super().clean(file, initial)
            if file.size > _LARGEST_PHOTOGRAPH:
                raise forms.ValidationError(_("%(name)s is above 8 MB.") % {"name": file.name})
            content = file.read()
            if image_type(content) is None:
                raise forms.ValidationError(_("%(name)s is neither JPEG nor PNG.") % {"name": file.name})
            found.append(content)
        return found


def image_type(content: bytes) -> str | None:
    """Return the media type of a picture by how it begins, or None."""
    return next((kind for mark, kind in _IMAGES.items() if content.startswith(mark)), None)


class OutcomeForm(forms.Form):
    """What a control found: all as it was stated, or not, and then what was there."""

    undescribed: ClassVar[Any] = _("Say what was not as declared: the trader is heard about it.")
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("conform", _("As declared")), ("irregular", _("Not as declared"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it was as declared.")},
    )
    found = forms.CharField(
        label=_("What you found"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Where it was not as declared: what was declared, what is there, how you know."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """See that an irregularity is described."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("outcome") == "irregular" and not said.get("found", "").strip():
            self.add_error("found", self.undescribed)
        return said


class ControlForm(Seen, OutcomeForm):
    """What a control found."""

    hours = forms.DecimalField(
        label=_("Hours it took"), required=False, min_value=0, max_value=200, decimal_places=2
    )
    photographs = Photographs(label=_("Photographs"), required=False)


class DocumentsForm(Seen):
    """Which documents are asked for, and why."""

    field_order: ClassVar[list[str]] = ["grounds", "blocking"]
    grounds = forms.CharField(
        label=_("Which documents, and what for"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The trader reads this as you write it."),
    )
    blocking = forms.BooleanField(label=_("Release waits for them"), required=False, initial=True)


class ExaminedForm(Seen):
    """What came of the documents that were handed in."""

    words = forms.CharField(
        label=_("What they show"),
        max_length=_LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OrderForm(Seen):
    """Which control is ordered, and on which grounds."""

    channel = forms.ChoiceField(
        label=_("What is examined"),
        choices=_EXAMINED,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is to be examined.")},
    )
    grounds = forms.CharField(
        label=_("On which grounds"), max_length=_LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, channels: Collection[str] = ("yellow", "red"), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [one for one in _EXAMINED if one[0] in channels]


class ReferralForm(Seen):
    """To whom a consignment is referred, and why."""

    to = forms.CharField(
        label=_("To whom"), max_length=35, help_text=_("An office, an agency, a laboratory, a supervisor.")
    )
    words = forms.CharField(label=_("Why"), max_length=_LONGEST, widget=forms.Textarea(attrs={"rows": 3}))


class OverrideForm(Seen):
    """Other amounts of duties and taxes, one field a line, with a reason."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the journal beside the lines that were worked out."),
    )

    def __init__(self, *args: Any, lines: Sequence[TaxLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = {f"{line.item}-{line.type}": line for line in lines}
        for name, line in self._lines.items():
            self.fields[name] = forms.DecimalField(
                label=_("Item %(item)d, tax %(tax)s, in %(currency)s")
                % {"item": line.item, "tax": line.type, "currency": line.currency},
                min_value=0,
                max_digits=16,
                decimal_places=2,
                initial=line.amount,
            )
        self.order_fields([*self._lines, "reason"])

    def amounts(self) -> dict[tuple[int, str], Decimal]:
        """Return the amounts that differ from what stands."""
        return {
            (line.item, line.type): self.cleaned_data[name]
            for name, line in self._lines.items()
            if self.cleaned_data[name] != line.amount
        }

    def clean(self) -> dict[str, Any]:
        """See that something is changed."""
        said: dict[str, Any] = super().clean() or {}
        if all(name in said for name in self._lines) and not self.amounts():
            raise forms.ValidationError(_("No amount differs from what stands: change at least one."))
        return said


class FollowForm(OverrideForm):
    """The amounts that a review which changed a decision comes to; ``review`` is where it was decided."""

    review = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class PaymentForm(Seen):
    """Money that came in."""

    amount = forms.DecimalField(
        label=_("Amount"),
        min_value=0,
        max_digits=16,
        decimal_places=2,
        widget=_SHORT,
    )
    reference = forms.CharField(
        label=_("Reference of the payment"), max_length=35,
        help_text=_("As on the receipt or the statement: one reference is recorded once."),
    )  # fmt: skip

    def clean_amount(self) -> Decimal:
        """See that something was paid."""
        amount: Decimal = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("A payment is above 0."))
        return amount


class AnswerForm(Seen):
    """What was answered to the question of another authority."""

    text = forms.CharField(
        label=_("The answer"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Release waits for it no longer once it is recorded."),
    )


class InventoryForm(Seen):
    """What the port's inventory has of the consignment by now."""

    reference = forms.CharField(label=_("Reference in the inventory"), max_length=35, required=False)


class EndingForm(Seen):
    """Why a cleared declaration is to be ended."""

    words = forms.CharField(
        label=_("Why"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was paid or borne is granted back where the declaration is ended."),
    )


class ReviewForm(Seen):
    """What a review came to."""

    position = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    outcome = forms.ChoiceField(
        label=_("What the review came to"),
        choices=[("upheld", _("The decision stands")), ("changed", _("The decision is changed"))],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("What the trader is told"), max_length=_LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )


class ArrivalForm(Seen):
    """Where goods arrived."""

    place = forms.CharField(label=_("Where they are"), max_length=35)


FORMS: dict[str, type[Seen]] = {
    "control": ControlForm,
    "documents": DocumentsForm,
    "arrival": ArrivalForm,
    "examined": ExaminedForm,
    "order": OrderForm,
    "referral": ReferralForm,
    "override": OverrideForm,
    "review": ReviewForm,
    "follow": FollowForm,
    "payment": PaymentForm,
    "answer": AnswerForm,
    "inventory": InventoryForm,
    "ending": EndingForm,
}
