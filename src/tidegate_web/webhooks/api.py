"""The API by which an operator looks after its webhooks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from tidegate_web.access.guard import requires
from tidegate_web.access.telling import told
from tidegate_web.api.documenting import documented
from tidegate_web.api.reading import body_of
from tidegate_web.api.writing import written
from tidegate_web.node import node, now
from tidegate_web.webhooks import subscriptions
from tidegate_web.webhooks.forms import (
    Again,
    AgainSaid,
    DeadLetters,
    Secret,
    WebhookMade,
    Webhooks,
    WebhookWanted,
)

router = Router(tags=["webhooks"])


@router.get("/webhooks", summary="Where notices are pushed to", openapi_extra=documented(Webhooks))
@requires("webhooks:write")
def list_webhooks(request: HttpRequest) -> HttpResponse:
    """List the operator's webhooks and how they fare."""
    return written(Webhooks(tuple(subscriptions.webhooks_of(_number(request)))))


@router.post(
    "/webhooks", summary="Have notices pushed", openapi_extra=documented(WebhookMade, 201, body=WebhookWanted)
)
@requires("webhooks:write")
@told
def subscribe(request: HttpRequest) -> HttpResponse:
    """Have the operator's notices pushed to an address, signed with a secret that is told this once."""
    wanted = body_of(request, WebhookWanted)
    start = node().journal.size if wanted.cursor is None else wanted.cursor
    made, secret = subscriptions.subscribe(_number(request), wanted.url, wanted.form, now(), start=start)
    return written(WebhookMade(made, secret), 201)


@router.delete("/webhooks/{name}", summary="End a webhook", openapi_extra=documented(None, 204))
@requires("webhooks:write")
@told
def unsubscribe(request: HttpRequest, name: str) -> HttpResponse:
    """End a webhook: nothing more is pushed to it."""
    subscriptions.unsubscribe(_number(request), name, now())
    return HttpResponse(status=204)


@router.post(
    "/webhooks/{name}/secret", summary="Renew the secret of a webhook", openapi_extra=documented(Secret)
)
@requires("webhooks:write")
@told
def renew_secret(request: HttpRequest, name: str) -> HttpResponse:
    """Give a webhook another secret; from now on its pushes are signed with that."""
    return written(Secret(subscriptions.renew_secret(_number(request), name)))


@router.get(
    "/webhooks/{name}/dead", summary="What a receiver would not take", openapi_extra=documented(DeadLetters)
)
@requires("webhooks:write")
@told
def dead_letters(
    request: HttpRequest,
    name: str,
    after: int = Query(-1, ge=-1, le=2**53),
    limit: int = Query(100, ge=1, le=1000),
) -> HttpResponse:
    """List the notices that a receiver would not take, and why."""
    return written(DeadLetters(tuple(subscriptions.dead_letters(_number(request), name, after, limit))))


@router.post(
    "/webhooks/{name}/again",
    summary="Send dead letters again",
    openapi_extra=documented(AgainSaid, body=Again),
)
@requires("webhooks:write")
@told
def send_again(request: HttpRequest, name: str) -> HttpResponse:
    """Have dead letters sent again."""
    positions = body_of(request, Again).positions
    return written(AgainSaid(subscriptions.send_again(_number(request), name, now(), positions)))


def _number(request: HttpRequest) -> str:
    number: str = request.client.operator  # type: ignore[attr-defined] - put there by `requires`
    return number
