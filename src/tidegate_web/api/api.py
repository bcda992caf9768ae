"""The API object: its routers, and how errors become problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from tidegate import __version__
from tidegate_web.answers import refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

api = NinjaAPI(
    title="Tidegate",
    version=__version__,
    description="Lodge declarations, hear what became of them, and ask what goods owe.",
    docs_url=None,
    urls_namespace="api-1",
)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = "; ".join(
        f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors
    )
    return refusal(request, 422, "invalid", f"The request is not as it should be: {places}"[:1000])


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return refusal(request, error.status_code, "refused", str(error))
