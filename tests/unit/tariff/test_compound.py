"""Rates with amounts per unit, sums and bounds; and the quantities they need."""

import polars as pl
import pytest

from tests.unit.tariff.making import DUTY, VAT, exchange, items, rate, tables
from tidegate.tariff import assess


def quantity(unit, millionths):
    return {"unit": unit, "quantity": millionths}


def of(text, exchanges=(), **parts):
    return tables([rate("A00", text), rate("B00", "20")], exchanges, (DUTY, VAT), **parts)


def duty(frame, by):
    return assess(frame, by).lines.filter(pl.col("tax") == "A00")["amount"].to_list()


def gaps(frame, by):
    return assess(frame, by).gaps.filter(pl.col("gap") != "base").select("gap", "detail").rows()


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.4 XTS/kg", 35_00),
        ("1.4 XTS/kg + 3.2%", 38_20),
        ("140 XTS/100 kg", 35_00),
        ("10% MIN 2 XTS/kg", 50_00),
        ("10% MAX 0.20 XTS/kg", 5_00),
        ("60% MIN 2 XTS/kg", 60_00),
        ("26 XTS/hl", 26_00 // 2),
        ("12 XTS/doz.", 30_00),
        ("0.007 XTS/kg", 18),
    ],
)
def test_amounts_per_unit_are_added_up_and_held_between_bounds(text, amount):
    frame = items(
        {"net_mass": 25_000_000, "quantities": [quantity("LTR", 50_000_000), quantity("NAR", 30_000_000)]}
    )
    assert duty(frame, of(text)) == [amount]


def test_an_amount_in_another_currency_is_converted_at_the_rate_of_the_day():
    assert duty(items({"net_mass": 25_000_000}), of("2 EUR/kg", [exchange("EUR", "0.8")])) == [62_50]


def test_a_quantity_in_another_unit_of_the_kind_is_brought_to_the_base():
    frame = items(
        {"quantities": [quantity("TNE", 1_000_000)]}, {"quantities": [quantity("GRM", 500_000_000)]}
    )
    assert duty(frame, of("2 XTS/kg")) == [2_000_00, 1_00]


@pytest.mark.parametrize(
    ("row", "gap"),
    [
        ({}, ("quantity", "A00 for 84145925: KGM")),
        ({"net_mass": -5}, ("quantity", "A00 for 84145925: KGM")),
        ({"quantities": [quantity("LTR", 1)]}, ("quantity", "A00 for 84145925: KGM")),
        ({"supplementary_quantity": 5_000_000}, ("quantity", "A00 for 84145925: KGM")),
        ({"net_mass": 2**62}, ("size", "A00 for 84145925")),
    ],
)
def test_a_quantity_that_is_missing_wrong_or_too_large_is_told(row, gap):
    assert (duty(items(row), of("1000000 XTS/kg")), gaps(items(row), of("1000000 XTS/kg"))) == ([], [gap])


def test_an_amount_in_a_currency_without_a_rate_is_told():
    assert gaps(items({"net_mass": 1}), of("2 EUR/kg")) == [
        ("exchange", "A00 for 84145925: EUR on 2026-03-01")
    ]


def test_the_supplementary_quantity_counts_in_the_unit_that_the_tariff_has_for_the_code():
    by = tables(
        [rate("A00", "3 XTS/doz."), rate("", "DZN", "8414", kind="supplementary_unit")], taxes=(DUTY,)
    )
    assert duty(items({"supplementary_quantity": 4_000_000}), by) == [12_00]


def test_the_derivation_shows_each_component():
    frame = items({"net_mass": 25_000_000})
    line = assess(frame, of("1.4 XTS/kg + 3.2%")).lines
    assert line["derivation"][0] == (
        "1.4 XTS/kg + 3.2%: 35.00 XTS on 25 KGM + 3.20 XTS on 100.00 XTS "
        "for all goods since 2020-01-01 (test)"
    )
    assert line.select("rate", "rate_text").row(0) == (None, "1.4 XTS/kg + 3.2%")


def test_simple_and_compound_rates_stand_together_in_the_order_of_the_frame():
    by = tables([rate("A00", "1 XTS/kg", "84"), rate("A00", "10", "61")], taxes=(DUTY,))
    rows = [{"commodity": "84000000", "net_mass": 10**6}, {"commodity": "61000000"}] * 3
    found = assess(items(*rows), by).lines
    assert found["declaration"].to_list() == [f"D{n}" for n in range(1, 7)]
    assert found["amount"].to_list() == [1_00, 10_00] * 3


def test_a_supplementary_quantity_stated_in_a_unit_counts_in_that_unit_and_not_in_the_tariffs():
    by = tables(
        [rate("A00", "3 XTS/doz."), rate("", "DZN", "8414", kind="supplementary_unit")], taxes=(DUTY,)
    )
    stated = {"supplementary_quantity": 24_000_000}
    assert duty(items(stated | {"supplementary_unit": "DZN"}), by) == [72_00]
    assert duty(items(stated | {"supplementary_unit": "NAR"}), by) == [6_00]
    assert gaps(items(stated | {"supplementary_unit": "LTR"}), by) == [("quantity", "A00 for 84145925: NAR")]
