"""``issue_key``: make an API key for an operator, and print it, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from tidegate_web.access.keys import SCOPES, make_key
from tidegate_web.node import now

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Makes a key; all scopes but the administrator's where none is named."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("operator")
        parser.add_argument("--scope", action="append", default=[])
        parser.add_argument("--acts-for", action="append", default=[])
        parser.add_argument("--days", type=int, default=365)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the key and print it."""
        del args
        scopes = options["scope"] or sorted(SCOPES - {"operator:admin"})
        made = now()
        expires = made + timedelta(days=options["days"])
        key = make_key(options["operator"], scopes, made, expires=expires, acts_for=options["acts_for"])
        self.stdout.write(key)
