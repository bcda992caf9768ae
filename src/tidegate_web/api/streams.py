"""The endpoint of streams: notices as they are issued."""

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Header, Query, Router

from tidegate_web.access.guard import requires
from tidegate_web.api.documenting import documented
from tidegate_web.api.streaming import LONGEST_SECONDS, begin
from tidegate_web.rsgi import PACED

router = Router()


@router.get(
    "/stream",
    summary="What an operator is told, as it is told",
    openapi_extra=documented(str, media="text/event-stream"),
)
@requires("notices:read")
def stream(
    request: HttpRequest,
    cursor: int = Query(0, ge=0, le=2**62, description="Where to begin: the cursor of the last answer."),
    seconds: float = Query(LONGEST_SECONDS, ge=0, le=LONGEST_SECONDS, description="How long it lasts."),
    last_event_id: int | None = Header(
        None,
        alias="Last-Event-ID",
        ge=0,
        le=2**62,
        description="The last event's id, to go on after it.",
    ),
) -> StreamingHttpResponse:
    """Send notices as server-sent events, each with the cursor behind it as its id."""
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    start = cursor if last_event_id is None else last_event_id
    made = begin(client, start, seconds, paced=PACED in request.META)
    # Compressed, events would wait for one another.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    answer = StreamingHttpResponse(made, content_type="text/event-stream; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Accel-Buffering"] = "no"  # proxies that know it pass events on at once
    return answer
