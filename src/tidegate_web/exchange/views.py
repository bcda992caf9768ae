"""The partners' door as a Django view: one for all its addresses, since each request proves itself."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tidegate.exchange.signed import Request
from tidegate_web.exchange.door import PartnerDoor
from tidegate_web.node import node, now

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

_signed = ("content-type", "content-digest", "signature", "signature-input")
_lock = threading.Lock()
_doors: list[PartnerDoor] = []


def _clock() -> datetime:
    """Return the moment by the clock of this door, which a rehearsal sets wrong on purpose."""
    return now() + timedelta(seconds=getattr(settings, "CLOCK_AHEAD_SECONDS", 0))


def _door() -> PartnerDoor:
    with _lock:
        if not _doors:
            _doors.append(PartnerDoor(node(), _clock))
    return _doors[0]


@csrf_exempt  # partners are known by their signatures, not by cookies
def exchange(request: HttpRequest, what: str) -> HttpResponse:
    """Answer a request of another node."""
    del what  # the door reads the address that was signed
    headers = {name: value for name, value in request.headers.items() if name.lower() in _signed}
    url = request.build_absolute_uri(request.get_full_path())
    answer = _door().answer(Request(request.method or "", url, headers, request.body))
    response = HttpResponse(answer.body, status=answer.status_code)
    response["Content-Length"] = str(len(answer.body))
    for name, value in answer.headers.items():
        response[name] = value
    return response
