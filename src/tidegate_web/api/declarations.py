"""Declarations over JSON: lodged, amended, ended, arrived; how they stand, what happened, and its proof.

A declaration is WCO XML, or the same values as JSON; the Content-Type says which. The answer to a lodging is
202 once it is durable, and 200 where customs answered within the seconds that `wait` gives.
"""

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router

from tidegate.acts import DeclarationAssessed, DeclarationRejected
from tidegate.clearance import acts_about, consignment_now
from tidegate.declarations.declaration import Amendment, Declaration
from tidegate.declarations.findings import Finding
from tidegate.declarations.goods import AdditionalInformation
from tidegate.declarations.json_form import to_json
from tidegate.declarations.messages import Message
from tidegate_web.access.guard import requires
from tidegate_web.api.answers import Arrival, Invalidation, Receipt
from tidegate_web.api.documenting import documented
from tidegate_web.api.reading import body_of, check_media
from tidegate_web.api.writing import written
from tidegate_web.conversations import name_of
from tidegate_web.hearing import MOST_WAITED, wait_for
from tidegate_web.node import node
from tidegate_web.taking import Refused, Taken, read, take

router = Router()

_MEDIA = ("application/json", "application/xml")
_REQUEST = "13"  # WCO function code: a request about a declaration that is there


@router.post(
    "", summary="Lodge a declaration", openapi_extra=documented(Receipt, 202, 409, also=(200,), bodies=_MEDIA)
)
@requires("declarations:write")
def lodge(
    request: HttpRequest,
    wait: float = Query(0, ge=0, le=MOST_WAITED, description="Seconds to wait for customs' answer."),
    idempotency_key: str = Header(
        "",
        alias="Idempotency-Key",
        max_length=64,
        pattern=r"^[A-Za-z0-9._:-]*$",
        description="A name for this lodging.",
    ),
) -> HttpResponse:
    """Lodge a declaration, as JSON or XML. The same octets again lodge nothing more."""
    check_media(request, _MEDIA)
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    done = take(read(request.body, ("declaration",)), request.body, client, once=idempotency_key)
    return _receipt(done, wait)


@router.post(
    "/{mrn}/amendment",
    summary="Ask to amend a declaration",
    openapi_extra=documented(Receipt, 202, 409, also=(200,), bodies=_MEDIA),
)
@requires("declarations:write")
def amend(request: HttpRequest, mrn: str, wait: float = Query(0, ge=0, le=MOST_WAITED)) -> HttpResponse:
    """Ask for changes, as the WCO request that names them by pointers (type COR)."""
    check_media(request, _MEDIA)
    message = read(request.body, ("amendment",))
    _check_number(message, mrn)
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    return _receipt(take(message, request.body, client), wait)


@router.post(
    "/{mrn}/invalidation",
    summary="Ask to end a declaration",
    openapi_extra=documented(Receipt, 202, 409, also=(200,), body=Invalidation),
)
@requires("declarations:write")
def invalidate(request: HttpRequest, mrn: str, wait: float = Query(0, ge=0, le=MOST_WAITED)) -> HttpResponse:
    """Ask to have a declaration ended, with a reason."""
    asked = body_of(request, Invalidation)
    said = Declaration(
        function_code=_REQUEST,
        functional_reference_id=asked.reference,
        id=mrn,
        type_code="INV",
        additional_information=(AdditionalInformation(statement_description=asked.words or None),),
        amendment=(Amendment(change_reason_code=asked.reason),),
    )
    return _about(request, said, wait)


@router.post(
    "/{mrn}/arrival",
    summary="Tell that the goods have arrived",
    openapi_extra=documented(Receipt, 202, 409, also=(200,), body=Arrival),
)
@requires("declarations:write")
def arrive(request: HttpRequest, mrn: str, wait: float = Query(0, ge=0, le=MOST_WAITED)) -> HttpResponse:
    """Tell customs that the goods of a pre-lodged declaration are there."""
    asked = body_of(request, Arrival)
    said = Declaration(
        function_code=_REQUEST, functional_reference_id=asked.reference, id=mrn, type_code="GPR"
    )
    return _about(request, said, wait)


def _about(request: HttpRequest, said: Declaration, wait: float) -> HttpResponse:
    body = to_json(said)
    message = read(body, (said.request,))
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    return _receipt(take(message, body, client), wait)


def _check_number(message: Message, mrn: str) -> None:
    said = message.declaration.id if message.declaration is not None else None
    if said != mrn:
        text = f"The request names {said or 'no declaration'} in ID, and was sent about another."
        raise Refused(422, "other_number", text)


def _receipt(done: Taken, wait: float) -> HttpResponse:
    """Return the receipt of a message that was taken in, having waited as long as was asked."""
    mrn, position = done.received.mrn, done.received.positions[0]
    assert mrn is not None
    consignment = wait_for(
        wait,
        lambda: consignment_now(node().journal, mrn)[0],
        enough=lambda now: now.state not in ("received", "accepted") and not now.requests,
    )
    decided = consignment.state != "received" and not consignment.requests
    receipt = Receipt(
        mrn=mrn,
        position=position,
        conversation=str(name_of("conversation", position, node().key)),
        state=consignment.state,
        repeated=done.received.repeated,
        findings=_findings(mrn) if decided and wait > 0 else (),
    )
    answer = written(receipt, 200 if decided and wait > 0 else 202)
    answer["Location"] = f"/api/v1/declarations/{mrn}"
    return answer


def _findings(mrn: str) -> tuple[Finding, ...]:
    """Return what customs found wrong with a declaration when it last answered."""
    found: tuple[Finding, ...] = ()
    for _, act in acts_about(node().journal, mrn):
        if isinstance(act, DeclarationRejected | DeclarationAssessed):
            found = act.findings
    return found
