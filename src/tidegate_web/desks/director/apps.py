"""The app of the director's desk."""

from __future__ import annotations

from django.apps import AppConfig


class DirectorConfig(AppConfig):
    """Templates, plots and the plotting library of the director's desk."""

    name = "tidegate_web.desks.director"
    label = "director"
