"""What an operator is told: its notices from a cursor on, at once or as soon as there are any."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from tidegate.notices import Notice
from tidegate_web.access.guard import requires
from tidegate_web.api.answers import Notices, Told
from tidegate_web.api.documenting import documented
from tidegate_web.api.writing import written
from tidegate_web.conversations import conversation_of, name_of
from tidegate_web.hearing import MOST_WAITED, wait_for
from tidegate_web.hearing import notices as notices_of
from tidegate_web.node import node
from tidegate_web.notifying import lines_of

router = Router()


@router.get("", summary="What an operator is told", openapi_extra=documented(Notices))
@requires("notices:read")
def notices(
    request: HttpRequest,
    cursor: int = Query(0, ge=0, le=2**62, description="Where to begin: the cursor of the last answer."),
    limit: int = Query(50, ge=1, le=500),
    wait: float = Query(0, ge=0, le=MOST_WAITED, description="Seconds to wait where there are none yet."),
) -> HttpResponse:
    """Return notices in their order. Who asks with the last cursor misses none, and hears none twice."""
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    found = wait_for(wait, lambda: notices_of(client, cursor, limit), enough=bool)
    return written(Notices(tuple(told(one) for one in found), found[-1].position + 1 if found else cursor))


def told(notice: Notice) -> Told:
    """Return a notice as the API tells it."""
    held, act = node(), notice.act
    return Told(
        position=notice.position,
        conversation=str(name_of("conversation", conversation_of(held.journal, act), held.key)),
        occurred=notice.occurred,
        type=act.type,
        function=act.function,
        mrn=act.mrn,
        lrn=act.lrn,
        version=act.version,
        reference=act.reference,
        status=act.status,
        statement=act.statement,
        words=act.words,
        effective=act.effective,
        limit=act.limit,
        taxes=act.taxes if (lines := lines_of(held, act)) is None else lines,
        payable=act.payable,
        findings=act.findings,
        changes=act.changes,
    )
