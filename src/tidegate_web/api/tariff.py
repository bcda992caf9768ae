"""The tariff, asked: what a code is, what applies to it, what goods would owe, what would make it less."""

from datetime import date
from typing import TYPE_CHECKING

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from tidegate.node.enquiring import Desk
from tidegate.node.explaining import explained
from tidegate.node.schedules import NoScheduleError, Schedules
from tidegate.tariff.advice import Advice
from tidegate.tariff.applying import Applying, applying
from tidegate.tariff.enquiries import Answer, Enquiry, read_enquiry
from tidegate.tariff.nomenclature import Explanation, digits
from tidegate_web.access.guard import requires
from tidegate_web.api.documenting import documented
from tidegate_web.api.reading import check_media
from tidegate_web.api.writing import written
from tidegate_web.node import node, now
from tidegate_web.public.held import found
from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from tidegate.declarations.findings import Finding

router = Router()

_FEWEST = 2  # characters of a search
_ON = Query(None, description="The day asked about; today, if not given.")


class Explained(msgspec.Struct, frozen=True):
    """What a code is, by the schedule that has it, and the measures that may apply to its goods on a day."""

    on: date
    explanation: Explanation
    measures: list[Applying]


class Row(msgspec.Struct, frozen=True):
    """A code that was found: what it is, and what stands above it, from chapter to heading."""

    code: str
    description: str
    above: str
    units: tuple[str, ...]


class Rows(msgspec.Struct, frozen=True):
    """The codes that words lead to on a day, the nearest first."""

    on: date
    codes: tuple[Row, ...]


@router.get("/search", summary="Which codes words lead to", openapi_extra=documented(Rows))
@requires("tariff:read")
def search(
    request: HttpRequest,
    q: str = Query("", max_length=200, description="Words, or a code's first digits; 2 characters or more."),
    on: date | None = _ON,
    limit: int = Query(20, ge=1, le=100),
) -> HttpResponse:
    """Find codes by words of their descriptions, or by their first digits."""
    del request
    if len(q.strip()) < _FEWEST:
        raise Refused(422, "invalid", f"q: say what to search for, in {_FEWEST} characters or more.")
    day = on or now().date()
    rows = (Row(one.code, one.description, above, one.units) for one, above in found(q, day, limit))
    return written(Rows(day, tuple(rows)))


@router.get("/codes/{code}", summary="What a commodity code is", openapi_extra=documented(Explained))
@requires("tariff:read")
def code(
    request: HttpRequest,
    code: str,
    on: date | None = _ON,
    fields: str | None = Query(None, max_length=500),
) -> HttpResponse:
    """Explain a code: its path, units and notes, its rates in words, and the measures that apply."""
    del request
    day = on or now().date()
    plain = digits(code)
    if not plain.isdigit() or not plain.isascii() or len(plain) > 12:  # noqa: PLR2004 - no code is longer
        raise Refused(
            422, "no_code", f"{code[:40]!r} is no commodity code: 2 to 12 digits, points between them."
        )
    held = node()
    try:
        explanation = explained(Schedules(held.journal), code, None, day)
    except NoScheduleError as error:
        raise Refused(404, error.code, str(error)) from None
    if not explanation.path:
        raise Refused(404, "unknown_code", f"{code} is no code: {explanation.missing}")
    measures = applying(plain, day, held.administration.terms.tariff)
    return written(Explained(day, explanation, measures), fields=fields)


@router.post("/duty", summary="What goods would owe", openapi_extra=documented(Answer, body=Enquiry))
@requires("tariff:read")
def duty(request: HttpRequest) -> HttpResponse:
    """Work out the duties and taxes on a line of goods that nobody has declared yet."""
    enquiry = _enquiry(request)
    return written(next(Desk(node()).answer([enquiry])))


@router.post("/advice", summary="What would make it less", openapi_extra=documented(Advice, body=Enquiry))
@requires("tariff:read")
def advice(request: HttpRequest) -> HttpResponse:
    """Advise on a line of goods: its cost, which preference would help, what proof and papers it takes."""
    return written(Desk(node()).advise(_enquiry(request)))


def _enquiry(request: HttpRequest) -> Enquiry:
    check_media(request, ("application/json",))
    read: Enquiry | Finding = read_enquiry(request.body)
    if isinstance(read, Enquiry):
        return read
    raise Refused(422, "invalid", read.text, (read,))
