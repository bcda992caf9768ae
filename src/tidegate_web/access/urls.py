"""The addresses at which credentials become tokens."""

from __future__ import annotations

from django.urls import path

from tidegate_web.access.oauth import revoke, token

urlpatterns = [
    path("oauth/token", token),
    path("oauth/revoke", revoke),
]
