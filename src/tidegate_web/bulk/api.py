"""Uploads over the JSON API: begun, completed, followed; findings by row, and the result as a file.

Octets go to `PUT uploads/{upload}/octets`, see `octets.py`.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Router

from tidegate.clearance.bulk import KEPT_BACK, RESULT_COLUMNS, findings_of_rows, result_lines
from tidegate.node.bulk_spool import Begun, UploadRefusedError
from tidegate_web.access.guard import requires
from tidegate_web.api.documenting import documented
from tidegate_web.api.reading import body_of
from tidegate_web.api.writing import written
from tidegate_web.bulk.answers import (
    FindingsPage,
    RowFindings,
    UploadComplete,
    Uploads,
    UploadShown,
    UploadWanted,
)
from tidegate_web.bulk.uploads import check_taken, others, own, reading, refused, shown, spool
from tidegate_web.node import node, now
from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

router = Router()

_NAME_OCTETS = 16
_PAYMENT_METHODS = 1  # letters of a method of payment
_MOST_ROWS = 1_000


@router.post(
    "/uploads", summary="Begin an upload", openapi_extra=documented(UploadShown, 201, 409, body=UploadWanted)
)
@requires("bulk:write")
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an upload of rows of the reduced data set: CSV, Parquet or NDJSON. Then send its octets."""
    check_taken()
    wanted = body_of(request, UploadWanted)
    if len(wanted.payment_method) > _PAYMENT_METHODS:
        raise Refused(422, "invalid", "payment_method is one letter, or nothing.")
    begun = Begun(
        upload=secrets.token_hex(_NAME_OCTETS),
        declarant=_operator(request),
        format=wanted.format,
        begun=now(),
        payment_method=wanted.payment_method,
    )
    try:
        spool().begin(begun)
    except UploadRefusedError as error:
        raise refused(error) from None
    answer = written(shown(own(begun.upload, begun.declarant)), 201)
    answer["Location"] = f"/api/v1/bulk/uploads/{begun.upload}"
    return answer


@router.get("/uploads", summary="Your uploads", openapi_extra=documented(Uploads))
@requires("bulk:read")
def uploads(request: HttpRequest) -> HttpResponse:
    """Tell the operator's uploads: those coming in, then the others, the newest first."""
    coming = [shown(one) for one in spool().receiving(_operator(request))]
    known = {one.upload for one in coming}
    return written(Uploads((*coming, *others(_operator(request), known))))


@router.get("/uploads/{upload}", summary="How far an upload is", openapi_extra=documented(UploadShown))
@requires("bulk:read")
def status(request: HttpRequest, upload: str) -> HttpResponse:
    """Tell how far an upload is and what became of its rows; `offset` is where to go on sending."""
    return written(shown(own(upload, _operator(request))))


@router.post(
    "/uploads/{upload}/complete",
    summary="Say that all octets were sent",
    openapi_extra=documented(UploadShown, 202, 409, body=UploadComplete),
)
@requires("bulk:write")
def complete(request: HttpRequest, upload: str) -> HttpResponse:
    """Say that all octets were sent: customs reads the rows and decides. Said again, it changes nothing."""
    own(upload, _operator(request))
    told = body_of(request, UploadComplete)
    try:
        standing = spool().complete(upload, told.octets, now())
    except UploadRefusedError as error:
        raise refused(error) from None
    return written(shown(standing), 202)


@router.get(
    "/uploads/{upload}/findings",
    summary="What is wrong, row by row",
    openapi_extra=documented(FindingsPage),
)
@requires("bulk:read")
def findings(
    request: HttpRequest,
    upload: str,
    after: int = Query(0, ge=0, le=2**62, description="Begin behind this row."),
    limit: int = Query(100, ge=1, le=_MOST_ROWS, description="At most so many rows."),
) -> HttpResponse:
    """Tell the rows with findings, in their order, a page at a time."""
    own(upload, _operator(request))
    with reading() as read:
        found = findings_of_rows(read, node().journal, upload, after=after, limit=limit)
    rows = tuple(msgspec.convert(one, RowFindings) for one in found)
    return written(FindingsPage(rows, rows[-1].row if len(rows) == limit else None))


@router.get(
    "/uploads/{upload}/result",
    summary="The result of each row, as CSV",
    openapi_extra=documented(None, media="text/csv"),
)
@requires("bulk:read")
def result(request: HttpRequest, upload: str) -> HttpResponse | StreamingHttpResponse:
    """Give the result of each row that is decided on, as a CSV file; how rows were selected is not told."""
    own(upload, _operator(request))
    columns = [name for name in RESULT_COLUMNS if name not in KEPT_BACK]

    def lines() -> Iterator[bytes]:
        with reading() as read:
            yield from result_lines(read, node().journal, [upload], columns)

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{upload}.csv"'
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _operator(request: HttpRequest) -> str:
    operator: str = request.client.operator  # type: ignore[attr-defined] - put there by `requires`
    return operator
