"""Quotas: first come first served, granted in part, told when exhausted, and folded from acts."""

from decimal import Decimal

import polars as pl
import pytest

from tests.unit.tariff.making import DUTY, items, rate, tables
from tidegate.acts import DeclarationAssessed, QuotaDraw
from tidegate.tariff import QUOTA_FIELDS, BadTableError, assess, drawn, quota_rules

RATES = [rate("A00", "10"), rate("A00", "2", kind="quota", quota="051867")]


def quota(volume="100", unit="KGM", start="2026-01-01", until="2026-12-31", order="051867"):
    row = {"quota": order, "volume": volume, "unit": unit, "from": start, "until": until, "source": "test"}
    assert tuple(row) == QUOTA_FIELDS
    return row


def of(*quotas, rates=RATES):
    return tables(rates, taxes=(DUTY,), quotas=quota_rules(quotas))


def claim(kilograms, **parts):
    return {"quota": "051867", "net_mass": kilograms * 1_000_000, **parts}


def lines(found):
    return found.lines.select("declaration", "base", "amount").rows()


def test_a_claim_within_the_quota_pays_its_rate_and_draws_what_it_asked():
    found = assess(items(claim(40)), of(quota()))
    assert lines(found) == [("D1", 100_00, 2_00)]
    assert found.draws == {("D1", 1): QuotaDraw(quota="051867@2026-01-01", quantity=Decimal(40))}
    assert found.gaps.height == 0


def test_a_claim_is_granted_in_part_where_less_is_left_and_the_rest_pays_the_other_rate():
    found = assess(items(claim(100)), of(quota("20")))
    assert lines(found) == [("D1", 20_00, 40), ("D1", 80_00, 8_00)]
    assert found.gaps.select("gap", "detail").rows() == [("quota", "051867 has 20 KGM left of 20, asked 100")]


def test_who_comes_first_is_served_first_and_an_exhausted_quota_grants_nothing():
    found = assess(items(claim(60), claim(60), claim(60)), of(quota()))
    assert lines(found) == [
        ("D1", 100_00, 2_00),
        ("D2", 66_66, 1_33),
        ("D2", 33_34, 3_33),
        ("D3", 100_00, 10_00),
    ]
    assert [detail for _, detail in found.gaps.select("declaration", "detail").rows()] == [
        "051867 has 40 KGM left of 100, asked 60",
        "051867 has 0 KGM left of 100, asked 60",
    ]


def test_results_do_not_depend_on_how_claims_come_in_batches():
    frame = items(*(claim(7 * n) for n in range(1, 9)), {})
    together = assess(frame, of(quota()))
    taken: dict[str, int] = {}
    rows, acts = [], []
    for place in range(frame.height):
        found = assess(frame[place], of(quota()), taken)
        rows += found.lines.rows()
        acts.append(
            DeclarationAssessed(mrn="m", due=Decimal(0), currency="XTS", draws=tuple(found.draws.values()))
        )
        taken = drawn(acts)
    assert rows == together.lines.rows()
    assert taken == {"051867@2026-01-01": 100_000_000}


def test_parts_of_an_item_have_their_share_of_its_quantities():
    by = of(
        quota("25"), rates=[rate("A00", "4 XTS/kg"), rate("A00", "1 XTS/kg", kind="quota", quota="051867")]
    )
    assert lines(assess(items(claim(100)), by)) == [("D1", 25_00, 25_00), ("D1", 75_00, 300_00)]


def test_a_quota_in_value_counts_the_customs_value():
    found = assess(items(claim(1), claim(1)), of(quota("150", unit="value")))
    assert [base for _, base, _ in lines(found)] == [100_00, 50_00, 50_00]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (claim(1, net_mass=None), "051867 counts in KGM, which is not stated"),
        (claim(1) | {"occurred": None}, None),
    ],
)
def test_a_claim_without_the_quantity_or_outside_the_days_is_told_and_pays_the_other_rate(row, said):
    if said is None:
        by, said = of(quota(start="2027-01-01", until="")), "051867 on 2026-03-01"
        row = claim(1)
    else:
        by = of(quota())
    found = assess(items(row), by)
    assert lines(found) == [("D1", 100_00, 10_00)]
    assert found.gaps["detail"].to_list() == [said]


def test_the_parts_of_an_item_add_up_to_it():
    found = assess(items(*({**claim(3), "item_amount": n * 1_111} for n in range(1, 20))), of(quota("31.7")))
    sums = found.lines.group_by("declaration").agg(pl.col("base").sum()).sort("declaration")
    values = found.values.sort("declaration")
    assert sums["base"].to_list() == values["value"].to_list()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((quota("x"),), "'x' is not a decimal number"),
        ((quota(), quota(start="2026-06-01", until="")), "quota 051867 is open already"),
        ((quota(start="2026-06-01", until="2026-01-01"),), "it ends on"),
    ],
)
def test_a_bad_quota_is_refused(rows, said):
    with pytest.raises(BadTableError, match=said):
        quota_rules(rows)
