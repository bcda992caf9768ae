"""An operator that is erased takes its registration and mandates along, and leaves what was its clients'."""

from datetime import UTC, datetime

import pytest

from tests.unit.clearance.making import declaration
from tests.unit.journal.searching import found_in
from tests.unit.node.making import made, opened
from tidegate.clearance import Lodging, consignment_now, lodge
from tidegate.declarations.messages import Message, write_message
from tidegate.declarations.places import with_value
from tidegate.journal import Key, verify
from tidegate.node.erasing import erase_operator
from tidegate.operators import (
    grant_authorisation,
    held_now,
    operator_now,
    register_device,
    register_operator,
)

MOMENT = datetime(2026, 3, 1, 9, tzinfo=UTC)
IMPORTER, BROKER = "XA7700JANEDOE", "XA1200JOHNROE"
OFFICER = Key("node:here")


@pytest.fixture
def node(tmp_path):
    with opened(made(tmp_path / "node")) as one:
        for number in (IMPORTER, BROKER):
            register_operator(
                one.journal, MOMENT, OFFICER, number=number, roles=["trader"], name=f"of {number}"
            )
        register_device(one.journal, MOMENT, OFFICER, device=f"SEAL-{BROKER}", owner=BROKER)
        grant_authorisation(
            one.journal, MOMENT, OFFICER, principal=IMPORTER, representative=BROKER, representation="direct"
        )
        value = with_value(declaration("L-1"), "Declarant/ID", IMPORTER)
        original = write_message(Message("declaration", bare=value))
        lodging = Lodging(MOMENT, original, value, BROKER, "first")
        (receipt,) = lodge(one.journal, [lodging], country=one.administration.country, key=one.key)
        one.mrn = receipt.mrn
        one.catch_up()
        yield one


def test_a_broker_that_is_erased_leaves_the_consignments_of_its_clients(node):
    before = consignment_now(node.journal, node.mrn)[0]
    erase_operator(node, BROKER, reason="asked for", occurred=MOMENT)
    assert consignment_now(node.journal, node.mrn)[0] == before
    assert operator_now(node.journal, BROKER)[0] is None
    assert held_now(node.journal, BROKER) == []
    assert operator_now(node.journal, IMPORTER)[0] is not None
    assert found_in(node.folder, BROKER.encode()) == []
    assert verify(node.journal).ok
    assert register_operator(node.journal, MOMENT, OFFICER, number=BROKER, roles=["trader"])


def test_an_importer_that_is_erased_takes_along_what_a_broker_lodged_for_it(node):
    erase_operator(node, IMPORTER, reason="asked for", occurred=MOMENT)
    assert found_in(node.folder, IMPORTER.encode()) == []
    assert held_now(node.journal, BROKER) == []
    assert operator_now(node.journal, BROKER)[0] is not None
    assert verify(node.journal).ok
