"""The content security policy: a page loads what this node serves, and runs nothing but its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
POLICY = "; ".join(f"{kind} {sources}" for kind, sources in _SOURCES.items())
_PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=()"


class ContentSecurityPolicy:
    """Sets the policy on every answer that is a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, and set the policy."""
        answer = self._get_response(request)
        if answer.get("Content-Type", "").startswith("text/html"):
            answer.setdefault("Content-Security-Policy", POLICY)
            answer.setdefault("Permissions-Policy", _PERMISSIONS)
        return answer
