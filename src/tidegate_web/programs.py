"""What programs ask goes a shorter way than pages: without sessions, cookies, languages and forms.

The views are the same. A program says who it is with every request, in a header; nothing of it is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.utils import translation
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.urls import ResolverMatch

# The addresses that programs ask; all others are pages of people.
_BELOW = ("/api/", "/customs/", "/notifications/", "/oauth/", "/exchange/")
_THEMSELVES = frozenset({"/health", "/ready", "/metrics"})


# Of the settings' middlewares, those that have to do with programs.
_MIDDLEWARES = (
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "tidegate_web.access.limits.RateHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)


def of_programs(path: str) -> bool:
    """Tell whether an address is one that programs ask."""
    return path in _THEMSELVES or path.startswith(_BELOW)


class Programs(BaseHandler):
    """Answers programs: the same views, behind fewer middlewares."""

    def __init__(self, told: Callable[[HttpRequest, Exception], HttpResponse | None]) -> None:
        """Take what answers an error that no view has answered."""
        self._view_middleware = []
        self._template_response_middleware = []
        self._exception_middleware = [told]
        answer = convert_exception_to_response(self._get_response)
        for path in reversed(_MIDDLEWARES):
            answer = convert_exception_to_response(import_string(path)(answer))
        self._middleware_chain = answer

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a program, in the language of the code: what people chose on pages stays with them."""
        translation.activate(settings.LANGUAGE_CODE)
        return self._middleware_chain(request)

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Return the view that the edge has found already."""
        found: ResolverMatch | None = getattr(request, "found", None)
        if found is None:
            return super().resolve_request(request)
        request.resolver_match = found
        return found
