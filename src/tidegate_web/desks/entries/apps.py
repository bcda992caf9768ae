"""The app of the pages before arrival."""

from __future__ import annotations

from django.apps import AppConfig


class EntriesConfig(AppConfig):
    """Templates of the pages before arrival."""

    name = "tidegate_web.desks.entries"
    label = "entries"
