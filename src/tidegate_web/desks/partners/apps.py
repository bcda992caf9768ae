"""The app of the partners' pages."""

from __future__ import annotations

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Templates of the partners' pages."""

    name = "tidegate_web.desks.partners"
    label = "partners"
