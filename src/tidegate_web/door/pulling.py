"""Notifications, pulled: those not yet fetched, those that were, and those of one conversation.

A notification is named by the position of its act. What was fetched from the unpulled ones is then among the
pulled ones, for ever; a notification is nobody's but the operator's whom it tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tidegate.notices import xml_of
from tidegate_web.access.guard import requires
from tidegate_web.answers import refusal
from tidegate_web.conversations import conversation_of, name_of, position_of
from tidegate_web.door import pulled
from tidegate_web.hearing import notices, notices_about, notices_before
from tidegate_web.node import node
from tidegate_web.notifying import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from tidegate.notices import Notice
    from tidegate_web.access.guard import Client

_MOST = 1_000  # names in one list
_WHICH = ("unpulled", "pulled")


@require_safe
@requires("notices:read")
def listed(request: HttpRequest, which: str) -> HttpResponse:
    """List notifications: the oldest that were not pulled, or the last that were."""
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    if which == "unpulled":
        return _names(_unpulled(client), "unpulled")
    if which == "pulled":
        return _names(_pulled(client), "pulled")
    return _nothing(request, "There are /notifications/unpulled and /notifications/pulled.")


@require_safe
@requires("notices:read")
def one(request: HttpRequest, which: str, name: str) -> HttpResponse:
    """Return one notification; an unpulled one is then pulled."""
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    position = position_of("notification", name, node().key)
    found = None if position is None else next(iter(notices(client, position, 1)), None)
    if found is None or found.position != position or which not in _WHICH:
        return _nothing(request, "You have no notification of this name.")
    if pulled.is_pulled(client.operator, position) != (which == "pulled"):
        return _nothing(request, f"This notification is not among the {which} ones.")
    answer = _notification(found)
    if which == "unpulled" and request.method == "GET":
        pulled.mark(client.operator, position)
    return answer


@require_safe
@requires("notices:read")
def of_conversation(request: HttpRequest, conversation: str, which: str = "") -> HttpResponse:
    """List the notifications of one conversation: all, or those pulled or unpulled."""
    client = request.client  # type: ignore[attr-defined] - put there by `requires`
    position = position_of("conversation", conversation, node().key)
    if position is None or which not in ("", *_WHICH):
        return _nothing(request, "There is no such conversation.")
    journal = node().journal
    entry = next(iter(journal.read(position, 1)), None)
    mrn = next((key[4:] for key in entry.keys if key.startswith("mrn:")), "") if entry is not None else ""
    of_it = [one for one in notices_about(client, mrn) if conversation_of(journal, one.act) == position]
    lines = []
    for notice in of_it:
        state = "pulled" if pulled.is_pulled(client.operator, notice.position) else "unpulled"
        if which in ("", state):
            lines.append(_address(notice, state))
    return JsonResponse({"notifications": lines})


def _unpulled(client: Client) -> list[Notice]:
    """Return the oldest notices that were not pulled, and move the mark before which all were."""
    start = cursor = pulled.mark_of(client.operator)
    fetched = pulled.after(client.operator, start)
    found: list[Notice] = []
    while len(found) < _MOST:
        page = notices(client, cursor, _MOST)
        if not page:
            break
        found += [one for one in page if one.position not in fetched]
        cursor = page[-1].position + 1
    reached = found[0].position if found else cursor
    if reached > start:
        pulled.move_mark(client.operator, reached)
    return found[:_MOST]


def _pulled(client: Client) -> list[Notice]:
    """Return the last notices that were pulled, oldest first."""
    mark = pulled.mark_of(client.operator)
    fetched = pulled.after(client.operator, mark)
    later = [one for one in notices(client, mark, _MOST) if one.position in fetched]
    return [*notices_before(client, mark, _MOST - min(len(later), _MOST)), *later]


def _names(found: Iterable[Notice], which: str) -> HttpResponse:
    return JsonResponse({"notifications": [_address(notice, which) for notice in found]})


def _address(notice: Notice, which: str) -> str:
    return f"/notifications/{which}/{name_of('notification', notice.position, node().key)}"


def _notification(notice: Notice) -> HttpResponse:
    held = node()
    told = xml_of(
        notice.act, notice.occurred, lines_of(held, notice.act), country=held.administration.country
    )
    answer = HttpResponse(told, content_type="application/xml; charset=UTF-8")
    answer["X-Conversation-ID"] = str(
        name_of("conversation", conversation_of(held.journal, notice.act), held.key)
    )
    return answer


def _nothing(request: HttpRequest, text: str) -> Any:
    return refusal(request, 404, "not_found", text)
