"""Forms about people."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.conf import settings
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
        help_text=_("At least 12 characters."),
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
        if self.instance.pk is not None:
            # Acts have it as their author: who was signed in under a name stays under that name.
            self.fields["username"].disabled = True
            self.fields["username"].help_text = _("It stays as it is: acts have it as their author.")
            self.fields["password"].label = _("New password")
            self.fields["password"].help_text = _(
                "At least 12 characters. Leave it empty to keep the present one."
            )
        organisation = self.instance.organisation
        if organisation is not None:
            self.fields["operator"].initial = organisation.operator
            self.fields["company"].initial = organisation.name

    def clean_username(self) -> str:
        """Return the account's name; no two differ in capitals alone, for one signs in with either."""
        name = str(self.cleaned_data["username"])
        if Person.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is an account of this name already."))
        return name

    def clean_operator(self) -> str:
        """Return the number in capitals; it is needed for a trader, and has letters and digits only."""
        number = self.cleaned_data["operator"].strip().upper()
        if self.cleaned_data.get("role") in _OF_TRADE and not number:
            raise forms.ValidationError(_("A trader or broker works for an operator: give its number."))
        if number and not _NUMBER.fullmatch(number):
            raise forms.ValidationError(_("A number has 3 to 17 letters and digits, as GB123456789000 has."))
        return number

    def clean_password(self) -> str:
        """Return the password; a new person needs one, and a weak one is not taken.

        Where people may sign in with the administration's own sign-in, who has no password does so.
        """
        password = self.cleaned_data["password"]
        with_password = settings.CONFIGURATION.people_sign_in == "password"
        if not password and self.instance.pk is None and with_password:
            raise forms.ValidationError(_("A new person needs a first password."))
        if password:
            validate_password(password, Person(username=self.cleaned_data.get("username", "")))
        return str(password)

    def clean(self) -> dict[str, Any]:
        """Return what was said; the last administrator stays one, for else nobody could make another."""
        said = super().clean() or {}
        stays = said.get("role") == Role.ADMINISTRATOR and said.get("is_active")
        others = Person.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=self.instance.pk)
        if self.initial.get("role") == Role.ADMINISTRATOR and not stays and not others.exists():
            raise forms.ValidationError(
                _("This is the last administrator. Make another one first, then change this account.")
            )
        return said

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
        elif person.pk is None:
            person.set_unusable_password()
        if commit:
            person.save()
        return person


class FindForm(forms.Form):
    """Which people are listed."""

    q = forms.CharField(label=_("Name, account or operator"), required=False, max_length=120)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("All")), *Role.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("open", _("May sign in")),
            ("closed", _("Closed")),
            ("without", _("No second factor")),
            ("never", _("Never signed in")),
        ],
    )


class LookedForm(forms.Form):
    """Which looks are listed: at what, by whom, on which days."""

    subject = forms.CharField(
        label=_("At what"),
        required=False,
        max_length=140,
        help_text=_("A consignment's MRN, or another number as it stands in the list."),
    )
    person = forms.CharField(
        label=_("By whom"), required=False, max_length=150, help_text=_("The account's name.")
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        """Return what was chosen; a span does not end before it begins."""
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one."))
        return said
