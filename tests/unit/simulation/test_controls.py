"""Controls find what is there, not always; goods arrive and debts are paid, whatever the order of asking."""

from datetime import timedelta

import pytest

from tests.unit.simulation.conftest import ON
from tidegate.simulation import (
    Difference,
    Inspector,
    Parameters,
    Truth,
    World,
    arrival_delay,
    day,
    payment_delay,
)

UNDERVALUED = Truth(
    "undervaluation", irregular=True, flaw=None, differences=(Difference(1, "value", "100", "250"),)
)
INSPECTOR = Inspector(1)
LAWFUL = Truth(None, irregular=False, flaw=None)


def found(truth, thoroughness, inspector=INSPECTOR, times=600):
    results = [inspector.inspect(truth, f"M{place}", thoroughness) for place in range(times)]
    return sum(one.outcome == "irregular" for one in results) / times


def test_a_result_depends_on_the_reference_and_not_on_the_order():
    inspector = Inspector(1)
    forth = [inspector.inspect(UNDERVALUED, f"M{place}") for place in range(40)]
    back = [inspector.inspect(UNDERVALUED, f"M{place}") for place in reversed(range(40))]
    assert forth == back[::-1]
    assert len({one.outcome for one in forth}) == 2


def test_an_audit_finds_values_that_a_scan_does_not():
    assert found(UNDERVALUED, "scan") < 0.12
    assert found(UNDERVALUED, "audit") > 0.7


def test_papers_do_not_show_what_is_hidden():
    hidden = Truth("smuggling", irregular=True, flaw=None, differences=(Difference(1, "hidden", "", "9 kg"),))
    assert found(hidden, "documents") == 0
    assert found(hidden, "physical") > 0.8


def test_skill_moves_what_is_found():
    assert found(UNDERVALUED, "documents", Inspector(1, skill=2.2)) > 0.9
    assert found(UNDERVALUED, "documents", Inspector(1, skill=0)) == 0


def test_false_alarms_are_rare_and_can_be_forbidden():
    assert 0 < found(LAWFUL, "physical", times=3_000) < 0.01
    assert found(LAWFUL, "physical", Inspector(1, false_alarm=0)) == 0


def test_the_words_say_what_was_stated_and_what_was_found():
    result = Inspector(1, skill=9).inspect(UNDERVALUED, "M1")
    assert result.found == "Item 1: value stated 100, found 250."
    assert result.differences == UNDERVALUED.differences
    assert 2 <= result.hours <= 16


@pytest.mark.parametrize("what", ["hidden", "consignment", "party", "chain", "commodity"])
def test_every_difference_has_words(what):
    truth = Truth("x", irregular=True, flaw=None, differences=(Difference(0, what, "stated", "found"),))
    assert (
        "found" in Inspector(1, skill=99).inspect(truth, "M1", "audit" if what != "hidden" else "scan").found
    )


def test_only_goods_lodged_before_arrival_arrive_later(world, monday):
    delays = [(one, arrival_delay(world, one)) for one in monday]
    assert all((delay is None) == one.arrived for one, delay in delays)
    waits = [delay for _, delay in delays if delay is not None]
    assert timedelta(0) < min(waits) < max(waits) < timedelta(days=5)
    assert 0.25 < len(waits) / len(delays) < 0.45
    assert all(one.arrived == (b"<TypeCode>IMD<" not in one.xml and b"<TypeCode>EXD<" not in one.xml)
               for one in monday if one.truth.flaw is None)  # fmt: skip


def test_cash_payers_pay_and_some_of_the_crooked_never_do():
    world = World.make(5, Parameters(schemes=0.5))
    lodged = day(world, ON, 400)
    delays = [(one, payment_delay(world, one)) for one in lodged]
    assert all((delay is not None) == (one.pays == "A") for one, delay in delays)
    never = [one for one, delay in delays if delay is not None and delay > timedelta(days=365)]
    assert never
    assert {one.truth.scheme for one in never} <= {"reappearing", "carousel"}
    assert delays == [(one, payment_delay(world, one)) for one in lodged]
