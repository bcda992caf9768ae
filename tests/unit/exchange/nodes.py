"""Nodes of the exchange's tests: open in one process, joined by a wire that tests can cut, keep and alter."""

import itertools
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.unit.node.making import made
from tidegate.acts import decode
from tidegate.clearance import Lodging, lodge
from tidegate.declarations.messages import read_message
from tidegate.exchange import (
    CONTEXT,
    PROFILE,
    ExchangeReader,
    canonical,
    fingerprint,
    introduce,
    propose,
    read_identity,
    sign,
    standing_of,
    trust,
)
from tidegate.exchange.delivering import Delivery, UnreachableError
from tidegate.exchange.signed import Request, Response
from tidegate.journal import follow
from tidegate.node import open_node
from tidegate.node.configuration import Configuration, write_configuration
from tidegate.node.exchange import actor, make_identity
from tidegate_web.exchange.door import PartnerDoor

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Clock:
    """A clock that all nodes of a test share, and that tests move on."""

    def __init__(self):
        self.now = MOMENT

    def __call__(self):
        self.now += timedelta(milliseconds=1)
        return self.now


class Node:
    """One node of a test."""

    def __init__(self, net, folder: Path, name: str):
        self.net, self.name, self.folder = net, name, folder
        self.skew = timedelta(0)
        made(folder)
        write_configuration(folder, Configuration(origin=name))
        self.node = net.closing.enter_context(open_node(folder, net.clock))
        self.door = PartnerDoor(self.node, self.clock)
        self.nonces = itertools.count()

    def clock(self):
        return self.net.clock() + self.skew

    @property
    def journal(self):
        return self.node.journal

    @property
    def actor(self):
        return actor(self.node, "officer:7", self.clock())

    def identity(self, kind="administration"):
        return make_identity(self.node, kind, f"http://{self.name.partition('/')[0]}:1")

    def trusts(self, other):
        document = other.identity()
        introduce(self.actor, document)
        trust(self.actor, other.name, fingerprint(read_identity(document).verifier))

    def partner(self, other):
        return standing_of(self.journal).partners[other.name]

    def delivery(self):
        return Delivery(
            self.journal,
            self.node.signing_keys(),
            self.node.read_tables,
            send=self.net.send,
            clock=self.clock,
            nonce=lambda: f"{self.name} {next(self.nonces)}",
        )

    def deliver(self, other):
        """Bring another node one parcel of what waits for it."""
        follow(self.journal, ExchangeReader(), self.node.read_tables)
        told = self.delivery().deliver(self.partner(other))
        follow(self.journal, ExchangeReader(), self.node.read_tables)
        return told

    def lodge(self, *originals):
        """Lodge messages and let the node answer them."""
        lodgings = [Lodging(MOMENT, one, read_message(one).declaration) for one in originals]
        receipts = lodge(self.journal, lodgings, country="XA", key=self.node.key)
        self.node.catch_up()
        return [one.mrn for one in receipts]

    def acts(self, *kinds):
        found = self.journal.read(0, 100_000, set(kinds))
        return [decode(one.kind, one.version, one.body) for one in found]


class Net:
    """Nodes by name, and the wire between them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.clock = Clock()
        self.closing = ExitStack()
        self.nodes = {}
        self.wire: list[tuple[Request, Response]] = []
        self.cut = False
        self.alter = None

    def node(self, name):
        self.nodes[name] = Node(self, self.folder / name.partition(".")[0], name)
        return self.nodes[name]

    def send(self, request):
        if self.cut:
            raise UnreachableError("The wire is cut.")
        if self.alter is not None:
            request = self.alter(request)
        to = next(one for name, one in self.nodes.items() if f"//{name.partition('/')[0]}:" in request.url)
        came = Request(request.method, request.url, dict(request.headers), request.body)
        answer = to.door.answer(came)
        self.wire.append((came, answer))
        return Response(answer.status_code, dict(answer.headers), answer.body, request)

    def close(self):
        self.closing.close()


def document(first="xa.example", second="xb.example", **changes):
    """Return an agreement as a document: the first shares released goods, and verifies declarations."""
    both = {"assigner": first, "assignee": second}
    parts = {
        "@context": list(CONTEXT),
        "@type": "Agreement",
        "uid": "urn:example:xa-xb",
        "profile": PROFILE,
        "version": 1,
        "title": "Goods released towards the neighbour",
        "legalBasis": "Made up for tests",
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2027-01-01T00:00:00Z",
        "party": [{"uid": first, "kind": "administration"}, {"uid": second, "kind": "administration"}],
        "permission": [
            {
                **both,
                "uid": "released",
                "action": "disclose",
                "target": "goods.released",
                "purpose": ["risk-management"],
                "fields": {
                    "mrn": {"as": "pseudonym"},
                    "commodity": {"as": "truncate", "length": 6},
                    "origin": {"as": "plain"},
                    "net_mass": {"as": "round", "step": "10"},
                },
                "duty": [{"action": "delete", "within": "P30D"}],
            },
            {
                **both,
                "uid": "verify",
                "action": "verify",
                "target": "declaration",
                "purpose": ["mutual-assistance"],
                "fields": {"stage": {"as": "plain"}, "items": {"as": "plain"}},
                "duty": [{"action": "answer", "within": "PT48H"}],
            },
            {
                **both,
                "uid": "assist",
                "action": "assist",
                "target": "case",
                "purpose": ["mutual-assistance"],
                "duty": [{"action": "answer", "within": "P10D"}],
            },
        ],
        **changes,
    }
    return {name: value for name, value in parts.items() if value is not None}


def agree(first, second, parts=None):
    """Have two nodes trust each other and sign an agreement."""
    if second.name not in standing_of(first.journal).partners:
        first.trusts(second)
        second.trusts(first)
    parts = parts or document(first.name, second.name)
    propose(first.actor, canonical(parts))
    first.deliver(second)
    sign(second.actor, parts["uid"])
    second.deliver(first)
    return parts["uid"]
