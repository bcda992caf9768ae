"""Goods items become rows of exact integers, in order, with what is not stated null."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.declarations.frame import GOODS_ITEM_COLUMNS, Lodged, goods_item_frame
from tidegate.declarations.places import with_value
from tidegate.declarations.rules import sample_declaration

OCCURRED = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[1]"


def rows(*declarations):
    lodged = [Lodged(f"MRN-{n}", OCCURRED, one) for n, one in enumerate(declarations)]
    return goods_item_frame(lodged).to_dicts()


def test_a_goods_item_is_a_row_of_what_was_stated():
    first, second = rows(sample_declaration())
    assert (first["declaration"], first["item"], first["items"], second["item"]) == ("MRN-0", 1, 2, 2)
    assert first["occurred"] == OCCURRED
    assert (first["commodity"], first["origin"], first["procedure"]) == ("84145925", "CN", "4000")
    assert (first["item_amount"], first["currency"]) == (10_000_000, "EUR")
    assert (first["gross_mass"], first["net_mass"]) == (820_000_000, 800_500_000)
    assert (first["packages"], first["containers"], first["incoterm"]) == (30, 1, "CIF")
    assert (first["preferential_origin"], first["freight_amount"]) == (None, None)


def test_rows_stand_in_the_order_given_and_have_all_columns():
    found = rows(sample_declaration(), sample_declaration())
    assert [(row["declaration"], row["item"]) for row in found] == [
        ("MRN-0", 1),
        ("MRN-0", 2),
        ("MRN-1", 1),
        ("MRN-1", 2),
    ]
    assert list(found[0]) == list(GOODS_ITEM_COLUMNS)


def test_a_declaration_without_goods_has_no_rows():
    assert rows(with_value(sample_declaration(), "GoodsShipment", None)) == []
    assert goods_item_frame([]).schema == GOODS_ITEM_COLUMNS


def test_what_an_item_says_goes_before_what_the_shipment_says():
    first, second = rows(with_value(sample_declaration(), f"{ITEM}/ExportCountry/ID", "VN"))
    assert (first["country_of_export"], second["country_of_export"]) == ("VN", "CN")


def test_words_in_numbers_and_numbers_beyond_bounds_are_null():
    declaration = with_value(sample_declaration(), f"{ITEM}/Commodity/GoodsMeasure/GrossMassMeasure", "heavy")
    declaration = with_value(declaration, f"{ITEM}/Commodity/GoodsMeasure/NetNetWeightMeasure", "9" * 20)
    declaration = with_value(declaration, f"{ITEM}/SequenceNumeric", "first")
    first, _ = rows(declaration)
    assert (first["gross_mass"], first["net_mass"], first["item"]) == (None, None, 1)


@given(st.decimals(min_value=0, max_value=10**12, places=6))
@settings(max_examples=100, deadline=None)
def test_money_and_mass_are_exact(number):
    mass = f"{ITEM}/Commodity/GoodsMeasure/GrossMassMeasure"
    declaration = with_value(sample_declaration(), mass, f"{number:f}")
    money = number.quantize(Decimal("0.001"))
    declaration = with_value(declaration, f"{ITEM}/StatisticalValueAmount", f"{money:f} EUR")
    first, _ = rows(declaration)
    assert Decimal(first["gross_mass"]) / 1_000_000 == number
    assert Decimal(first["statistical_amount"]) / 1_000 == money
