"""Partners of a living world: agreements are signed, questions asked and answered, one suspended."""

from datetime import timedelta

import pytest

from tests.unit.exchange.nodes import Net
from tidegate.clearance import Lodging, lodge, order_control
from tidegate.declarations.messages import read_message
from tidegate.exchange import canonical, propose, standing_of, told_about
from tidegate.journal import tables
from tidegate.node.living import AUTHOR
from tidegate.node.living_neighbour import (
    OFFERED,
    OURS,
    RISK,
    THEIRS,
    Mirrors,
    Neighbour,
    exports_agreement,
)
from tidegate.node.living_partners import Asking
from tidegate.simulation import World, day

XA, XB = "xa.example", "xb.example"
EVERY = timedelta(seconds=30)


@pytest.fixture
def pair(tmp_path):
    """Two nodes that know each other; the first has offered its agreement."""
    net = Net(tmp_path)
    here, there = net.node(XA), net.node(XB)
    here.trusts(there)
    there.trusts(here)
    propose(here.actor, canonical(exports_agreement(OURS, XA, XB)))
    yield net, here, there
    net.close()


class Going:
    """Both sides go on, step by step, and what they say is brought across."""

    def __init__(self, net, here, there):
        self.net, self.here, self.there = net, here, there
        self.begun = net.clock.now
        self.asking = Asking(here.node, AUTHOR, "XB", every=EVERY, left=frozenset({OFFERED}))
        self.neighbour = Neighbour(there.node, World.make(1), XA, self.begun, every=EVERY, a_day=9_000)

    def on(self, minutes):
        end = self.net.clock.now + timedelta(minutes=minutes)
        while self.net.clock.now < end:
            self.net.clock.now += timedelta(seconds=40)
            for one, node in ((self.asking, self.here), (self.neighbour, self.there)):
                one.play(self.net.clock.now)
                node.node.catch_up()
            for node, other in ((self.here, self.there), (self.there, self.here)):
                node.deliver(other)
                other.node.catch_up()

    def states(self):
        return {uid: held.state for uid, held in standing_of(self.here.journal).agreements.items()}


def test_agreements_come_into_force_but_the_one_that_is_left_to_people(pair):
    going = Going(*pair)
    going.on(4)
    assert going.states() == {OURS: "signed", THEIRS: "signed", RISK: "signed", OFFERED: "proposed"}


def test_the_partner_asks_what_it_may_and_what_it_may_not_and_suspends_an_agreement_for_a_while(pair):
    going = Going(*pair)
    going.on(7)
    assert going.states()[RISK] == "suspended"
    going.on(3)
    assert going.states()[RISK] == "signed"
    asked = [one for one in going.here.acts("enquiry.made") if one.by == XB]
    assert {one.service for one in asked} == {"mirror", "status", "assist"}
    assert sum(one.service == "assist" for one in asked) <= 2, "nobody answers: no more is asked"
    assert [one.reason for one in going.here.acts("enquiry.refused")][:1] == ["wrong_purpose"]
    assert going.there.acts("enquiry.answered")


def test_the_export_of_what_is_controlled_here_is_found_next_door(pair):
    net, here, there = pair
    world = World.make(1)
    going = Going(net, here, there)
    going.on(2)
    mirrors = Mirrors(there.node, world, there.node.catch_up, here="XA", there="XB", rates=(600, 600))
    mirrors.begin(going.begun.replace(hour=0), going.begun)
    mirrors.play(net.clock.now)
    wanted = []
    for one in day(world, net.clock.now.date(), 600, until=going.begun):
        said = None if one.truth.flaw else read_message(one.xml, here.node.limits).declaration
        if said is not None and said.goods_shipment.export_country.id == "XB":
            wanted.append((one, said))
    lodgings = [Lodging(one.occurred, one.xml, said) for one, said in wanted]
    lodge(here.journal, lodgings, country="XA", key=here.node.key)
    here.node.catch_up()
    mrn = next(one.mrn for one in here.acts("channel.assigned"))
    order_control(here.journal, mrn, net.clock.now, "officer:7", channel="yellow", grounds="A look.")
    going.on(2)
    found = [one for one in here.acts("enquiry.answered") if one.by == XB]
    assert found
    assert b'"found":true' in bytes(found[0].message)
    ucr = wanted[0][1].goods_shipment.ucr.trader_assigned_reference_id
    connection = tables(here.node.reader("exchange"), here.node.read_tables)
    assert told_about(connection, [("ucr", ucr)]), "the partner told of its release, by the same reference"
    connection.close()
