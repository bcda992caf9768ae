"""Operators that ask from an address of their own, with whatever credential a test gives them."""

import itertools
from contextlib import contextmanager

import msgspec
from django.conf import settings
from django.test import Client

from tests.web.lodging import Asking
from tidegate.journal import Key
from tidegate.operators import register_operator
from tidegate_web import node as held
from tidegate_web.access.keys import make_key
from tidegate_web.access.scopes import SCOPES

_numbers = itertools.count(1)


class Asker(Asking):
    """An operator's software; `with_key` and `with_scopes` give another that shows something else."""

    def with_key(self, key):
        made = Asker(self.client, self.number, key)
        made.broker = getattr(self, "broker", "")
        return made

    def with_scopes(self, *scopes, **parts):
        return self.with_key(make_key(self.number, scopes, held.now(), **parts))

    def delete(self, path, **headers):
        return self.client.delete(path, headers=self._headers(headers))

    def send(self, method, path, body, content_type, headers):
        return self.client.generic(method, path, body, content_type, headers=self._headers(headers))

    def _headers(self, headers):
        given = super()._headers(headers)
        return (
            given if self.key else {name: value for name, value in given.items() if name != "Authorization"}
        )


def known(address, *scopes, roles=("trader", "broker")):
    """Register an operator; return its software, which asks from an address with a key for these scopes."""
    number = f"GB9{next(_numbers):011d}"  # entry summary declarations are lodged under numbers of GB
    register_operator(held.node().journal, held.now(), Key("officer:test"), number=number, roles=roles)
    client = Client(SERVER_NAME="localhost", REMOTE_ADDR=address, raise_request_exception=False)
    return Asker(client, number, make_key(number, scopes or tuple(SCOPES), held.now()))


@contextmanager
def at_loopback(**parts):
    """Let notices be pushed to this machine, and change other settings, for a while."""
    before = settings.CONFIGURATION
    settings.CONFIGURATION = msgspec.structs.replace(before, webhooks_to_loopback=True, **parts)
    try:
        yield
    finally:
        settings.CONFIGURATION = before
