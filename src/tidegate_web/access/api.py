"""The API by which an operator looks after itself: its credentials, and who may act for it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import rules
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from tidegate.journal import TablesMissingError, TablesOutdatedError, follow, tables
from tidegate.operators import (
    OperatorsReader,
    UnknownOperatorError,
    devices_of,
    grant_authorisation,
    granted_by,
    granted_to,
    operator_key,
    withdraw_authorisation,
)
from tidegate.operators.acting import authorisation_at
from tidegate_web.access import credentials, who
from tidegate_web.access.credentials import Made
from tidegate_web.access.forms import (
    Authorisations,
    AuthorisationWanted,
    Credentials,
    CredentialWanted,
    OperatorShown,
    Overlap,
    Recorded,
)
from tidegate_web.access.guard import requires
from tidegate_web.access.telling import told
from tidegate_web.api.documenting import documented
from tidegate_web.api.reading import body_of
from tidegate_web.api.writing import written
from tidegate_web.node import node, now

if TYPE_CHECKING:
    import apsw

router = Router(tags=["operator"])

_DIGITS = 16  # of a position


@router.get("/operator", summary="Who asks, as customs knows it", openapi_extra=documented(OperatorShown))
@requires("operator:admin")
@told
def operator(request: HttpRequest) -> HttpResponse:
    """Tell who asks, as customs knows it."""
    number = _number(request)
    found = who.standing(number)
    assert found is not None  # the guard lets nobody else in
    with closing(_read()) as read:
        devices = tuple(one.device for one in devices_of(read, number) if one.retired is None)
    return written(OperatorShown(number, found.name, found.roles, found.registered, devices))


@router.get("/credentials", summary="The operator's credentials", openapi_extra=documented(Credentials))
@requires("operator:admin")
def list_credentials(request: HttpRequest) -> HttpResponse:
    """List the operator's credentials, those that ended too."""
    return written(Credentials(tuple(credentials.shown_of(_number(request)))))


@router.post(
    "/credentials", summary="Make a credential", openapi_extra=documented(Made, 201, body=CredentialWanted)
)
@requires("operator:admin")
@told
def make_credential(request: HttpRequest) -> HttpResponse:
    """Make a credential, for no more than the asking one is for. Its secret is told this once."""
    wanted = body_of(request, CredentialWanted)
    credentials.check_within(wanted.scopes, request.client.scopes)
    asked = credentials.Wanted(
        scopes=wanted.scopes,
        kind=wanted.kind,
        purpose=wanted.purpose,
        device=wanted.device,
        days=wanted.days,
    )
    return written(credentials.make(_number(request), asked, now()), 201)


@router.post(
    "/credentials/{name}/rotate",
    summary="Make a credential in the place of another",
    openapi_extra=documented(Made, 201, body=Overlap),
)
@requires("operator:admin")
@told
def rotate_credential(request: HttpRequest, name: str) -> HttpResponse:
    """Make a credential in the place of another, which holds on for some hours."""
    overlap = timedelta(hours=body_of(request, Overlap).hours)
    own = request.client.scopes
    return written(credentials.rotate(_number(request), name, now(), overlap=overlap, own=own), 201)


@router.delete("/credentials/{name}", summary="End a credential", openapi_extra=documented(None, 204))
@requires("operator:admin")
@told
def revoke_credential(request: HttpRequest, name: str) -> HttpResponse:
    """End a credential at once, with all its tokens."""
    credentials.revoke(_number(request), name, now())
    return HttpResponse(status=204)


@router.get("/authorisations", summary="Who may act for whom", openapi_extra=documented(Authorisations))
@requires("authorisations:write")
def list_authorisations(
    request: HttpRequest,
    after: int = Query(-1, ge=-1, le=2**53),
    limit: int = Query(100, ge=1, le=1000),
) -> HttpResponse:
    """List who may act for the operator, and for whom it may act, as far as the tables have come."""
    number = _number(request)
    with closing(_read()) as read:
        granted, held = granted_by(read, number, after, limit), granted_to(read, number, after, limit)
    return written(Authorisations(tuple(granted), tuple(held)))


@router.post(
    "/authorisations",
    summary="Let another act for the operator",
    openapi_extra=documented(Recorded, 201, 409, body=AuthorisationWanted),
)
@requires("authorisations:write")
@told
def authorise(request: HttpRequest) -> HttpResponse:
    """Let another operator act for the asking one."""
    wanted, number = body_of(request, AuthorisationWanted), _number(request)
    position = grant_authorisation(
        node().journal,
        now(),
        operator_key(number),
        principal=number,
        representative=wanted.representative,
        representation=wanted.representation,
        procedures=wanted.procedures,
        start=wanted.start,
        until=wanted.until,
    )
    return written(Recorded(position), 201)


@router.delete(
    "/authorisations/{number}",
    summary="Withdraw an authorisation",
    openapi_extra=documented(Recorded, 200, 409),
)
@requires("authorisations:write")
@told
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw an authorisation that the operator granted, or give back one that it was granted."""
    given = (
        authorisation_at(node().journal, int(number))
        if number.isdecimal() and len(number) < _DIGITS
        else None
    )
    if given is None or not rules.test_rule("end_authorisation", request.client, given):
        raise UnknownOperatorError(f"You have neither granted nor been granted an authorisation {number}.")
    position = withdraw_authorisation(
        node().journal, now(), operator_key(_number(request)), number=int(number)
    )
    return written(Recorded(position))


def _number(request: HttpRequest) -> str:
    number: str = request.client.operator  # type: ignore[attr-defined] - put there by `requires`
    return number


def _read() -> apsw.Connection:
    """Return the tables of operators; where the follower has not made them yet, they are made."""
    held = node()
    try:
        return tables(OperatorsReader(), held.read_tables)
    except (TablesMissingError, TablesOutdatedError):
        follow(held.journal, OperatorsReader(), held.read_tables)
        return tables(OperatorsReader(), held.read_tables)
