"""The API object: its routers, and how errors become problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja.errors import HttpError, ValidationError

from tidegate import __version__
from tidegate.clearance import RefusedActError
from tidegate_web.access.api import router as access
from tidegate_web.answers import refusal
from tidegate_web.api.declarations import router as declarations
from tidegate_web.api.documenting import Described
from tidegate_web.api.documents import router as documents
from tidegate_web.api.entries import router as entries
from tidegate_web.api.notices import router as notices
from tidegate_web.api.standing import router as standing
from tidegate_web.api.streams import router as streams
from tidegate_web.api.tariff import router as tariff
from tidegate_web.api.writing import refused
from tidegate_web.bulk.api import router as bulk
from tidegate_web.taking import STATUSES, Refused
from tidegate_web.webhooks.api import router as webhooks

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_LONGEST = 1_000

api = Described(
    title="Tidegate",
    version=__version__,
    description="Lodge declarations, hear what became of them, and ask what goods owe.",
    docs_url=None,
    urls_namespace="api-1",
)
api.add_router("/declarations", declarations, tags=["declarations"])
api.add_router("/declarations", standing, tags=["declarations"])
api.add_router("/declarations", documents, tags=["declarations"])
api.add_router("/entries", entries, tags=["entries"])
api.add_router("/notices", notices, tags=["notices"])
api.add_router("/notices", streams, tags=["notices"])
api.add_router("/tariff", tariff, tags=["tariff"])
api.add_router("/bulk", bulk, tags=["bulk"])
api.add_router("", access)
api.add_router("", webhooks)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = "; ".join(f"{_place(one)}: {one['msg']}" for one in error.errors)
    return refusal(request, 422, "invalid", f"The request is not as it should be: {places}"[:_LONGEST])


@api.exception_handler(HttpError)
def _not_to_be_had(request: HttpRequest, error: HttpError) -> HttpResponse:
    return refusal(request, error.status_code, "refused", str(error))


@api.exception_handler(Refused)
def _refused(request: HttpRequest, no: Refused) -> HttpResponse:
    return refused(request, no)


@api.exception_handler(RefusedActError)
def _refused_act(request: HttpRequest, error: RefusedActError) -> HttpResponse:
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 422)
    return refusal(request, status, error.code, str(error))


def _place(error: dict[str, object]) -> str:
    places = error.get("loc") or ()
    assert isinstance(places, tuple | list)
    return ".".join(str(part) for part in places[1:]) or "body"
