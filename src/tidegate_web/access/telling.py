"""From errors about operators, credentials and webhooks to answers."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from tidegate.operators import (
    AlreadySoError,
    OperatorOvertakenError,
    OperatorRefusedError,
    UnknownOperatorError,
)
from tidegate_web.access.credentials import BeyondError, CredentialError, UnknownCredentialError
from tidegate_web.access.scopes import UnknownScopeError
from tidegate_web.answers import refusal
from tidegate_web.webhooks.addresses import AddressError
from tidegate_web.webhooks.subscriptions import UnknownWebhookError, WebhookError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

_ERRORS = (OperatorRefusedError, CredentialError, UnknownScopeError, AddressError, WebhookError)
_STATUSES: dict[type[Exception], int] = {
    UnknownOperatorError: 404,
    UnknownCredentialError: 404,
    BeyondError: 403,
    UnknownWebhookError: 404,
    AlreadySoError: 409,
    OperatorOvertakenError: 409,
}
_OTHERWISE = 422


def told(view: Callable[..., Any]) -> Callable[..., Any]:
    """Answer the errors that a view's acts raise, each with its code and text."""

    @wraps(view)
    def telling(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except _ERRORS as error:
            return refusal(request, _STATUSES.get(type(error), _OTHERWISE), error.code, str(error))

    return telling
