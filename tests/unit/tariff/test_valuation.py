"""Customs value: what is added to the price and deducted from it, and how a shipment's charges are split."""

import polars as pl
import pytest

from tests.unit.tariff.making import exchange, items, rate, tables
from tidegate.tariff import assess, charge_rules

PLAIN = [rate("A00", "10"), rate("B00", "20")]
RULES = charge_rules(
    [
        {
            "code": code,
            "sign": sign,
            "into": into,
            "kind": kind,
            "name": "x",
            "from": "",
            "until": "",
            "source": "t",
        }
        for code, sign, into, kind in (
            ("AK", "+", "value", "insurance"),
            ("AS", "+", "value", "freight"),
            ("BT", "-", "value", "other"),
            ("AV", "+", "vat", "other"),
        )
    ]
)


def charge(code, amount, currency="XTS"):
    return {"code": code, "amount": amount, "currency": currency}


def of(rates=PLAIN, exchanges=(), **parts):
    return tables(rates, exchanges, charges=RULES, **parts)


def values(frame, by):
    return assess(frame, by).values["value"].to_list()


def gaps(frame, by):
    return assess(frame, by).gaps.select("declaration", "item", "gap", "detail").rows()


def test_additions_and_deductions_of_an_item_change_its_value():
    frame = items({"charges": [charge("AK", 5_000), charge("BT", 1_500)]})
    assert values(frame, of()) == [103_50]


def test_charges_of_the_shipment_fall_to_its_items_by_their_prices_and_the_rest_to_the_dearest():
    shared = [charge("AK", 100)]
    rows = [
        {"declaration": "D", "item": n, "item_amount": price, "shipment_charges": shared}
        for n, price in ((1, 1_000), (2, 3_000), (3, 3_000))
    ]
    assert values(items(*rows), of()) == [1_01, 3_05, 3_04]


def test_a_part_is_rounded_down_and_what_is_left_over_falls_to_one_item():
    shared = [charge("AK", 20)]
    rows = [
        {"declaration": "D", "item": n, "item_amount": 1_000, "shipment_charges": shared} for n in (1, 2, 3)
    ]
    assert values(items(*rows), of()) == [1_02, 1_00, 1_00]


def test_of_two_rates_of_exchange_that_hold_the_later_beginning_counts():
    by = of(exchanges=[exchange("EUR", "2", "2026-02-01"), exchange("EUR", "4", "2026-01-01")])
    assert values(items({"currency": "EUR"}), by) == [50_00]


def test_the_parts_of_a_charge_add_up_to_it_whatever_the_prices():
    rows = [
        {"declaration": "D", "item": n, "item_amount": n * 1_111, "shipment_charges": [charge("AS", 10_000)]}
        for n in range(1, 12)
    ]
    frame = items(*rows)
    alone = items(*({**row, "shipment_charges": None} for row in rows))
    assert sum(values(frame, of())) - sum(values(alone, of())) == 10_00


def test_a_charge_in_another_currency_is_converted_at_the_rate_of_the_day():
    frame = items({"charges": [charge("AK", 8_000, "EUR")]})
    assert values(frame, of(exchanges=[exchange("EUR", "0.8")])) == [110_00]


def test_a_charge_that_cannot_be_converted_or_is_not_known_leaves_no_value():
    frame = items({"charges": [charge("AK", 8_000, "EUR")]}, {"charges": [charge("ZZ", 1)]})
    assert values(frame, of()) == [None, None]
    assert gaps(frame, of()) == [("D1", 1, "exchange", "EUR on 2026-03-01"), ("D2", 1, "charge", "ZZ")]


def test_an_unknown_charge_of_the_shipment_stands_in_the_way_of_every_item():
    rows = [{"declaration": "D", "item": n, "shipment_charges": [charge("ZZ", 1)]} for n in (1, 2)]
    assert gaps(items(*rows), of()) == [("D", 1, "charge", "ZZ"), ("D", 2, "charge", "ZZ")]


@pytest.mark.parametrize(
    ("incoterm", "value", "told"),
    [
        ("FOB", 110_00, ["FOB: insurance"]),
        ("EXW", 110_00, ["EXW: insurance"]),
        ("CFR", 100_00, ["CFR: insurance"]),
        ("CIF", 100_00, []),
        ("DDP", 100_00, []),
        (None, 100_00, []),
    ],
)
def test_freight_is_added_where_the_delivery_terms_leave_it_out(incoterm, value, told):
    frame = items({"incoterm": incoterm, "freight_amount": 10_000, "freight_currency": "XTS"})
    assert values(frame, of()) == [value]
    assert [detail for _, _, gap, detail in gaps(frame, of()) if gap == "terms"] == told


def test_freight_that_is_missing_is_told_where_the_terms_leave_it_out():
    assert gaps(items({"incoterm": "FOB"}), of()) == [
        ("D1", 1, "terms", "FOB: freight"),
        ("D1", 1, "terms", "FOB: insurance"),
    ]


def test_a_value_basis_without_freight_adds_none():
    frame = items({"incoterm": "FOB", "freight_amount": 10_000, "freight_currency": "XTS"})
    assert values(frame, of(value_basis="FOB")) == [100_00]
    assert gaps(frame, of(value_basis="FOB")) == []


def test_what_goes_into_the_base_of_a_tax_alone_is_not_part_of_the_value():
    frame = items({"charges": [charge("AV", 7_000)]})
    by = of()
    vat = by.taxes[1]
    with_charges = type(vat)(type=vat.type, name=vat.name, on=vat.on, charges="vat")
    by = tables(PLAIN, taxes=(by.taxes[0], with_charges), charges=RULES)
    lines = assess(frame, by).lines
    assert lines.select("tax", "base").rows() == [("A00", 100_00), ("B00", 117_00)]


def test_the_customs_value_stated_stands_in_for_price_and_statistical_value():
    row = {"item_amount": None, "currency": None, "stated_value": 42_000, "stated_value_currency": "XTS"}
    assert values(items(row), of()) == [42_00]


def test_a_late_declaration_goes_by_the_day_it_states_and_another_does_not():
    by = of(exchanges=[exchange("EUR", "2", until="2026-02-28"), exchange("EUR", "4", "2026-03-01")])
    by = tables(
        PLAIN,
        [exchange("EUR", "2", until="2026-02-28"), exchange("EUR", "4", "2026-03-01")],
        late_types=frozenset("YZ"),
    )
    rows = [{"currency": "EUR", "declaration_type": kind} for kind in ("IMY", "IMA")]
    frame = items(*rows).with_columns(pl.lit("2026-02-10").str.to_date().alias("accepted_on"))
    assert values(frame, by) == [50_00, 25_00]


def test_the_derivation_tells_what_was_added():
    frame = items({"charges": [charge("AK", 5_000)]})
    assert assess(frame, of()).lines["derivation"][0].endswith("(test); 5.00 XTS added to the price")
