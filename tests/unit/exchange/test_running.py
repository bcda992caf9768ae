"""What runs delivery: rotations are told, who is away holds up nobody, everything goes out in the end."""

import time

import pytest

from tests.unit.exchange.nodes import agree, document
from tidegate.acts import DisclosureReceived, DisclosureSent, KeyRotated, PartnerRekeyed
from tidegate.exchange import rekey, revoke
from tidegate.exchange.delivering import UnreachableError
from tidegate.exchange.refusals import BadIdentityError, UnknownPartnerError
from tidegate.node.exchange_running import Runner


class Wire:
    """The wire of a test as a connection."""

    def __init__(self, net, away=()):
        self.net, self.away = net, away

    def __call__(self, request):
        if any(f"//{name.partition('/')[0]}:" in request.url for name in self.away):
            raise UnreachableError("away")
        return self.net.send(request)

    def close(self):
        pass


def test_a_rotation_is_told_to_a_partner_that_does_not_know_the_new_key_and_messages_go_on(pair, messages):
    first, second = pair
    agree(first, second)
    first.node.rotate_key(first.clock())
    first.node.rotate_key(first.clock())
    first.lodge(*messages[:4])
    told = Runner(first.node, first.clock).bring(second.name, Wire(first.net))
    assert told.receipts == len(first.acts(DisclosureSent.KIND)) > 0
    assert len(second.acts(PartnerRekeyed.KIND)) == 2


def test_a_rotation_that_the_old_key_has_not_signed_is_not_followed(net, pair):
    first, second = pair
    agree(first, second)
    stranger = net.node("xc.example")
    stranger.node.rotate_key(stranger.clock())
    note = stranger.acts(KeyRotated.KIND)[0].note
    with pytest.raises(UnknownPartnerError):
        rekey(second.actor, first.name, note)
    with pytest.raises(BadIdentityError):
        rekey(second.actor, first.name, note.replace("xc.example", first.name))


def test_a_partner_that_is_revoked_is_sent_nothing_and_heard_no_longer(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:4])
    revoke(first.actor, second.name, "for the test")
    assert Runner(first.node, first.clock).bring(second.name, Wire(first.net)).sent == 0
    before = len(first.acts(DisclosureSent.KIND))
    first.lodge(*messages[4:8])
    assert len(first.acts(DisclosureSent.KIND)) == before


def test_a_partner_that_is_away_holds_up_no_other_and_gets_everything_later(net, messages):
    first, away, there = net.node("xa.example"), net.node("xb.example"), net.node("xc.example")
    agree(first, away)
    agree(first, there, document("xa.example", "xc.example", uid="urn:example:xa-xc"))
    wire = Wire(net, away=(away.name,))
    runner = Runner(first.node, first.clock, lambda: wire)
    first.lodge(*messages[:6])
    runner.tend()
    half = len(first.acts(DisclosureSent.KIND)) // 2
    assert _came(there, half) == half
    assert away.acts(DisclosureReceived.KIND) == []
    wire.away = ()
    assert _came(away, half) == half
    runner.stop()


def _came(node, wanted):
    """Wait until so many have come, and return how many have."""
    end = time.monotonic() + 20
    while len(node.acts(DisclosureReceived.KIND)) < wanted and time.monotonic() < end:
        time.sleep(0.05)
    return len(node.acts(DisclosureReceived.KIND))
