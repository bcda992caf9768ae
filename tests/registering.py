"""Registers operators on a node, a key for each: ``python -m tests.registering NODE PACE NUMBER...``.

One process for what the command line does in four, so that tests begin sooner. Prints number and key a line.
"""

import os
import sys

os.environ["TIDEGATE_NODE"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "tidegate_web.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - as above

from tidegate.journal import Key  # noqa: E402 - as above
from tidegate.operators import register_operator  # noqa: E402 - as above
from tidegate_web import node as held  # noqa: E402 - as above
from tidegate_web.access.keys import make_key  # noqa: E402 - as above
from tidegate_web.access.scopes import SCOPES  # noqa: E402 - as above


def main(pace: int, numbers: list[str]) -> None:
    call_command("migrate", verbosity=0)
    for number in numbers:
        moment = held.now()
        register_operator(held.node().journal, moment, Key("officer:test"), number=number, roles=["trader"])
        key = make_key(number, sorted(SCOPES), moment, per_minute=pace, per_day=10**9)
        print(number, key)
    held.close()


if __name__ == "__main__":
    main(int(sys.argv[2]), sys.argv[3:])
