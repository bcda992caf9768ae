"""Every rule of the reduced data set proves itself: its cases are found or not found in the sample row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tidegate.declarations.places import value_at
from tidegate.declarations.reduced import REDUCED_COLUMNS, Excluded, Ground, LowValue, Platform, Scheme
from tidegate.declarations.rules import RuleContext, sample_declaration
from tidegate.declarations.rules.reduced import JUDGED_COLUMNS, REDUCED_RULES, sample_row
from tidegate.declarations.rules.reduced_page import reduced_page
from tidegate.declarations.rules.reduced_rule import ReducedContext, judge_rows

ON = date(2026, 1, 15)
SINCE = {"start": date(2021, 7, 1), "source": "test"}
TAKEN = LowValue(
    procedures=frozenset({"4000"}),
    grounds=(
        Ground(code="C07", up_to=Decimal(150), **SINCE),
        Ground(code="C08", up_to=Decimal(45), **SINCE),
        Ground(code="C09", up_to=Decimal(9), start=date(2027, 1, 1), source="test"),
    ),
    schemes=(
        Scheme(code="F48", needs_number=True, **SINCE),
        Scheme(code="F49", deferred=frozenset({"B00"}), **SINCE),
    ),
    excluded=(Excluded(commodity="24", **SINCE),),
    platforms=(Platform(number="IM9990000017", **SINCE),),
)
CONTEXT = ReducedContext(RuleContext(on=ON, country="XA"), TAKEN.on(ON), "XTS", 2)
CASES = [
    pytest.param(rule, case, id=f"{rule.code}: {case.said}") for rule in REDUCED_RULES for case in rule.cases
]


def edited(*edits):
    """Return the sample row once for each edit, with what the edit puts there."""
    sample = sample_row().row(0, named=True)
    return pl.DataFrame([sample | edit for edit in edits], schema=JUDGED_COLUMNS)


def test_the_sample_row_is_clean():
    assert judge_rows(sample_row(), CONTEXT, REDUCED_RULES).is_empty()


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_rule_finds_what_its_cases_say(rule, case):
    found = judge_rows(edited(case.edits), CONTEXT, [rule])
    assert found["column"].to_list() == ([case.at] if case.at is not None else [])
    assert set(found["code"]) <= {rule.code}
    assert set(found["severity"]) <= {rule.severity}


@pytest.mark.parametrize("rule", REDUCED_RULES, ids=lambda rule: rule.code)
def test_a_rule_has_cases_of_both_kinds_a_source_and_known_columns(rule):
    assert any(case.at is not None for case in rule.cases)
    assert any(case.at is None for case in rule.cases)
    assert rule.reference
    assert rule.code.startswith("TG-H7-")
    assert set(rule.checks) <= {*JUDGED_COLUMNS, ""}


def test_each_code_is_used_once():
    codes = [rule.code for rule in REDUCED_RULES]
    assert len(set(codes)) == len(codes)


def test_a_finding_says_what_was_stated_and_what_would_be_right():
    instead = "Lodge a full declaration."
    found = judge_rows(edited({"commodity": "9405.11", "value": 15001}), CONTEXT, REDUCED_RULES)
    assert found["text"].to_list() == [
        '"9405.11" is not a commodity code: it has 6, 8 or 10 digits and nothing else.',
        f"The consignment is worth 150.01 XTS, above the limit of 150.00 XTS for C07. {instead}",
    ]


def test_what_is_repeated_of_a_row_is_short():
    found = judge_rows(edited({"commodity": "9" * 5000}), CONTEXT, REDUCED_RULES)
    assert len(found["text"][0]) < 200


def test_a_row_that_was_not_read_has_one_finding():
    nothing = dict.fromkeys(REDUCED_COLUMNS)
    found = judge_rows(
        edited({**nothing, "unread": "x", "wrong": "Why.", "value": None}), CONTEXT, REDUCED_RULES
    )
    assert found["code"].to_list() == [
        "TG-H7-ROW",
        "TG-H7-VALUE",
    ]  # the value is asked for of sound rows alone


def test_what_is_not_in_force_that_day_does_not_count():
    later = ReducedContext(
        RuleContext(on=date(2020, 1, 1), country="XA"), TAKEN.on(date(2020, 1, 1)), "XTS", 2
    )
    codes = judge_rows(edited({"commodity": "240220"}), later, REDUCED_RULES)["code"].to_list()
    assert codes == ["TG-H7-GROUND"]
    future = ReducedContext(
        RuleContext(on=date(2027, 1, 1), country="XA"), TAKEN.on(date(2027, 1, 1)), "XTS", 2
    )
    edits = {"additional_procedure": "C09", "value": 900}
    assert judge_rows(edited(edits), future, REDUCED_RULES).is_empty()
    assert not judge_rows(edited(edits), CONTEXT, REDUCED_RULES).is_empty()


def test_findings_come_by_row_whatever_the_order_of_rules():
    rows = edited({"row": 1, "origin": "ZQ"}, {"row": 2, "lrn": None}, {"row": 3, "origin": "ZZ"})
    found = judge_rows(rows, CONTEXT, REDUCED_RULES)
    assert found["row"].to_list() == [1, 2, 3]


def test_rows_may_come_in_pieces_of_which_some_have_nothing_wrong():
    pieces = [edited({"row": n, "commodity": code}) for n, code in enumerate(["x", "610910", "y"], start=1)]
    assert judge_rows(pl.concat(pieces), CONTEXT, REDUCED_RULES)["row"].to_list() == [1, 3]


def test_each_column_has_its_place_in_a_full_declaration():
    for column in REDUCED_COLUMNS.values():
        value_at(sample_declaration(), column.place)  # raises where there is no such place


def test_the_page_of_columns_and_rules_is_what_the_code_says():
    page = Path(__file__).parents[3] / "docs" / "reduced-rules.md"
    again = "the page is stale: python -m tidegate.declarations.rules.reduced_page > docs/reduced-rules.md"
    assert page.read_text(encoding="utf-8") == reduced_page(), again
