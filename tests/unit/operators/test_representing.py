"""Who may lodge for whom: every principal's leave is needed, for the procedures, at the legal time."""

import pytest

from tests.unit.clearance.making import declaration
from tests.unit.operators.test_operators import LATER, NOW, Desk
from tidegate.declarations.parties import Party
from tidegate.operators import NotRepresentedError, Stated, check_representation, leaves_now, stated_in

IMPORTER, BROKER, OTHER, PLATFORM = "XA1", "XA2", "XA3", "XA4"
DIRECT = Stated(declarant=IMPORTER, agent=BROKER, status="2", owner=IMPORTER, procedures=("4000",))
INDIRECT = Stated(declarant=BROKER, agent=BROKER, status="3", owner=IMPORTER, procedures=("4000",))


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "read").mkdir()
    made = Desk(tmp_path)
    for number in (BROKER, OTHER, PLATFORM):
        made.registered(number, "broker")
    yield made
    made.journal.close()


def may(desk, lodger, stated, when=NOW, *, as_stated=False):
    def leaves(principal, representative):
        return leaves_now(desk.journal, principal, representative)

    try:
        check_representation(leaves, lodger, stated, when, as_stated=as_stated)
    except NotRepresentedError as refused:
        return refused.fields["principal"], refused.fields["representative"]
    return True


def test_an_operator_lodges_for_itself_without_any_leave(desk):
    assert may(desk, IMPORTER, Stated(declarant=IMPORTER, owner=IMPORTER), as_stated=True) is True
    assert may(desk, IMPORTER, Stated(declarant=IMPORTER)) is True


@pytest.mark.parametrize("stated", [DIRECT, INDIRECT])
def test_a_representative_needs_the_leave_of_whose_goods_they_are(desk, stated):
    assert may(desk, BROKER, stated) == (IMPORTER, BROKER)
    desk.granted(IMPORTER, BROKER)
    assert may(desk, BROKER, stated) is True


def test_a_stranger_lodges_for_nobody_else(desk):
    desk.granted(IMPORTER, BROKER)
    assert may(desk, OTHER, DIRECT) == (BROKER, OTHER)
    assert may(desk, OTHER, Stated(declarant=IMPORTER)) == (IMPORTER, OTHER)
    assert may(desk, OTHER, Stated(owner=IMPORTER)) == (IMPORTER, OTHER)


def test_who_transmits_needs_the_leave_of_who_acts_and_the_principal_s_to_that_one(desk):
    desk.granted(BROKER, PLATFORM)
    assert may(desk, PLATFORM, DIRECT) == (IMPORTER, BROKER)
    desk.granted(IMPORTER, BROKER)
    assert may(desk, PLATFORM, DIRECT) is True


def test_nobody_names_another_as_declarant_without_its_leave(desk):
    assert may(desk, IMPORTER, Stated(declarant=OTHER, owner=IMPORTER)) == (OTHER, IMPORTER)


def test_leave_is_for_its_procedures_and_its_time(desk):
    desk.granted(IMPORTER, BROKER, procedures=("71",), until=LATER)
    assert may(desk, BROKER, DIRECT) == (IMPORTER, BROKER)
    stored = Stated(declarant=IMPORTER, agent=BROKER, owner=IMPORTER, procedures=("7100",))
    assert may(desk, BROKER, stored) is True
    assert may(desk, BROKER, stored, LATER) == (IMPORTER, BROKER)


def test_the_kind_of_representation_counts_where_the_practice_asks_for_what_is_stated(desk):
    desk.granted(IMPORTER, BROKER, representation="indirect")
    assert may(desk, BROKER, DIRECT) is True
    assert may(desk, BROKER, DIRECT, as_stated=True) == (IMPORTER, BROKER)
    assert may(desk, BROKER, INDIRECT, as_stated=True) is True


def test_a_representative_named_by_the_principal_is_looked_at_where_the_practice_asks(desk):
    assert may(desk, IMPORTER, DIRECT) is True
    assert may(desk, IMPORTER, DIRECT, as_stated=True) == (IMPORTER, BROKER)
    desk.granted(IMPORTER, BROKER, representation="direct")
    assert may(desk, IMPORTER, DIRECT, as_stated=True) is True


def test_who_takes_part_is_read_from_the_declaration_by_its_direction():
    made = declaration("L").altered(
        declarant=Party(id=IMPORTER), agent=Party(id=BROKER, function_code="2"), exporter=Party(id=OTHER)
    )
    shipment = made.goods_shipment.altered(importer=Party(id=IMPORTER))
    made = made.altered(goods_shipment=shipment)
    coming = stated_in(made, "import")
    assert (coming.declarant, coming.agent, coming.status, coming.owner) == (IMPORTER, BROKER, "2", IMPORTER)
    assert coming.procedures == ("4000",)
    assert stated_in(made, "export").owner == OTHER


def test_where_no_declarant_is_stated_it_is_who_it_is_lodged_under():
    bare = declaration("L").altered(declarant=None, agent=None, submitter=Party(id=OTHER))
    assert stated_in(bare, "import").declarant == OTHER
    assert stated_in(bare.altered(agent=Party(id=BROKER)), "import").declarant == BROKER
