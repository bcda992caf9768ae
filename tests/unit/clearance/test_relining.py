"""Amounts that an officer puts stand among the lines that were worked out."""

from decimal import Decimal

from tests.unit.clearance.making import MOMENT, PAYS_AT_ONCE
from tidegate.acts import TaxLine
from tidegate.clearance import consignment_now, override_assessment
from tidegate.clearance.relining import lines_now, with_amounts


def line(item, tax, amount, **parts):
    return TaxLine(
        item=item, type=tax, base=Decimal(100), rate=Decimal(5), amount=amount, currency="XTS", **parts
    )


LINES = (
    line(1, "A00", Decimal(5), deducted=Decimal(1), regime="100"),
    line(1, "A00", Decimal(7)),
    line(1, "B00", Decimal(9), payable=Decimal(0)),
    line(2, "A00", Decimal(3)),
)


def put(amounts):
    return with_amounts(LINES, {key: Decimal(text) for key, text in amounts.items()}, "XTS", " why ")


def test_an_amount_takes_the_place_of_all_lines_of_its_item_and_tax_and_is_payable():
    first, *others = put({(1, "A00"): "2.50"})
    assert (first.amount, first.payable, first.deducted, first.rate) == (Decimal("2.50"), None, 0, None)
    assert (first.base, first.regime, first.derivation) == (100, "100", "put by an officer: why")
    assert tuple(others) == LINES[2:]


def test_a_tax_without_a_line_gets_one_behind_those_of_its_item():
    made = put({(1, "A30"): "4"})
    assert [(one.item, one.type) for one in made] == [
        (1, "A00"),
        (1, "A00"),
        (1, "B00"),
        (1, "A30"),
        (2, "A00"),
    ]
    assert (made[3].base, made[3].amount, made[3].currency) == (0, 4, "XTS")


def test_nothing_put_changes_nothing():
    assert put({}) == LINES


def test_the_lines_that_stand_are_those_of_the_last_assessment_or_override(post):
    mrn = post.cleared("L1", PAYS_AT_ONCE)
    worked_out = lines_now(post.journal, mrn)
    assert sum(one.amount for one in worked_out) == consignment_now(post.journal, mrn)[0].due > 0
    lines = with_amounts(worked_out, {(1, "A00"): Decimal(1)}, "XTS", "why")
    override_assessment(post.journal, mrn, MOMENT, "officer:1", taxes=lines, reason="why")
    assert lines_now(post.journal, mrn) == lines != worked_out
    assert lines_now(post.journal, "26XA00000000000000") == ()
