"""What was refused, counted and logged without personal data: day, route, code and credential."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from prometheus_client import Counter

from tidegate_web.access.limits import counters, today
from tidegate_web.metrics import REGISTRY

if TYPE_CHECKING:
    from django.http import HttpRequest

_LOG = logging.getLogger("tidegate.access")
REFUSED = Counter("tidegate_refused", "Requests refused at the door.", ("route", "code"), registry=REGISTRY)


def note(request: HttpRequest, status: int, code: str, client: str = "") -> None:
    """Note a refusal: of which route, why, and of which credential, by its prefix."""
    match = request.resolver_match
    route = match.route if match is not None else "unknown"
    REFUSED.labels(route, code).inc()
    counters().note_refusal(today(), route, code, client)
    _LOG.warning(
        "refused",
        extra={
            "request_id": getattr(request, "id", None),
            "method": request.method,
            "route": route,
            "status": status,
            "client": client or None,
            "code": code,
        },
    )
