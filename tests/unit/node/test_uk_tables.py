"""The tables of the United Kingdom: excise by its days, the edition that is stood on, reliefs."""

import csv
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

import tidegate
from tests.unit.tariff.making import items
from tidegate.node import load_administration
from tidegate.tariff import assess, measure_table

FOLDER = Path(tidegate.__file__).parent / "administrations" / "uk"
UK = load_administration("uk").terms.tariff


@pytest.fixture(scope="module")
def rows():
    with (FOLDER / "measures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def by_calendar(rows):
    """The same tables, but for the edition they stand on: rates go with the day."""
    return msgspec.structs.replace(UK, measures=measure_table(rows, "GBP"))


def goods(code, day=date(2026, 3, 1), **parts):
    stated = {"currency": "GBP", "item_amount": 1_000_000, "additional_code": code, **parts}
    return items({**stated, "occurred": datetime(day.year, day.month, day.day, tzinfo=UTC)})


def amount(found, tax):
    return found.lines.filter(found.lines["tax"] == tax)["amount"].to_list()


def wine(of, day):
    quantities = [{"unit": "LTR", "quantity": 100_000_000}, {"unit": "ASV", "quantity": 12_000_000}]
    return amount(assess(goods("X333", day, quantities=quantities), of), "333")


@pytest.mark.parametrize(
    ("day", "pence"),
    [
        (date(2023, 7, 31), []),
        (date(2023, 8, 1), [342_00]),
        (date(2025, 1, 31), [342_00]),
        (date(2025, 2, 1), [354_48]),
        (date(2026, 1, 31), [354_48]),
        (date(2026, 2, 1), [367_44]),
    ],
)
def test_alcohol_duty_goes_with_the_day_where_no_edition_is_stood_on(by_calendar, day, pence):
    assert wine(by_calendar, day) == pence
    assert wine(UK, day) == [342_00]


def test_a_tax_that_has_ended_has_its_last_rate_in_the_edition_and_none_by_the_calendar(by_calendar):
    litres = goods("X413", quantities=[{"unit": "LTR", "quantity": 1_000_000_000}])
    assert amount(assess(litres, UK), "413") == [2975_70]
    assert amount(assess(litres, by_calendar), "413") == []
    assert "rate" in assess(litres, by_calendar).gaps["gap"].to_list()


def test_tobacco_in_devices_is_counted_by_its_own_unit_and_other_by_its_mass():
    tobacco = {"unit": "KTC", "quantity": 1_000_000}
    device = goods("X633", commodity="8543400000", net_mass=10_000_000, quantities=[tobacco])
    assert amount(assess(device, UK), "633") == [325_53]
    assert amount(assess(goods("X633", commodity="2404110010", net_mass=10_000_000), UK), "633") == [3255_30]


def test_every_row_names_its_source_and_editions_of_one_tax_do_not_overlap(rows):
    assert [row for row in rows if not row["source"]] == []
    spans = {}
    for row in rows:
        key = tuple(row[column] for column in row if column not in ("rate", "from", "until", "source"))
        spans.setdefault(key, []).append((row["from"], row["until"] or "9999-12-31"))
    for several in spans.values():
        assert all(before[1] < after[0] for before, after in pairwise(sorted(several))), several


@pytest.mark.parametrize(("additional", "vat"), [("F01", [20_000]), ("F05", [0]), ("000", [20_000])])
def test_returned_goods_owe_no_value_added_tax_under_the_code_that_says_so(additional, vat):
    found = assess(goods("", procedure="6123", additional_procedure=additional, commodity="220410"), UK)
    # A duty by quantity without a quantity is a gap, but not for goods whose duty is relieved.
    told = amount(found, "B00")
    assert told == (vat if additional != "000" else [])
