"""Every address of the node."""

from __future__ import annotations

from django.urls import path

from tidegate_web.api.api import api
from tidegate_web.operation import health, metrics, ready

urlpatterns = [
    path("health", health),
    path("ready", ready),
    path("metrics", metrics),
    path("api/v1/", api.urls),
]
