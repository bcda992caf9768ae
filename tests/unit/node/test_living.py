"""A living world: what has passed is played, then time runs as it does, until it is told to stop."""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tidegate.clearance import consignment_now, holdings, request_documents
from tidegate.commands.demo.opening import traders_of
from tidegate.declarations.messages import read_message
from tidegate.declarations.wire.xml import XmlLimits
from tidegate.journal import tables
from tidegate.node import create_node, open_node
from tidegate.node.bulk_spool import Intake, Spool
from tidegate.node.living import Living, behind_of
from tidegate.node.living_carriers import Carriers
from tidegate.node.living_parcels import Parcels
from tidegate.node.living_people import Answering, Showcase
from tidegate.simulation import World, day
from tidegate.simulation.counterparts import counterparts

LIMITS = XmlLimits(2**24, 64)

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


class Clock:
    """A clock that goes on by a little whenever it is looked at, and by what is rested."""

    def __init__(self, until):
        self.moment, self.until = NOON, until

    def __call__(self):
        self.moment += timedelta(milliseconds=5)
        return self.moment

    def rest(self, seconds):
        self.moment += timedelta(seconds=seconds * 5_400)
        return self.moment >= self.until


@pytest.fixture
def node(tmp_path):
    create_node(tmp_path / "node", "demo", lambda: NOON)
    with open_node(tmp_path / "node", lambda: NOON) as made:
        yield made


def lived(node, monkeypatch, clock, *, days=1, before=20, a_day=200):
    monkeypatch.setattr("tidegate.node.living.unheard", lambda one: one.catch_up() and 0)
    living = Living(node, World.make(1), clock, clock.rest, days=days, a_day_before=before, a_day=a_day)
    living.run()
    lodged = node.journal.read(0, 100_000, kinds=["declaration.lodged"])
    return [entry.occurred for entry in lodged]


def test_what_has_passed_is_played_and_then_time_runs(node, monkeypatch):
    clock = Clock(NOON + timedelta(hours=6))
    moments = lived(node, monkeypatch, clock)
    before = [one for one in moments if one < NOON]
    after = [one for one in moments if one >= NOON]
    assert min(before) < NOON - timedelta(hours=18)
    assert len(before) < 40
    assert len(after) > 20
    assert max(after) <= clock.moment


def test_the_next_day_begins_by_itself(node, monkeypatch):
    moments = lived(node, monkeypatch, Clock(NOON + timedelta(days=1, hours=2)), days=0, a_day=60)
    assert {one.date().day for one in moments} == {3, 4}
    assert moments == sorted(moments)


def test_it_stops_when_it_is_told_to(node, monkeypatch):
    clock = Clock(NOON)
    assert lived(node, monkeypatch, clock, days=30) == []


class Wound(Clock):
    """A clock that moves only as it is told, so that a world can be stopped after so many steps."""

    def __init__(self, moment, steps):
        super().__init__(moment)
        self.moment, self.steps = moment, steps

    def __call__(self):
        return self.moment

    def rest(self, seconds):
        self.moment += timedelta(seconds=60 * seconds)
        self.steps -= 1
        return self.steps < 0


def living_on(node, clock, *, opening=timedelta(hours=6), days=1, beside=()):
    return Living(
        node,
        World.make(1),
        clock,
        clock.rest,
        days=days,
        a_day_before=40,
        a_day=400,
        opening=opening,
        beside=beside,
        settle=node.catch_up,
    )


def lodged_at(node):
    return [entry.occurred for entry in node.journal.read(0, 100_000, kinds=["declaration.lodged"])]


def test_what_was_lodged_last_comes_first_and_the_days_before_behind_it(node):
    living_on(node, Wound(NOON, 1)).run()
    first = lodged_at(node)
    assert first
    assert min(first) > NOON - timedelta(hours=8), "the opening, and one window of what is behind at most"
    behind = behind_of(node.folder)
    assert behind.begun < behind.at < behind.end == NOON - timedelta(hours=6)


def test_a_world_that_was_stopped_goes_on_and_does_nothing_twice(node):
    living_on(node, Wound(NOON, 3)).run()
    kept = behind_of(node.folder).at
    before = lodged_at(node)
    later = NOON + timedelta(hours=3)
    living_on(node, Wound(later, 60)).run()
    after = lodged_at(node)[len(before) :]
    assert behind_of(node.folder) is None
    past = [one for one in after if one < NOON - timedelta(hours=6)]
    assert past
    assert min(past) > kept - timedelta(hours=1), "what was filled in is not filled in again"
    assert [one for one in after if NOON < one <= later], "the time it was stopped is filled in too"
    numbers = [
        key for entry in node.journal.read(0, 100_000, kinds=["declaration.lodged"]) for key in entry.keys
    ]
    mrns = [key for key in numbers if key.startswith("mrn:")]
    assert len(mrns) == len(set(mrns))


def paid(node, mrns):
    """Return how many payments there are for declarations."""
    entries = node.journal.read(0, 100_000, kinds=["payment.recorded"])
    return sum(any(key in mrns for key in entry.keys) for entry in entries)


def test_what_was_planned_before_a_stop_happens_after_it(node):
    living_on(node, Wound(NOON, 2), days=0).run()
    entries = node.journal.read(0, 100_000, kinds=["declaration.lodged"])
    mrns = {key for entry in entries for key in entry.keys if key.startswith("mrn:")}
    before = paid(node, mrns)
    living_on(node, Wound(NOON + timedelta(days=1), 2), days=0).run()
    assert paid(node, mrns) > before


def test_carriers_announce_lodge_and_arrive_beside_trade_and_nothing_is_lodged_twice(node):
    moment = NOON
    for _ in range(2):  # the second one goes on where the first was stopped
        carriers = Carriers(node, 1, 12, node.catch_up)
        for _step in range(12):
            carriers.play(moment)
            moment += timedelta(hours=1)
    kinds = Counter(entry.kind for entry in node.journal.read(0, 100_000))
    assert kinds["entry.lodged"] > 30
    assert kinds["conveyance.arrived"] > 0
    assert kinds["entry.arrived"] > 0
    lrns = [entry.body for entry in node.journal.read(0, 100_000, kinds=["entry.lodged"])]
    assert len(lrns) == len(set(lrns))


def test_parcels_are_uploaded_once_in_each_span_of_time(node):
    post = Parcels(
        node, 1, (("XA000000001", "A"), ("XA000000002", "E")), every=timedelta(minutes=20), rows=20
    )
    for minutes in (0, 5, 19, 20, 25):
        post.play(NOON + timedelta(minutes=minutes))
    waiting = Spool(node.folder, 10**6).waiting()
    assert len(waiting) == 3, "of the span before the first look, of that one, and of the next"
    assert {one.begun.declarant for one in waiting} == {"XA000000001", "XA000000002"}
    intake = Intake(node, Spool(node.folder, 10**6))
    while intake.step():
        node.catch_up()
    assert len(node.journal.read(0, 100_000, kinds=["consignments.decided"])) == 3


def test_the_ready_trader_has_something_of_each_kind_and_there_is_work_in_each_channel(node):
    world = World.make(1)
    trader = traders_of(world, NOON.date()).trader
    living = living_on(node, Wound(NOON, 2), days=0)
    living.besides(Showcase(living, node, world, trader, (40, 9_000)))
    living.run()
    node.catch_up()
    with closing(tables(node.reader("clearance"), node.read_tables)) as connection:
        own = {(one.state, one.waits) for one in holdings(connection, [trader])}
        work = {row[0] for row in connection.execute("SELECT channel FROM work")}
    assert {"rejected", "cleared"} <= {state for state, _ in own}
    waits = {word for _, words in own for word in words.split()}
    assert {"payment", "documents"} <= waits
    assert {"yellow", "red"} <= work


def test_traders_hand_in_what_was_asked_but_for_those_whom_people_act_for(node):
    living = living_on(node, Wound(NOON, 1), days=0)
    living.run()
    open_ = [mrn for mrn in living.lodged() if consignment_now(node.journal, mrn)[0].state == "selected"]
    quiet, other = open_[0], open_[1]
    for mrn in (quiet, other):
        request_documents(node.journal, mrn, NOON, "officer:7", grounds="The invoice, please.")
    kept = frozenset({consignment_now(node.journal, quiet)[0].declarant})
    traders = Answering(node, kept - {consignment_now(node.journal, other)[0].declarant})
    traders.play(NOON)
    assert not node.journal.read(0, 100_000, kinds=["documents.delivered"]), "not at once"
    traders.play(NOON + timedelta(minutes=3))
    delivered = node.journal.read(0, 100_000, kinds=["documents.delivered"])
    assert [f"mrn:{other}" in one.keys for one in delivered] == [True]


def test_what_is_imported_was_exported_next_door_with_what_is_true_under_the_same_reference():
    world, on = World.make(1), NOON.date()
    exports = counterparts(world, on, 3_000)
    imports = {one.reference: one for one in day(world, on, 3_000)}
    assert len(exports) > 100
    differing = 0
    for out in exports:
        into = imports[out.reference.removesuffix("-X")]
        if into.truth.flaw:
            continue  # what reached customs can perhaps not be read
        stated, true = (read_message(one.xml, LIMITS).declaration for one in (into, out))
        assert true.goods_shipment.ucr == stated.goods_shipment.ucr
        assert true.type_code == "EXA"
        prices = [
            [item.commodity.invoice_line for item in one.goods_shipment.government_agency_goods_item]
            for one in (stated, true)
        ]
        same = prices[0] == prices[1]
        differing += not same
        if not into.truth.irregular and not into.truth.mistake:
            assert same
    assert differing
