"""What a demonstration opens with: a tariff that knows its world's goods, notices at every step, a draft."""

import csv
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import tidegate
from tests.shared_data import shared_data
from tidegate.clearance import consignment_now, record_payment, request_documents
from tidegate.commands.demo.opening import open_for_all, traders_of
from tidegate.declarations.messages import read_message
from tidegate.journal import tables
from tidegate.node import create_node, open_node
from tidegate.node.clearing import Incoming, record
from tidegate.node.enquiring import OWN, Desk
from tidegate.node.schedules import Schedules
from tidegate.notices import bulletins, notices_about_declaration
from tidegate.simulation import World, day
from tidegate.simulation.flaws import flawed
from tidegate.simulation.goods import CATALOGUE
from tidegate.tariff.enquiries import Enquiry

MOMENT = datetime(2026, 3, 3, 9, tzinfo=UTC)
ON = MOMENT.date()
SCHEDULE = Path(tidegate.__file__).parent / "administrations" / "demo" / "schedule.csv"


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "node"
    create_node(folder, "demo", lambda: MOMENT)
    with open_node(folder, lambda: MOMENT) as made:
        open_for_all(made, traders_of(World.make(1), ON), MOMENT)
        made.catch_up()
        yield made


def tree(node):
    schedules = Schedules(node.journal)
    return schedules.tree(schedules.in_force(ON)[0])


def test_every_code_that_the_world_trades_in_stands_below_its_heading_and_chapter(node):
    held = tree(node)
    for goods in CATALOGUE:
        path = [step.code for step in held.path(goods.code, ON)]
        assert path[-3:] == [goods.code[:2], goods.code[:4], goods.code]


def test_a_code_is_found_by_words(node):
    found = [one.provision.code for one in tree(node).search("bicycles", 5, ON)]
    assert "8712000000" in found


@pytest.mark.skipif(shared_data() is None, reason="the shared data is not beside the project")
def test_codes_are_those_of_the_harmonized_system_and_descriptions_are_not():
    with (shared_data() / "hs" / "harmonized-system.csv").open(encoding="utf-8") as file:
        published = {row["hscode"]: row["description"] for row in csv.DictReader(file)}
    with SCHEDULE.open(encoding="utf-8") as file:
        own = list(csv.DictReader(file))
    assert len({row["code"] for row in own}) == len(own) > 800
    for row in own:
        assert row["code"][:6] in published, row
        words = row["description"].split()
        assert len(words) < 5 or row["description"] != published[row["code"][:6]], row


@pytest.mark.parametrize("code", ["8712000000", "6109100000", "8471300000", "2203000000"])
def test_what_goods_owe_is_the_same_with_the_schedule_as_without(node, code):
    asked = Enquiry(code=code, origin="CN", value=Decimal(1000), currency="XTS", date=ON)
    with_it, without = (next(Desk(node, name).answer([asked])) for name in (None, OWN))
    assert with_it == without
    assert not with_it.findings


def test_a_code_that_the_schedule_does_not_have_is_told(node):
    asked = Enquiry(code="9999999999", origin="CN", value=Decimal(1000), currency="XTS", date=ON)
    (answer,) = Desk(node).answer([asked])
    assert [one.code for one in answer.findings] == ["TG-CODE"]


def test_traders_are_told_of_every_step(node):
    world = World.make(1)
    lawful = [one for one in day(world, ON, 60) if not one.truth.flaw and one.pays == "A" and one.arrived]
    shown, wrong = lawful[0], lawful[1]
    files = ((shown, shown.xml), (wrong, flawed(wrong.xml, "unknown_currency")))
    sent = [Incoming(one.reference, MOMENT, xml, read_message(xml, node.limits)) for one, xml in files]
    record(node, sent)
    node.catch_up()
    mrn, refused = sent[0].mrn, sent[1].mrn
    now, _ = consignment_now(node.journal, mrn)
    assert now.outstanding == ("payment",)
    request_documents(node.journal, mrn, MOMENT, "officer:7", grounds="The invoice.", blocking=False)
    pay = {"reference": "1", "amount": now.due - now.paid, "currency": now.currency}
    record_payment(node.journal, mrn, MOMENT, "operator:1", **pay)
    node.catch_up()
    assert consignment_now(node.journal, mrn)[0].state == "cleared"
    with closing(tables(node.reader("notices"), node.read_tables)) as connection:
        told, of_refused = (
            [one.act.type for one in notices_about_declaration(connection, number)]
            for number in (mrn, refused)
        )
    assert told == ["ACC", "TAX", "DOC", "TAX", "CLE"]
    assert of_refused == ["REJ"]


def test_the_broker_acts_for_the_trader_and_for_others_and_there_is_something_to_read(node):
    traders = traders_of(World.make(1), ON)
    assert traders.trader != traders.broker
    assert len(traders.clients) == 3
    assert len(bulletins(node.journal, date(2026, 3, 3))) == 3
    assert len(node.journal.read(0, 1_000, {"question.received"})) == 2
    assert len(node.journal.read(0, 1_000, {"account.opened"})) == len(traders.accounts)
    granted = node.journal.read(0, 1_000, {"authorisation.granted"})
    assert len(granted) == 1 + len(traders.clients)
