"""What a director chooses: the days, the office, by what figures are told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.insight import Span
from tidegate_web.desks.director.words import BY_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

_USUAL = 29  # days before today
_LONGEST = 3_700


class SpanForm(forms.Form):
    """Days from and until, and an office; nothing chosen is the last thirty days of all offices."""

    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date", "class": "short"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date", "class": "short"})
    )
    office = forms.ChoiceField(label=_("Office"), required=False)
    by = forms.ChoiceField(label=_("Told by"), required=False, choices=list(BY_WORDS.items()))

    def __init__(
        self, data: Mapping[str, Any], today: date, offices: list[str], *, told_by: bool = False
    ) -> None:
        """Take what was chosen, the day, the offices there are, and whether figures are told by something."""
        usual = {"since": (today - timedelta(days=_USUAL)).isoformat(), "until": today.isoformat()}
        chosen = {name: data.get(name) or usual.get(name, "") for name in ("since", "until", "office", "by")}
        chosen["by"] = chosen["by"] or "channel"
        super().__init__(chosen)
        self.fields["office"].choices = [("", _("All offices")), *((one, one) for one in offices)]
        if not told_by:
            del self.fields["by"]
        self.span = Span(today - timedelta(days=_USUAL), today)
        self.office = self.by = ""
        if self.is_valid():
            self.span = Span(self.cleaned_data["since"], self.cleaned_data["until"])
            self.office = self.cleaned_data["office"]
            self.by = self.cleaned_data.get("by", "")

    def clean(self) -> dict[str, Any]:
        """See that the days are in their order, and not more than can be told."""
        chosen: dict[str, Any] = super().clean() or {}
        since, until = chosen.get("since"), chosen.get("until")
        if since and until:
            if since > until:
                self.add_error("until", _("The last day is before the first."))
            elif (until - since).days > _LONGEST:
                self.add_error("since", _("At most ten years are told at once."))
        return chosen
