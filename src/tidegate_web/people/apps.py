"""The app of people."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts of people and their organisations."""

    name = "tidegate_web.people"
    label = "people"
