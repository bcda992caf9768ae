"""Answers that say no: one problem, told in the form that who asks understands.

The JSON API tells problems as RFC 9457 (`application/problem+json`); the CDS endpoints as the XML, or on wish
the JSON, `errorResponse` of the published API. A problem has a code for programs and a text for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import msgspec
from django.http import HttpResponse
from django.shortcuts import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from tidegate.declarations.findings import Finding

TITLES = {
    400: "Bad request",
    401: "Not known",
    403: "Not allowed",
    404: "Not found",
    405: "Not a way to ask",
    406: "Not to be had in this form",
    408: "Too slow",
    409: "Conflict",
    411: "Length needed",
    413: "Too large",
    415: "Form not read",
    422: "Not to be done",
    429: "Too many",
    500: "Fault",
    503: "Busy",
}
# The codes of the published API; what is not there is told by the nearest.
VENDOR_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "ACCEPT_HEADER_INVALID",
    408: "REQUEST_TIMEOUT",
    409: "CONFLICT",
    411: "LENGTH_REQUIRED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "BAD_REQUEST",
    429: "MESSAGE_THROTTLED_OUT",
    500: "INTERNAL_SERVER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}
# The addresses that programs ask; all others are pages of people.
_OF_PROGRAMS = ("/api/", "/customs/", "/notifications", "/health", "/ready", "/metrics")
PROBLEM = "application/problem+json"
_ENCODER = msgspec.json.Encoder(decimal_format="string")


def refusal(
    request: HttpRequest,
    status: int,
    code: str,
    text: str,
    *,
    findings: Iterable[Finding] = (),
    retry_after: int | None = None,
) -> HttpResponse:
    """Return an answer that says no, in the form of the path that was asked.

    ``code`` is for programs (`unknown_consignment`), ``text`` for people, ``findings`` say where and why, and
    ``retry_after`` in how many seconds it is worth trying again.
    """
    if is_page(request):
        answer = render(request, "problem.html", {"status": status, "text": text}, status=status)
    elif not request.path.startswith(("/customs/", "/notifications")):
        answer = _problem(status, code, text, findings)
    elif "json" in request.headers.get("Accept", ""):
        answer = _vendor_json(status, text, findings)
    else:
        answer = _vendor_xml(status, text, findings)
    if status == 401:  # noqa: PLR2004 - a status of HTTP
        answer["WWW-Authenticate"] = 'Bearer realm="tidegate"'
    if retry_after is not None:
        answer["Retry-After"] = str(retry_after)
    answer["Cache-Control"] = "no-store"
    request.refusal_code = code  # type: ignore[attr-defined] - for the line in the log
    return answer


def is_page(request: HttpRequest) -> bool:
    """Tell whether who asks is a browser that shows a page to a person."""
    return not request.path.startswith(_OF_PROGRAMS) and "text/html" in request.headers.get("Accept", "")


def _problem(status: int, code: str, text: str, findings: Iterable[Finding]) -> HttpResponse:
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "code": code,
        "detail": text,
    }
    found = tuple(findings)
    if found:
        told["findings"] = found
    return HttpResponse(
        _ENCODER.encode(told),
        status=status,
        content_type=PROBLEM,
    )


def _vendor_json(status: int, text: str, findings: Iterable[Finding]) -> HttpResponse:
    told: dict[str, Any] = {"code": VENDOR_CODES.get(status, "BAD_REQUEST"), "message": text}
    errors = [{"code": one.code, "message": _located(one)} for one in findings]
    if errors:
        told["errors"] = errors
    return HttpResponse(msgspec.json.encode(told), status=status, content_type="application/json")


def _vendor_xml(status: int, text: str, findings: Iterable[Finding]) -> HttpResponse:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<errorResponse>",
        f"<code>{VENDOR_CODES.get(status, 'BAD_REQUEST')}</code>",
        f"<message>{_clean(text)}</message>",
    ]
    errors = [
        f"<error><code>{_clean(one.code)}</code><message>{_clean(_located(one))}</message></error>"
        for one in findings
    ]
    if errors:
        lines += ["<errors>", *errors, "</errors>"]
    lines.append("</errorResponse>")
    return HttpResponse("\n".join(lines), status=status, content_type="application/xml; charset=UTF-8")


def _located(finding: Finding) -> str:
    return f"{finding.location}: {finding.text}"


def _clean(text: str) -> str:
    """Return a text as XML may hold it."""
    return escape("".join(sign if sign.isprintable() else " " for sign in text))
