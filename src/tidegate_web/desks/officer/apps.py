"""The app of the officer's desk."""

from __future__ import annotations

from django.apps import AppConfig


class OfficerConfig(AppConfig):
    """Templates of the officer's desk."""

    name = "tidegate_web.desks.officer"
    label = "officer"
