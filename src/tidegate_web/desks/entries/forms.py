"""What an officer writes down about goods announced before arrival."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate_web.desks.officer.forms import Seen

_LONGEST = 2_000


class EntryControlForm(Seen):
    """What a control for safety and security found."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("conform", _("As announced")), ("irregular", _("Not as announced"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it was as announced.")},
    )
    found = forms.CharField(
        label=_("What you found"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """See that what was not as announced is described."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("outcome") == "irregular" and not said.get("found", "").strip():
            self.add_error("found", _("Say what was not as announced."))
        return said
