"""Writing answers: objects as JSON, with as little as was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.http import HttpResponse

from tidegate_web.answers import refusal
from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest

_ENCODER = msgspec.json.Encoder(decimal_format="string")


def written(answer: Any, status: int = 200, *, fields: str | None = None) -> HttpResponse:
    """Return an object as the answer; ``fields`` names its parts, parted by commas, and leaves out the rest.

    Raises:
        Refused: there is no such part.
    """
    told: Any = answer
    if fields is not None:
        wanted = [name.strip() for name in fields.split(",") if name.strip()]
        known = [one.name for one in msgspec.structs.fields(answer)]
        unknown = [name for name in wanted if name not in known]
        if unknown or not wanted:
            text = f"fields: there is no {', '.join(unknown) or 'name'}. There are: {', '.join(known)}."
            raise Refused(422, "unknown_field", text)
        told = {name: getattr(answer, name) for name in wanted}
    made = HttpResponse(_ENCODER.encode(told), status=status, content_type="application/json")
    made["Cache-Control"] = "private, no-cache"
    return made


def refused(request: HttpRequest, no: Refused) -> HttpResponse:
    """Return the problem that a refusal is."""
    return refusal(request, no.status, no.code, str(no), findings=no.findings, retry_after=no.retry_after)
