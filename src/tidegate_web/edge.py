"""The edge: what every request passes. It names the request, bounds its body, times it and tells of it.

The server has read what fits into a message before a thread is given to its request (see `arriving`). Views
that take in more say so with `view.streams = True`, and read in parts themselves.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from io import BytesIO
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import DisallowedHost, PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.urls import Resolver404, resolve

from tidegate.journal.tables import TablesMissingError, TablesOutdatedError
from tidegate.node import BusyError
from tidegate_web.answers import refusal
from tidegate_web.bodies import BodyError, read_body
from tidegate_web.metrics import OCTETS, REQUESTS, SECONDS
from tidegate_web.programs import Programs, of_programs

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_LOG = logging.getLogger("tidegate.door")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_QUIET = ("/health", "/ready", "/metrics")


class Edge:
    """The outermost middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._of_pages = get_response
        self._of_programs = Programs(self.process_exception).answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass a request on, unless its body is not to be had; name, time and tell of it."""
        began = time.perf_counter()
        said = request.headers.get("X-Request-ID", "")
        request_id = said if _REQUEST_ID.fullmatch(said) else str(uuid.uuid4())
        request.id = request_id  # type: ignore[attr-defined] - for views and the log
        answer = self._bounded(request)
        answer["X-Request-ID"] = request_id
        answer.setdefault("X-Content-Type-Options", "nosniff")
        self._tell(request, answer, time.perf_counter() - began)
        return answer

    def _bounded(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return refusal(request, 400, "unknown_host", "This node is not called by that name.")
        answering = self._of_programs if of_programs(request.path_info) else self._of_pages
        try:
            found = resolve(request.path_info)
        except Resolver404:
            return answering(request)
        request.found = found  # type: ignore[attr-defined] - so that it need not be looked for twice
        if not getattr(found.func, "streams", False):
            try:
                body = read_body(request, settings.CONFIGURATION)
            except BodyError as error:
                answer = refusal(request, error.status, error.code, str(error), retry_after=error.retry_after)
                answer["Connection"] = "close"
                return answer
            request._body = body  # noqa: SLF001 - where Django keeps what it has read
            request._stream = BytesIO(body)  # noqa: SLF001 - as above, for forms
        return answering(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer an error that no view has answered; its text stays here."""
        if isinstance(error, Http404 | PermissionDenied | SuspiciousOperation):
            return None  # said by a view on purpose; Django answers them
        if isinstance(error, BusyError):
            return refusal(request, 503, error.code, str(error), retry_after=error.retry_after)
        if isinstance(error, TablesMissingError | TablesOutdatedError):
            text = "The tables that this is read from are being made. Come again in a moment."
            return refusal(request, 503, error.code, text, retry_after=2)
        _LOG.error("unforeseen", exc_info=error, extra={"request_id": request.id})  # type: ignore[attr-defined] - set above
        return refusal(
            request, 500, "fault", "Something is wrong here, not with what you sent. Try again later."
        )

    def _tell(self, request: HttpRequest, answer: HttpResponse, seconds: float) -> None:
        match = getattr(request, "resolver_match", None)
        route = match.route if match is not None else "unknown"
        REQUESTS.labels(route, request.method, answer.status_code).inc()
        SECONDS.labels(route).observe(seconds)
        OCTETS.inc(len(getattr(request, "_body", b"")))
        if request.path in _QUIET:
            return
        client = getattr(request, "client", None)
        _LOG.info(
            "answered",
            extra={
                "request_id": request.id,  # type: ignore[attr-defined] - set above
                "method": request.method,
                "route": route,
                "status": answer.status_code,
                "milliseconds": round(seconds * 1000, 1),
                "client": client.id if client is not None else None,
                "code": getattr(request, "refusal_code", None),
            },
        )
