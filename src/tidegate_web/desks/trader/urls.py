"""The addresses of the trader's desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "trader"
urlpatterns: list[URLPattern] = []
