"""What an operator does with its webhooks: says where to, sees how they fare, sends dead letters again."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec
from django.conf import settings

from tidegate_web.webhooks.addresses import target_of
from tidegate_web.webhooks.models import DeadLetter, Subscription
from tidegate_web.webhooks.signing import secret_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate_web.webhooks.addresses import Resolve

Form = Literal["json", "xml"]
_MOST_OF_ONE = 10


class WebhookError(Exception):
    """Something about a webhook that cannot be done; the text is for people."""

    code = "bad_webhook"


class UnknownWebhookError(WebhookError):
    """The operator has no webhook of this name."""

    code = "unknown_webhook"


class Webhook(msgspec.Struct, frozen=True):
    """A webhook as it is shown: where to, how far, and what went wrong last. ``dead`` counts dead letters."""

    id: str
    url: str
    form: str
    cursor: int
    made: datetime
    attempts: int
    due: datetime
    succeeded: datetime | None
    error: str
    dead: int


class Dead(msgspec.Struct, frozen=True):
    """A dead letter as it is shown; ``again`` says that it is on its way once more."""

    position: int
    attempts: int
    error: str
    died: datetime
    again: bool


def subscribe(
    operator: str, url: str, form: Form, moment: datetime, *, start: int, resolve: Resolve | None = None
) -> tuple[Webhook, str]:
    """Have an operator's notices pushed to a URL from a position on; returns the webhook and its secret.

    Raises:
        AddressError: nothing is pushed to such an address.
        WebhookError: the operator has very many already.
    """
    loopback = settings.CONFIGURATION.webhooks_to_loopback
    if resolve is None:
        target_of(url, loopback=loopback)
    else:
        target_of(url, loopback=loopback, resolve=resolve)
    if Subscription.objects.filter(operator=operator, ended=None).count() >= _MOST_OF_ONE:
        raise WebhookError(f"At most {_MOST_OF_ONE} webhooks for one operator: end one of them.")
    one = Subscription.objects.create(
        name=secrets.token_hex(6),
        operator=operator,
        url=url,
        form=form,
        cursor=start,
        made=moment,
        due=moment,
    )
    return _shown(one), _secret(one)


def webhooks_of(operator: str) -> list[Webhook]:
    """Return the webhooks of an operator that were not ended."""
    return [_shown(one) for one in Subscription.objects.filter(operator=operator, ended=None)]


def unsubscribe(operator: str, name: str, moment: datetime) -> None:
    """End a webhook; raises UnknownWebhookError where there is none."""
    one = held(operator, name)
    one.ended = moment
    one.save(update_fields=["ended"])


def renew_secret(operator: str, name: str) -> str:
    """Give a webhook another secret and return it; from now on pushes are signed with it."""
    one = held(operator, name)
    one.version += 1
    one.save(update_fields=["version"])
    return _secret(one)


def dead_letters(operator: str, name: str, after: int = -1, limit: int = 100) -> list[Dead]:
    """Return the dead letters of a webhook that were not sent since, in their order, after a position."""
    found = held(operator, name).dead.filter(sent=None, position__gt=after)[:limit]
    return [Dead(one.position, one.attempts, one.error, one.died, one.again) for one in found]


def send_again(operator: str, name: str, moment: datetime, positions: Sequence[int] = ()) -> int:
    """Have dead letters sent again, all of them where none is named; returns how many."""
    one = held(operator, name)
    wanted = DeadLetter.objects.filter(subscription=one, sent=None)
    if positions:
        wanted = wanted.filter(position__in=list(positions))
    count = wanted.update(again=True)
    if count:
        Subscription.objects.filter(pk=one.pk).update(due=moment)
    return count


def held(operator: str, name: str) -> Subscription:
    """Return a webhook of an operator by its name.

    Raises:
        UnknownWebhookError: there is none, or it was ended.
    """
    found = Subscription.objects.filter(operator=operator, name=name, ended=None).first()
    if found is None:
        raise UnknownWebhookError(f"You have no webhook {name!r}.")
    return found


def _secret(one: Subscription) -> str:
    return secret_of(settings.SECRET_KEY, one.name, one.version)


def _shown(one: Subscription) -> Webhook:
    return Webhook(
        id=one.name,
        url=one.url,
        form=one.form,
        cursor=one.cursor,
        made=one.made,
        attempts=one.attempts,
        due=one.due,
        succeeded=one.succeeded,
        error=one.error,
        dead=one.dead.filter(sent=None).count(),
    )
