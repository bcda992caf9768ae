"""Accounts of people: rows of web.db, never of the journal, where a person is a pseudonym."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is here. Each has one main job, and a first page of its own."""

    TRADER = "trader", _("Trader")
    BROKER = "broker", _("Broker")
    OFFICER = "officer", _("Officer")
    SUPERVISOR = "supervisor", _("Supervisor")
    ANALYST = "analyst", _("Risk analyst")
    DIRECTOR = "director", _("Director")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Organisation(models.Model):
    """Whom a person works for: an operator by its number, or the administration itself, which has none."""

    name = models.CharField(_("name"), max_length=120)
    operator = models.CharField(_("operator's number"), max_length=64, blank=True, db_index=True)

    class Meta:
        """Which app's it is."""

        app_label = "people"
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        """Return how it is spoken of."""
        return self.name


class Person(AbstractUser):
    """Somebody who signs in. ``office`` is where an officer works; blank means every office.

    ``role`` is blank where the administration's sign-in took it away. ``sessions_ended`` counts how often all
    sessions of the person were ended: it is part of what a session is known by.
    """

    first_name = None  # type: ignore[assignment] - one name, as people write it themselves
    last_name = None  # type: ignore[assignment] - as above
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role)
    office = models.CharField(_("office"), max_length=35, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("organisation")
    )
    sessions_ended = models.PositiveIntegerField(default=0)

    class Meta:
        """Which app's it is."""

        app_label = "people"
        ordering: ClassVar[list[str]] = ["username"]

    def __str__(self) -> str:
        """Return how the person is addressed."""
        return self.name or self.username

    def get_full_name(self) -> str:
        """Return the person's name, as Django asks for it."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the person's name, as Django asks for it."""
        return str(self)

    def get_session_auth_hash(self) -> str:
        """Return what a session is known by: it ends with a new password, and when all are ended."""
        return str(super().get_session_auth_hash()) + f".{self.sessions_ended}"

    def end_sessions(self) -> None:
        """End every session of the person, wherever it is."""
        type(self).objects.filter(pk=self.pk).update(sessions_ended=models.F("sessions_ended") + 1)
        self.refresh_from_db(fields=["sessions_ended"])

    @property
    def operator(self) -> str:
        """The number of the operator the person works for; empty for people of the administration."""
        return self.organisation.operator if self.organisation is not None else ""
