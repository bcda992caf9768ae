"""``add_person``: make an account, the first administrator's above all; the password is asked for."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tidegate_web import node as held
from tidegate_web.people import recording
from tidegate_web.people.models import Person, Role

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Makes an account."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("username")
        parser.add_argument("--role", choices=[str(role) for role in Role], default=str(Role.ADMINISTRATOR))
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password, check it, and make the account."""
        del args
        if Person.objects.filter(username=options["username"]).exists():
            raise CommandError(f"{options['username']} has an account already.")
        made = Person(username=options["username"], role=options["role"], name=options["name"])
        password = getpass.getpass("Password: ")
        try:
            validate_password(password, made)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        made.set_password(password)
        made.save()
        try:
            recording.note_given(recording.COMMAND, made, "made")
        finally:
            held.close()
