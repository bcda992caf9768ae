"""``demonstrate``: make the ready accounts of a demonstration, one for each role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from tidegate_web.people.demonstration import make_accounts, make_draft

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Makes the accounts, and a draft, on a node that says it is a demonstration."""

    help = __doc__
    requires_system_checks = ()  # whoever starts a demonstration waits for this

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("trader", help="the number of the operator whom the trader works for")
        parser.add_argument("broker", nargs="?", help="that of the broker; the same one where none is given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them; a node in earnest has no such accounts."""
        del args
        if not settings.CONFIGURATION.demonstration:
            raise CommandError("This node is no demonstration: its accounts are made by its administrator.")
        call_command("migrate", verbosity=0)
        make_accounts(options["trader"], options["broker"] or options["trader"])
        make_draft(options["trader"])
