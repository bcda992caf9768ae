"""The addresses of the partners' door, below ``/exchange/v1/``."""

from __future__ import annotations

from django.urls import path

from tidegate_web.exchange.views import exchange

urlpatterns = [path("exchange/v1/<slug:what>", exchange)]
