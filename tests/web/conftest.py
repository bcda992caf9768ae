"""One node for all tests of the face in this process, made before Django is set up.

pytest-django is not used: it would put a database of its own in the place of web.db, and a node has only one.
Each test registers operators of its own (`operator`), so that none sees another's.
"""

import atexit
import itertools
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.shared_data import shared_data
from tidegate.node import create_node


def _now():
    return datetime.now(UTC)


FOLDER = Path(tempfile.mkdtemp(prefix="tidegate-web-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
create_node(FOLDER / "node", "uk", _now, data=shared_data())
os.environ["TIDEGATE_NODE"] = str(FOLDER / "node")
os.environ["TIDEGATE_SECOND_FACTOR_FOR"] = ""  # asked for in the tests about it
os.environ["DJANGO_SETTINGS_MODULE"] = "tidegate_web.settings"

import django  # noqa: E402 - the node must be there first

django.setup()

from django.core.management import call_command  # noqa: E402 - as above
from django.db import connections  # noqa: E402 - as above
from django.test import Client  # noqa: E402 - as above

from tests.web.lodging import Asking, declaration  # noqa: E402 - as above
from tidegate.journal import Key  # noqa: E402 - as above
from tidegate.operators import register_operator  # noqa: E402 - as above
from tidegate_web import node as held  # noqa: E402 - as above
from tidegate_web.access.keys import make_key  # noqa: E402 - as above

_numbers = itertools.count(1)
SCOPES = ("declarations:write", "declarations:read", "notices:read", "tariff:read")


@pytest.fixture(scope="session", autouse=True)
def _node_of_the_tests():
    """Make the tables of credentials, and let go of everything at the end."""
    call_command("migrate", verbosity=0)
    yield
    connections.close_all()
    held.close()


@pytest.fixture
def node():
    """The node behind the face."""
    return held.node()


@pytest.fixture
def operator(node):
    """Return a maker of operators: each has a number of its own and a key, and asks as software does."""

    def make(*scopes):
        number = f"GB{next(_numbers):012d}"
        register_operator(node.journal, held.now(), Key("officer:test"), number=number, roles=["trader"])
        key = make_key(number, scopes or SCOPES, held.now())
        return Asking(Client(SERVER_NAME="localhost", raise_request_exception=False), number, key)

    return make


@pytest.fixture
def asking(operator):
    """An operator that may do everything a trader does."""
    return operator()


@pytest.fixture
def xml(asking):
    """Return a maker of declarations of the asking operator, as XML."""
    return lambda **changes: declaration(asking.number, **changes)


@pytest.fixture
def whole_queue(monkeypatch):
    """Let the queue stand on one part, however much other tests have left waiting."""
    monkeypatch.setattr("tidegate_web.desks.officer.queueing._ROWS", 10_000)
