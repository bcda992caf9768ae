"""The endpoints of submission: submit, amend, cancel, notify of arrival. 202: it is in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tidegate_web.access.guard import requires
from tidegate_web.answers import refusal
from tidegate_web.conversations import name_of
from tidegate_web.door.forms import check_accept, check_content, check_sender
from tidegate_web.node import node
from tidegate_web.taking import Refused, read, take

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


def _endpoint(kind: str, summary: str) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view that takes messages of a kind in."""

    @csrf_exempt
    @requires("declarations:write")
    def taken_in(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            answer = refusal(request, 405, "method", "Send the message with POST.")
            answer["Allow"] = "POST"
            return answer
        client = request.client  # type: ignore[attr-defined] - put there by `requires`
        try:
            check_accept(request)
            check_content(request)
            check_sender(request, client)
            done = take(read(request.body, (kind,)), request.body, client)
        except Refused as no:
            return refused(request, no)
        answer = HttpResponse(status=202)
        answer["X-Conversation-ID"] = str(name_of("conversation", done.received.positions[0], node().key))
        return answer

    taken_in.__doc__ = summary
    return taken_in


def refused(request: HttpRequest, no: Refused) -> HttpResponse:
    """Return the answer of a message that was not taken in."""
    return refusal(request, no.status, no.code, str(no), findings=no.findings, retry_after=no.retry_after)


submit = _endpoint("declaration", "Submit a declaration.")
amend = _endpoint("amendment", "Ask to amend a declaration.")
cancel = _endpoint("cancellation", "Ask to cancel a declaration.")
arrive = _endpoint("arrival", "Notify of the arrival of a declaration's goods.")
