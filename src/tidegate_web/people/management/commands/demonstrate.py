"""``demonstrate``: make the ready accounts of a demonstration, one for each role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tidegate_web.people.demonstration import make_accounts

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Makes the accounts, on a node that says it is a demonstration."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("operator", help="the number of the operator whom the trader works for")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them; a node in earnest has no such accounts."""
        del args
        if not settings.CONFIGURATION.demonstration:
            raise CommandError("This node is no demonstration: its accounts are made by its administrator.")
        make_accounts(options["operator"])
