"""The addresses of the partners' door, below ``/exchange/v1/``."""

from __future__ import annotations

from django.urls import re_path

from tidegate_web.exchange.views import exchange

urlpatterns = [re_path(r"^exchange/v1/[a-z]+$", exchange)]
