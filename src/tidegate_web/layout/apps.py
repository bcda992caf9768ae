"""The app of the layout."""

from __future__ import annotations

from django.apps import AppConfig


class LayoutConfig(AppConfig):
    """Templates and style of all pages."""

    name = "tidegate_web.layout"
    label = "layout"
