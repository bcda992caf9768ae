"""How the node is: alive, ready, and in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tidegate.journal import JournalError
from tidegate_web.metrics import ENTRIES, REGISTRY, UNHEARD, WAITING
from tidegate_web.node import intake, node

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Tell that this process answers."""
    del request
    return JsonResponse({"status": "alive"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Tell whether declarations can be taken in: the journal answers, and customs is not too far behind."""
    del request
    try:
        size, lag = node().journal.size, intake().lag
    except JournalError as error:
        return JsonResponse({"status": "not ready", "code": error.code}, status=503)
    told = {"entries": size, "unheard": lag}
    if lag > node().configuration.max_lag:
        return JsonResponse({"status": "not ready", "code": "behind", **told}, status=503)
    return JsonResponse({"status": "ready", **told})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Tell the figures of this worker and of the journal, for Prometheus."""
    del request
    ENTRIES.set(node().journal.size)
    UNHEARD.set(intake().lag)
    WAITING.set(intake().waiting)
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
