"""``credential``: what an officer does with operators' credentials and webhooks; answers are JSON lines.

`tidegate operator` runs it for the commands that need web.db.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from tidegate_web.access import credentials
from tidegate_web.access.limits import counters
from tidegate_web.access.scopes import ADMIN, SCOPES, UnknownScopeError
from tidegate_web.node import close, now
from tidegate_web.webhooks import subscriptions
from tidegate_web.webhooks.addresses import AddressError

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable

_ERRORS = (
    credentials.CredentialError,
    UnknownScopeError,
    AddressError,
    subscriptions.WebhookError,
)


class Command(BaseCommand):
    """Makes, lists, rotates and revokes credentials; shows webhooks and has dead letters sent again."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes: what to do, and a JSON object of its parts."""
        parser.add_argument("what", choices=sorted(_DOING))
        parser.add_argument("parts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and print what came of it."""
        del args
        call_command("migrate", verbosity=0)
        try:
            for told in _DOING[options["what"]](msgspec.json.decode(options["parts"])):
                self.stdout.write(msgspec.json.encode(told).decode())
        except _ERRORS as error:
            raise CommandError(f"{error}  [{error.code}]", returncode=2) from None
        finally:
            close()


def _make(parts: dict[str, Any]) -> list[Any]:
    scopes = parts.get("scopes") or sorted(set(SCOPES) - {ADMIN})
    wanted = msgspec.convert({**parts, "scopes": scopes}, credentials.Wanted)
    return [credentials.make(parts["operator"], wanted, now())]


def _list(parts: dict[str, Any]) -> list[Any]:
    return list(credentials.shown_of(parts["operator"]))


def _rotate(parts: dict[str, Any]) -> list[Any]:
    overlap = timedelta(hours=parts["hours"])
    return [credentials.rotate(parts["operator"], parts["id"], now(), overlap=overlap)]


def _revoke(parts: dict[str, Any]) -> list[Any]:
    if parts["id"]:
        credentials.revoke(parts["operator"], parts["id"], now())
        return [{"revoked": 1}]
    return [{"revoked": credentials.revoke_all(parts["operator"], now())}]


def _webhooks(parts: dict[str, Any]) -> list[Any]:
    return list(subscriptions.webhooks_of(parts["operator"]))


def _dead(parts: dict[str, Any]) -> list[Any]:
    return list(subscriptions.dead_letters(parts["operator"], parts["id"], limit=10_000))


def _again(parts: dict[str, Any]) -> list[Any]:
    letters = subscriptions.send_again(parts["operator"], parts["id"], now(), parts["positions"])
    return [{"letters": letters}]


def _refusals(parts: dict[str, Any]) -> list[Any]:
    names = ("day", "route", "code", "credential", "times")
    return [dict(zip(names, row, strict=True)) for row in counters().refusals(parts["since"])]


_DOING: dict[str, Callable[[dict[str, Any]], list[Any]]] = {
    "make": _make,
    "list": _list,
    "rotate": _rotate,
    "revoke": _revoke,
    "webhooks": _webhooks,
    "dead": _dead,
    "again": _again,
    "refusals": _refusals,
}
