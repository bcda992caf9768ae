"""The app of the trader's desk."""

from __future__ import annotations

from django.apps import AppConfig


class TraderConfig(AppConfig):
    """Drafts and templates of the trader's desk."""

    name = "tidegate_web.desks.trader"
    label = "trader"
