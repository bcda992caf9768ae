"""What goods owe: which rate applies, on which day, on which base, and what stays a gap."""

from datetime import UTC, datetime

import polars as pl
import pytest

from tests.unit.tariff.making import DUTY, exchange, items, rate, tables
from tidegate.node import load_administration
from tidegate.tariff import Tax, assess
from tidegate.tariff.exact import LARGEST

PLAIN = [rate("A00", "10"), rate("B00", "20")]


def amounts(frame, of) -> dict[tuple[str, str], int]:
    lines = assess(frame, of).lines
    return {(name, tax): amount for name, tax, amount in lines.select("declaration", "tax", "amount").rows()}


def rates_of(frame, of, tax="A00") -> list[int]:
    return assess(frame, of).lines.filter(pl.col("tax") == tax)["rate"].to_list()


def gaps(frame, of) -> list[tuple[str, str, str]]:
    return assess(frame, of).gaps.select("declaration", "gap", "detail").rows()


def test_duty_is_a_share_of_the_value_and_tax_stands_on_both():
    lines = assess(items({"item_amount": 200_000}), tables(PLAIN)).lines
    assert lines.select("tax", "base", "rate", "amount").rows() == [
        ("A00", 200_00, 10_0000, 20_00),
        ("B00", 220_00, 20_0000, 44_00),
    ]


def test_the_derivation_says_all_that_went_into_an_amount():
    frame = items({"item_amount": 100_000, "currency": "EUR"})
    lines = assess(frame, tables(PLAIN, [exchange("EUR", "0.8")])).lines
    assert lines["derivation"][0] == (
        "10 % of 125.00 XTS for all goods since 2020-01-01 (test); 100.00 EUR at 0.8 to one XTS"
    )


def test_half_a_minor_unit_is_rounded_up():
    of = tables([rate("A00", "0.5")], taxes=(DUTY,))
    assert list(amounts(items({"item_amount": 1_000}, {"item_amount": 990}), of).values()) == [1, 0]


def test_the_value_is_rounded_before_it_is_a_base():
    lines = assess(items({"item_amount": 1_005}), tables(PLAIN)).lines
    assert lines["base"][0] == 101


def test_a_currency_without_minor_units_is_reckoned_in_whole_ones():
    lines = assess(items({"item_amount": 1_500}), tables(PLAIN, minor_digits=0)).lines
    assert lines.select("base", "amount").row(0) == (2, 0)


def test_the_longest_beginning_of_the_code_wins():
    of = tables(
        [rate("A00", "1"), rate("A00", "2", "84"), rate("A00", "3", "841459"), rate("A00", "4", "85")]
    )
    assert rates_of(items({}, {"commodity": "84000000"}, {"commodity": "01000000"}), of) == [
        3_0000,
        2_0000,
        1_0000,
    ]


def test_a_longer_beginning_goes_before_the_rate_for_an_origin():
    of = tables([rate("A00", "5", origin="CN"), rate("A00", "7", "8414")])
    assert rates_of(items({}), of) == [7_0000]


def test_a_code_shorter_than_a_prefix_does_not_match_it():
    of = tables([rate("A00", "1"), rate("A00", "3", "841459")])
    assert rates_of(items({"commodity": "8414"}), of) == [1_0000]


def test_a_stated_additional_code_goes_before_a_longer_beginning():
    of = tables([rate("A00", "5", "8414"), rate("A00", "0", additional_codes="VATZ")])
    rows = [{"additional_code": "X1 VATZ"}, {"additional_code": "VATZX"}, {}]
    assert rates_of(items(*rows), of) == [0, 5_0000, 5_0000]


@pytest.mark.parametrize(
    ("stated", "percent"),
    [
        ({}, 11_0000),
        ({"preference": "100", "preferential_origin": "XB"}, 11_0000),
        ({"preference": "300", "preferential_origin": "XB"}, 0),
        ({"preference": "300", "preferential_origin": "XC"}, 11_0000),
        ({"preference": "300", "origin": "XB"}, 0),
        ({"preference": "300", "origin": "XB", "preferential_origin": "CN"}, 11_0000),
        ({"preference": "400", "preferential_origin": "XB"}, 11_0000),
        ({"origin": "XB"}, 11_0000),
    ],
)
def test_preference_is_given_where_it_is_claimed_for_its_origin_and_only_there(stated, percent):
    of = tables([rate("A00", "11", "84"), rate("A00", "0", origin="XB", preference="300")])
    assert rates_of(items(stated), of) == [percent]


def test_a_rate_for_the_origin_goes_before_the_rate_for_all_origins():
    of = tables([rate("A00", "5", origin="CN"), rate("A00", "7")])
    assert rates_of(items({}, {"origin": "US"}, {"origin": None}), of) == [5_0000, 7_0000, 7_0000]


def test_the_first_and_the_last_day_of_a_rate_are_in_force():
    of = tables([rate("A00", "4", until="2026-06-30"), rate("A00", "5", **{"from": "2026-07-01"})])
    days = [datetime(2026, *day, tzinfo=UTC) for day in ((6, 30, 23, 59, 59), (7, 1))]
    assert rates_of(items(*({"occurred": day} for day in days)), of) == [4_0000, 5_0000]


def test_the_demonstration_rate_of_beer_changes_on_the_first_of_july_2026():
    of = load_administration("demo").terms.tariff
    days = [datetime(2026, 6, 30, 23, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)]
    rows = [{"commodity": "22030001", "occurred": day} for day in days]
    assert rates_of(items(*rows), of) == [4_8000, 5_2000]


def test_the_demonstration_agreement_reaches_every_chapter():
    of = load_administration("demo").terms.tariff
    rows = [
        {"commodity": f"{chapter:02}000000", "preference": "300", "preferential_origin": "XB"}
        for chapter in (1, 64, 84)
    ]
    assert rates_of(items(*rows), of) == [0, 0, 0]


def test_the_exchange_rate_is_that_of_the_day():
    of = tables(PLAIN, [exchange("EUR", "2", until="2026-02-28"), exchange("EUR", "4", "2026-03-01")])
    rows = [{"currency": "EUR", "occurred": datetime(2026, m, d, tzinfo=UTC)} for m, d in ((2, 28), (3, 1))]
    assert assess(items(*rows), of).values["value"].to_list() == [50_00, 25_00]


def test_the_statistical_value_stands_in_for_a_price_that_is_not_stated():
    row = {
        "item_amount": None,
        "currency": "EUR",
        "statistical_amount": 70_000,
        "statistical_currency": "XTS",
    }
    assert assess(items(row), tables(PLAIN)).values["value"].to_list() == [70_00]


def test_an_amount_without_currency_is_in_the_accounting_currency():
    assert assess(items({"currency": None}), tables(PLAIN)).values["value"].to_list() == [100_00]


@pytest.mark.parametrize(
    "row", [{"procedure": "7100"}, {"procedure": "5100"}, {"declaration_type": "EXD"}, {"procedure": None}]
)
def test_suspended_procedures_and_exports_owe_nothing_and_lack_nothing(row):
    frame = items({**row, "item_amount": None})
    assert (amounts(frame, tables(PLAIN)), gaps(frame, tables(PLAIN))) == ({}, [])


@pytest.mark.parametrize(
    ("row", "gap"),
    [
        ({"item_amount": None}, ("D1", "value", "")),
        ({"currency": "EUR"}, ("D1", "exchange", "EUR on 2026-03-01")),
    ],
)
def test_what_cannot_be_valued_is_a_gap_and_charged_nothing(row, gap):
    frame = items(row)
    assert (amounts(frame, tables(PLAIN)), gaps(frame, tables(PLAIN))) == ({}, [gap])


def test_a_tax_on_a_duty_that_has_no_rate_is_not_worked_out_and_the_reason_is_told():
    of = tables([rate("A00", "10", "85"), rate("B00", "20")])
    assert gaps(items({}), of) == [("D1", "base", "B00: A00"), ("D1", "rate", "A00 for 84145925")]
    assert amounts(items({}), of) == {}


def test_a_tax_that_is_only_sometimes_owed_lacks_nothing_until_it_is_stated():
    added = Tax(type="A30", name="anti-dumping duty", needed=False)
    of = tables(PLAIN, taxes=(DUTY, added, Tax(type="B00", name="tax", on=("A00", "A30"))))
    stated = items({}, {"declared_taxes": "A00=E A30=E"})
    assert gaps(stated, of) == [("D2", "base", "B00: A30"), ("D2", "rate", "A30 for 84145925")]


def test_a_price_below_nothing_is_a_gap_and_charged_nothing():
    frame = items({"item_amount": -100_000})
    assert amounts(frame, tables(PLAIN)) == {}
    assert gaps(frame, tables(PLAIN)) == [("D1", "negative", "-100.0 XTS")]


def test_an_empty_frame_owes_nothing():
    found = assess(items({}).clear(), tables(PLAIN))
    assert (found.values.height, found.lines.height, found.gaps.height) == (0, 0, 0)


def test_tables_without_rates_leave_gaps_alone():
    frame = items({})
    found = assess(frame, tables([]))
    assert found.lines.height == 0
    assert [detail for _, _, detail in gaps(frame, tables([]))] == ["A00 for 84145925", "B00 for 84145925"]


@pytest.mark.parametrize("beside", [0, 1])
def test_what_is_too_large_is_told_and_neither_wraps_nor_touches_its_neighbours(beside):
    of = tables([rate("A00", "1000000"), rate("B00", "1000000")], [exchange("EUR", "0.000001")])
    large = [
        {"item_amount": (2**63 - 1)},
        {"item_amount": 10**16, "currency": "EUR"},
        {"item_amount": 10 * (LARGEST // 1_000)},
        {"item_amount": 10**12},
    ]
    frame = items(*large, *[{}] * beside)
    told = {name: detail for name, gap, detail in gaps(frame, of) if gap == "size"}
    assert told == {
        "D2": "the value",
        "D1": "A00 for 84145925",
        "D3": "A00 for 84145925",
        "D4": "B00 for 84145925",
    }
    found = amounts(frame, of)
    assert found.pop(("D4", "A00")) == 10**15
    assert found == ({("D5", "A00"): 10**8, ("D5", "B00"): 100_010_000 * 10_000} if beside else {})


def test_a_base_that_is_too_large_is_told_however_small_its_amount():
    of = tables([rate("A00", "1"), rate("B00", "1")], [exchange("EUR", "0.01")])
    frame = items({"item_amount": LARGEST // 10, "currency": "EUR"})
    assert amounts(frame, of) == {("D1", "A00"): LARGEST // 100}
    assert gaps(frame, of) == [("D1", "size", "B00 for 84145925")]


def test_the_lines_are_in_the_order_of_the_frame_whatever_it_holds():
    rows = [{"declaration": name, "item": item} for name, item in (("Z", 1), ("A", 2), ("A", 1), ("M", 1))]
    lines = assess(items(*rows), tables(PLAIN)).lines
    assert lines.select("declaration", "item", "tax").rows() == [
        (row["declaration"], row["item"], tax) for row in rows for tax in ("A00", "B00")
    ]
