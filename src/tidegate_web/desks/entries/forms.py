"""What an officer writes down about goods announced before arrival."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate_web.desks.officer.forms import OutcomeForm, Seen


class EntryControlForm(Seen, OutcomeForm):
    """What a control for safety and security found."""

    undescribed: ClassVar[Any] = _("Say what was not as announced.")
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("conform", _("As announced")), ("irregular", _("Not as announced"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it was as announced.")},
    )
