"""What an analyst writes: a profile, why something is withdrawn, another policy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.acts import ProfileAdopted
from tidegate.risk import BadProfileError, Profile, check_profile

_DATE = forms.DateInput(attrs={"type": "date", "class": "short"})
_YEAR = timedelta(days=365)


class ProfileForm(forms.Form):
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


class WithdrawForm(forms.Form):
    """What is withdrawn, and why."""

    named = forms.CharField(max_length=80, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why it is withdrawn"), max_length=2_000)


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
