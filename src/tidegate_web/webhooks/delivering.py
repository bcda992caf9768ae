"""Delivery: every receiver gets its operator's notices in their order, once, however often it fails.

A failed push is tried again, later each time; the notices after it wait. After ``MOST_ATTEMPTS`` it becomes a
dead letter and the next one goes. When several die in a row the receiver is down: it rests, is tried once an
hour, and nothing more dies; the notices wait in the journal. What was pushed and not noted because the
process died is pushed again under the same id, by which the receiver knows it.
"""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from heapq import merge
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate.notices import NoticesReader, notices_of
from tidegate_web.access import who
from tidegate_web.webhooks.letters import Letter, letter_of
from tidegate_web.webhooks.models import DeadLetter, Subscription
from tidegate_web.webhooks.sending import Route, Sent, push_all
from tidegate_web.webhooks.signing import secret_of

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable
    from datetime import datetime

    import apsw

    from tidegate.node import Node
    from tidegate.notices import Notice

MOST_ATTEMPTS = 10
DEAD_IN_A_ROW = 3
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=1)
_AT_ONCE = 20  # notices to one receiver in one round
_ROUND = 200  # receivers in one round


def deliver(node: Node, now: datetime, tls: ssl.SSLContext, *, draw: Callable[[], float]) -> int:
    """Push what is due to every receiver; returns how many notices were taken.

    ``tls`` says whose certificates are trusted; ``draw`` gives a number from 0 to 1, for the jitter between
    attempts.
    """
    try:
        read = tables(NoticesReader(), node.read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return 0
    with closing(read):
        due = Subscription.objects.filter(ended=None, due__lte=now).order_by("due", "name")[:_ROUND]
        waiting = [(one, found) for one in due if (found := _letters(node, read, one))]
    if not waiting:
        return 0
    outcomes = push_all([(_route(one), found) for one, found in waiting], int(now.timestamp()), tls)
    taken = 0
    for (one, _), tried in zip(waiting, outcomes, strict=True):
        taken += _note(one, tried, now, draw)
    return taken


def _letters(node: Node, read: apsw.Connection, one: Subscription) -> list[Letter]:
    """Return what goes to a receiver now: dead letters that are wanted again, else the next in order."""
    if not who.in_good_standing(one.operator):
        return []
    numbers = who.principals(one.operator) | {one.operator}
    again = list(one.dead.filter(again=True, sent=None).values_list("position", flat=True)[:_AT_ONCE])
    if again:
        found = [
            notice
            for position in again
            for notice in _merged(read, numbers, position, 1)
            if notice.position == position
        ]
        _forget_missing(one, again, found)
    else:
        # While it rests, one notice is enough to see whether the receiver is back.
        found = _merged(read, numbers, one.cursor, 1 if one.attempts else _AT_ONCE)
    return [letter_of(node, notice, one.form) for notice in found]


def _merged(read: apsw.Connection, numbers: Iterable[str], cursor: int, limit: int) -> list[Notice]:
    pages = [notices_of(read, number, cursor, limit).notices for number in sorted(numbers)]
    return list(merge(*pages, key=lambda notice: notice.position))[:limit]


def _forget_missing(one: Subscription, wanted: list[int], found: list[Notice]) -> None:
    """Forget dead letters whose notice is no more, or is no longer this operator's to hear."""
    there = {notice.position for notice in found}
    one.dead.filter(position__in=[position for position in wanted if position not in there]).delete()


def _route(one: Subscription) -> Route:
    secret = secret_of(settings.SECRET_KEY, one.name, one.version)
    return Route(one.url, secret, settings.CONFIGURATION.webhooks_to_loopback)


def _note(one: Subscription, tried: list[tuple[int, Sent]], now: datetime, draw: Callable[[], float]) -> int:
    """Note what came of the pushes to one receiver, in one transaction; returns how many it took."""
    taken = 0
    with transaction.atomic():
        again = {letter.position: letter for letter in one.dead.filter(again=True, sent=None)}
        for position, sent in tried:
            if sent.error:
                _note_failure(one, again.get(position), position, sent, now)
                one.due = now + _wait(one, draw)
            else:
                taken += 1
                _note_success(one, again.get(position), position, now)
        # Only what delivery itself writes: whoever ended it meanwhile, or renewed its secret, is not undone.
        Subscription.objects.filter(pk=one.pk).update(
            cursor=one.cursor,
            attempts=one.attempts,
            dead_in_a_row=one.dead_in_a_row,
            due=one.due,
            succeeded=one.succeeded,
            error=one.error,
        )
        if one.ended is not None:
            Subscription.objects.filter(pk=one.pk, ended=None).update(ended=one.ended)
    return taken


def _note_success(one: Subscription, letter: DeadLetter | None, position: int, now: datetime) -> None:
    one.attempts = one.dead_in_a_row = 0
    one.succeeded, one.error = now, ""
    if letter is not None:
        letter.sent, letter.again = now, False
        letter.save(update_fields=["sent", "again"])
    else:
        one.cursor = position + 1


def _note_failure(
    one: Subscription, letter: DeadLetter | None, position: int, sent: Sent, now: datetime
) -> None:
    one.error = sent.error
    if sent.gone:
        one.ended = now
    if letter is not None:
        letter.again, letter.error = False, sent.error
        letter.attempts += 1
        letter.save(update_fields=["again", "error", "attempts"])
        return
    one.attempts += 1
    if one.attempts >= MOST_ATTEMPTS and one.dead_in_a_row < DEAD_IN_A_ROW:
        DeadLetter.objects.get_or_create(
            subscription=one,
            position=position,
            defaults={"attempts": one.attempts, "error": sent.error, "died": now},
        )
        one.cursor = position + 1
        one.attempts = 0
        one.dead_in_a_row += 1


def _wait(one: Subscription, draw: Callable[[], float]) -> timedelta:
    """Return how long to wait after a failure: twice as long each time, and between half and all of that."""
    if one.dead_in_a_row >= DEAD_IN_A_ROW:
        whole = _LONGEST_WAIT
    else:
        whole = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** max(0, one.attempts - 1))
    return whole * (0.5 + draw() / 2)
