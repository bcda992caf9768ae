"""Forms about people."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from tidegate_web.people.models import Organisation, Person, Role

_OF_TRADE = (Role.TRADER, Role.BROKER)
_NUMBER = re.compile(r"[A-Z0-9]{3,17}")


class PersonForm(forms.ModelForm):  # type: ignore[type-arg] - Django has no types of its own
    """A person, and for a trader or broker whom they work for."""

    operator = forms.CharField(
        label=_("Operator's number"),
        required=False,
        help_text=_("For traders and brokers: the number (EORI) of whom they work for."),
    )
    company = forms.CharField(label=_("Operator's name"), required=False, max_length=120)
    password = forms.CharField(
        label=_("First password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Leave it empty to keep the present one."),
    )

    class Meta:
        """Which fields, in their order."""

        model = Person
        fields: ClassVar[list[str]] = ["username", "name", "role", "office", "is_active"]
        labels: ClassVar[dict[str, Any]] = {"is_active": _("May sign in")}
        help_texts: ClassVar[dict[str, Any]] = {
            "username": _("What they sign in with: letters, digits and . _ -"),
            "office": _("For officers: the office they work at. Empty means every office."),
            "is_active": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation = self.instance.organisation
        if organisation is not None:
            self.fields["operator"].initial = organisation.operator
            self.fields["company"].initial = organisation.name

    def clean_operator(self) -> str:
        """Return the number in capitals; it is needed for a trader, and has letters and digits only."""
        number = self.cleaned_data["operator"].strip().upper()
        if self.cleaned_data.get("role") in _OF_TRADE and not number:
            raise forms.ValidationError(_("A trader or broker works for an operator: give its number."))
        if number and not _NUMBER.fullmatch(number):
            raise forms.ValidationError(_("A number has 3 to 17 letters and digits, as GB123456789000 has."))
        return number

    def clean_password(self) -> str:
        """Return the password; a new person needs one, and a weak one is not taken."""
        password = self.cleaned_data["password"]
        if not password and self.instance.pk is None:
            raise forms.ValidationError(_("A new person needs a first password."))
        if password:
            validate_password(password, Person(username=self.cleaned_data.get("username", "")))
        return str(password)

    def save(self, commit: bool = True) -> Person:  # noqa: FBT001, FBT002 - Django's own signature
        """Store the person and whom they work for."""
        person: Person = super().save(commit=False)
        number = self.cleaned_data["operator"]
        person.organisation = None
        if person.role in _OF_TRADE:
            person.organisation, _made = Organisation.objects.get_or_create(
                operator=number, defaults={"name": self.cleaned_data["company"] or number}
            )
        if self.cleaned_data["password"]:
            person.set_password(self.cleaned_data["password"])
        if commit:
            person.save()
        return person
