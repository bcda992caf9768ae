"""Measures that stand still: the edition of one day holds on all of them."""

from datetime import date

import msgspec
import pytest

from tests.unit.tariff.making import DUTY, items, rate, tables
from tidegate.tariff import as_of, assess, measure_table

EDITIONS = [
    rate("A00", "1", "22", **{"from": "2020-01-01", "until": "2021-12-31"}),
    rate("A00", "2", "22", **{"from": "2022-01-01", "until": "2022-12-31"}),
    rate("A00", "3", "22", **{"from": "2024-01-01"}),
]


def standing(day, rows=EDITIONS):
    return as_of(measure_table(rows, "XTS"), day).measures


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2021, 12, 31), "1"),
        (date(2022, 1, 1), "2"),
        (date(2023, 6, 1), "2"),
        (date(2024, 1, 1), "3"),
        (date(2019, 1, 1), "1"),
    ],
)
def test_of_each_measure_the_edition_of_the_day_is_kept_or_the_last_before_or_the_first(day, text):
    assert standing(day)["rate_text"].to_list() == [f"{text}%"]


def test_the_edition_that_is_kept_holds_on_every_day_and_its_source_says_since_when():
    kept = standing(date(2022, 5, 5)).row(0, named=True)
    assert (kept["measure_from"], kept["measure_until"]) == (date.min, None)
    assert kept["source"] == "test, from 2022-01-01"
    whole = tables(EDITIONS, taxes=(DUTY,))
    still = tables([], taxes=(DUTY,))
    goods = items({"commodity": "22041094"})
    assert assess(goods, whole).lines["amount"].to_list() == [3_00]
    measures = as_of(whole.measures, date(2022, 5, 5))
    assert assess(goods, msgspec.structs.replace(still, measures=measures)).lines["amount"].to_list() == [
        2_00
    ]


def test_measures_for_others_are_editions_of_their_own():
    rows = [*EDITIONS, rate("A00", "9", "22", origin="CN"), rate("A00", "8", "2204")]
    assert standing(date(2022, 5, 5), rows)["rate_text"].to_list() == ["2%", "9%", "8%"]


def test_what_was_read_without_dates_stays_as_it_is():
    rows = [rate("A00", "4", **{"from": ""}), rate("A00", "5", **{"from": ""})]
    assert standing(date(2022, 5, 5), rows)["rate_text"].to_list() == ["4%", "5%"]
