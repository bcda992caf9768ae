"""The app of the public pages."""

from __future__ import annotations

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Templates of the public pages."""

    name = "tidegate_web.public"
    label = "public"
