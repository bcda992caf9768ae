"""The app of the analyst's desk."""

from __future__ import annotations

from django.apps import AppConfig


class AnalystConfig(AppConfig):
    """Templates of the analyst's desk, and the command that rehearses a policy beside the pages."""

    name = "tidegate_web.desks.analyst"
    label = "analyst"
