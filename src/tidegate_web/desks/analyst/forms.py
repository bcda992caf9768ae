"""What an analyst writes: a profile, a model's purpose, a policy, why something is withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.acts import OfficeCapacity, PolicyAdopted, ProfileAdopted
from tidegate.risk import BadProfileError, Profile, check_profile
from tidegate.risk.standing import policy_of

if TYPE_CHECKING:
    from tidegate.risk.selection import Policy

_DATE = forms.DateInput(attrs={"type": "date", "class": "short"})
_YEAR = timedelta(days=365)


class Seen(forms.Form):
    """A form about what is targeted as it was seen: ``seen`` is the last act about it, -1 where none is."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=-1)


class ProfileForm(Seen):
    """A profile: its condition over goods items, what officers are told, its weight, how long it holds."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=20,
        help_text=_("Short and lasting: reasons name it. One that stands gives way to this."),
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )
    condition = forms.CharField(
        label=_("Condition"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "code"}),
        help_text=_("For a goods item, such as: chapter = '61' AND value_per_kg < 2"),
    )
    reason = forms.CharField(
        label=_("What the officer is told"),
        max_length=400,
        help_text=_("A sentence; {value} and other columns in braces are filled in."),
    )
    purpose = forms.CharField(
        label=_("What it is for"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    weight = forms.DecimalField(
        label=_("Weight"),
        min_value=0.01,
        max_value=1,
        decimal_places=2,
        initial="0.30",
        help_text=_("From 0.01 to 1: how much the score rises where it holds."),
        widget=forms.NumberInput(attrs={"class": "short", "step": "0.01"}),
    )
    start = forms.DateField(label=_("Holds from"), widget=_DATE)
    until = forms.DateField(label=_("Holds until"), widget=_DATE)

    def clean(self) -> dict[str, Any]:
        """See that it could be applied."""
        said: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                check_profile(self.profile())
            except BadProfileError as error:
                self.add_error(_at_fault(str(error)), str(error).partition(": ")[2])
        return said

    def profile(self) -> Profile:
        """Return the profile as it would be applied; the form has been read."""
        said = self.cleaned_data
        return Profile(
            code=said["code"],
            purpose=said["purpose"],
            owner="",
            condition=said["condition"],
            weight=float(said["weight"]),
            reason=said["reason"],
            start=said["start"],
            end=said["until"],
        )

    def act(self, owner: str, counts: dict[str, int]) -> ProfileAdopted:
        """Return the act that adopts it, with what history says of it."""
        one = self.profile()
        return ProfileAdopted(
            code=one.code,
            owner=owner,
            purpose=one.purpose,
            condition=one.condition,
            weight=one.weight,
            reason=one.reason,
            start=one.start,
            until=self.cleaned_data["until"],
            **counts,
        )


def usual(today: date) -> dict[str, Any]:
    """Return how a new profile begins: from today, for a year."""
    return {"start": today, "until": today + _YEAR, "weight": "0.30"}


def _at_fault(text: str) -> str:
    return "reason" if "the reason" in text else "until" if "ends on" in text else "condition"


class ModelForm(Seen):
    """What a model that was trained is for, and how long it is to decide."""

    model = forms.CharField(widget=forms.HiddenInput, max_length=64)
    purpose = forms.CharField(
        label=_("What it is for"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    start = forms.DateField(label=_("Decides from"), widget=_DATE)
    until = forms.DateField(label=_("Decides until"), widget=_DATE)

    def clean(self) -> dict[str, Any]:
        """See that the days are in order."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("start") and said.get("until") and said["until"] < said["start"]:
            self.add_error("until", _("The last day is before the first."))
        return said


def _share(label: Any, most: int = 100, hint: Any = "") -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"class": "short", "step": "0.1"})
    return forms.DecimalField(
        label=label, min_value=0, max_value=most, decimal_places=2, help_text=hint, widget=widget
    )


def _score(label: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"class": "short", "step": "0.01"})
    return forms.DecimalField(label=label, min_value=0.01, max_value=1, decimal_places=2, widget=widget)


def _controls(label: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "short"})
    return forms.IntegerField(label=label, min_value=0, max_value=100_000, widget=widget)


class PolicyForm(Seen):
    """A policy of selection: shares in per cent of all consignments, thresholds as scores, capacities."""

    random_share = _share(
        _("Drawn at random, per cent"), hint=_("What is known of all consignments is known from these.")
    )
    exploring_share = _share(_("Exploring, per cent"), hint=_("Drawn the more, the newer it looks."))
    targeted_share = _share(_("Targeted by the model, per cent"))
    red_threshold = _score(_("Examination from a score of"))
    yellow_threshold = _score(_("Documents from a score of"))
    blue_threshold = _score(_("Looked at afterwards from a score of"))
    red_capacity = _controls(_("Examinations a day and office"))
    yellow_capacity = _controls(_("Documents a day and office"))
    purpose = forms.CharField(
        label=_("Why it is changed"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, stands: Policy, usual_strangeness: float = 0.0, **kwargs: Any) -> None:
        """Take the policy that stands, and what a model knows to be usual, for exploring to begin with."""
        super().__init__(*args, **kwargs)
        self._stands = stands
        self._usual = stands.usual_strangeness or usual_strangeness

    def clean(self) -> dict[str, Any]:
        """See that it is a policy, and another one than stands."""
        said: dict[str, Any] = super().clean() or {}
        for lower, upper in (("blue_threshold", "yellow_threshold"), ("yellow_threshold", "red_threshold")):
            if said.get(lower) is not None and said.get(upper) is not None and said[lower] > said[upper]:
                self.add_error(lower, _("Not above that from which it is looked at more closely."))
        if said.get("exploring_share") and not self._usual:
            text = _("Exploring measures by what is usual, which a model knows: adopt a model first.")
            self.add_error("exploring_share", text)
        if not self.errors and policy_of(self.act("")) == self._stands:
            raise forms.ValidationError(_("Nothing differs from what stands: change at least one number."))
        return said

    def act(self, owner: str) -> PolicyAdopted:
        """Return the act that adopts it; what the form does not have stays as it stands."""
        said = self.cleaned_data
        stands = self._stands
        return PolicyAdopted(
            owner=owner,
            purpose=said["purpose"],
            **{name: float(said[name] / 100) for name in _SHARES},
            **{name: float(said[name]) for name in _THRESHOLDS},
            **{name: int(said[name]) for name in _CAPACITIES},
            offices={name: OfficeCapacity(one.red, one.yellow) for name, one in stands.offices.items()},
            trusted=tuple(sorted(stands.trusted)),
            usual_strangeness=self._usual,
        )


_SHARES = ("random_share", "exploring_share", "targeted_share")
_THRESHOLDS = ("red_threshold", "yellow_threshold", "blue_threshold")
_CAPACITIES = ("red_capacity", "yellow_capacity")


def stands_as(policy: Policy) -> dict[str, Any]:
    """Return the policy that stands as its form has it."""
    shares = {name: round(100 * getattr(policy, name), 2) for name in _SHARES}
    return shares | {name: getattr(policy, name) for name in (*_THRESHOLDS, *_CAPACITIES)}


class WithdrawForm(forms.Form):
    """What is withdrawn, and why."""

    named = forms.CharField(max_length=80, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why it is withdrawn"),
        max_length=2_000,
        error_messages={"required": _("Nothing was withdrawn: say why. Others will ask for it.")},
    )


class WhatIfForm(forms.Form):
    """Another policy, over a span of days: shares in per cent."""

    since = forms.DateField(label=_("From"), widget=_DATE)
    until = forms.DateField(label=_("Until"), widget=_DATE)
    share = forms.DecimalField(
        label=_("Controlled, per cent of all"), min_value=0.1, max_value=100, decimal_places=1, initial=5,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )  # fmt: skip
    at_random = forms.DecimalField(
        label=_("Of these at random, per cent"), min_value=0, max_value=100, decimal_places=0, initial=10,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )  # fmt: skip
    exploring = forms.DecimalField(
        label=_("Of these exploring, per cent"), min_value=0, max_value=100, decimal_places=0, initial=20,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """See that the days are in order and the parts are parts."""
        said: dict[str, Any] = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and (until < since or (until - since).days > 400):  # noqa: PLR2004 - a year and some
            self.add_error("until", _("From one day to a year after the first."))
        if said.get("at_random", 0) + said.get("exploring", 0) > 100:  # noqa: PLR2004 - per cent
            self.add_error("exploring", _("At random and exploring together are at most 100 %."))
        return said


class ThresholdForm(forms.Form):
    """Other thresholds of the score, from 0 to 1, on the decisions made last."""

    yellow = forms.DecimalField(
        label=_("Documents from a score of"), min_value=0, max_value=1, decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "short", "step": "0.01"}),
    )  # fmt: skip
    red = forms.DecimalField(
        label=_("Examination from a score of"), min_value=0, max_value=1, decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "short", "step": "0.01"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """See that examinations are not ordered before documents are asked for."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("red") is not None and said.get("yellow") is not None and said["red"] < said["yellow"]:
            self.add_error("red", _("Not below that from which documents are examined."))
        return said
