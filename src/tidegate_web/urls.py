"""Every address of the node."""

from __future__ import annotations

from django.urls import include, path

from tidegate_web.api.api import api
from tidegate_web.operation import health, metrics, ready

urlpatterns = [
    path("health", health),
    path("ready", ready),
    path("metrics", metrics),
    path("api/v1/bulk/", include("tidegate_web.bulk.urls")),
    path("api/v1/", api.urls),
    path("", include("tidegate_web.access.urls")),
    path("", include("tidegate_web.door.urls")),
    path("", include("tidegate_web.desks.urls")),
    path("", include("tidegate_web.exchange.urls")),
]

handler404 = "tidegate_web.layout.problems.not_found"
handler500 = "tidegate_web.layout.problems.broken"
