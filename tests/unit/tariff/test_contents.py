"""Contents: litres of pure alcohol are litres by the strength that counts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.tariff.making import DUTY, items, rate, tables
from tidegate.tariff import Content, assess

ALCOHOL = Content("LPA", "LTR", ("EAS", "ASV"))
RATES = [rate("A00", "28.50 XTS / LPA", "22"), rate("", "LTR", "2204", kind="supplementary_unit")]
TABLES = tables(RATES, taxes=(DUTY,), contents=(ALCOHOL,))


def stated(**by_unit):
    return [{"unit": unit, "quantity": int(Decimal(text) * 1_000_000)} for unit, text in by_unit.items()]


def amounts(item, of=TABLES):
    found = assess(items({"commodity": "22041094", **item}), of)
    return found.lines["amount"].to_list(), found.gaps["gap"].to_list()


@pytest.mark.parametrize(
    ("quantities", "pure"),
    [
        ({"LTR": "85", "ASV": "16"}, "13.6"),
        ({"HLT": "2", "ASV": "5.1"}, "10.2"),
        ({"LPA": "7.5"}, "7.5"),
        ({"LTR": "2000", "ASV": "13", "EAS": "12.5"}, "250"),
        ({"LTR": "2000", "ASV": "13", "LPA": "999"}, "260"),
        ({"LTR": "10", "ASV": "0"}, "0"),
    ],
)
def test_pure_alcohol_is_litres_by_strength_or_as_stated_where_no_strength_is(quantities, pure):
    expected = int(Decimal("28.50") * Decimal(pure) * 100)
    assert amounts({"quantities": stated(**quantities)}) == ([expected], [])


def test_litres_may_come_from_the_supplementary_unit():
    item = {"supplementary_quantity": 85_000_000, "quantities": stated(ASV="16")}
    assert amounts(item) == ([387_60], [])


@pytest.mark.parametrize("quantities", [{"LTR": "85"}, {"ASV": "16"}, {"LTR": "10", "ASV": "100.5"}, {}])
def test_without_litres_and_a_strength_there_is_a_gap(quantities):
    assert amounts({"quantities": stated(**quantities)}) == ([], ["quantity"])


def test_an_administration_without_contents_takes_what_is_stated_alone():
    plain = tables(RATES, taxes=(DUTY,))
    assert amounts({"quantities": stated(LTR="85", ASV="16")}, plain) == ([], ["quantity"])
    assert amounts({"quantities": stated(LTR="85", ASV="16", LPA="2")}, plain) == ([57_00], [])


@given(
    litres=st.integers(0, 10**12),
    strength=st.integers(0, 10**8),
)
def test_the_frame_says_what_exact_arithmetic_says(litres, strength):
    quantities = [{"unit": "LTR", "quantity": litres}, {"unit": "ASV", "quantity": strength}]
    pure = litres * strength // 10**8  # millionths of a litre, down
    expected = (2 * pure * 2850 + 10**6) // (2 * 10**6)
    assert amounts({"quantities": quantities}) == ([expected], [])
