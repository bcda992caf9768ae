"""The taxes of the trade-test corpus: equal to the published ones, and every difference explained."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tests.conformance.cds_taxes import (
    by_quantity,
    charged,
    declared,
    equal,
    published,
    rests_on_unheld,
)
from tests.shared_data import shared_data
from tidegate.node import clear_files, create_node, files_below, open_node

MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "taxes.md"
ROW = re.compile(r"^\| (TT_\w+) \| (\d+) \| (\w+) \| (\w+) \|", re.MULTILINE)
UNLIKE = re.compile(r"^\| (TT_\w+) \| (\d+) \| (\w+) \| [\d.]+ \| [\d.]+ \|", re.MULTILINE)

DATA = shared_data()
pytestmark = pytest.mark.skipif(DATA is None, reason="the shared data is not there")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Clear the corpus on a node of the United Kingdom; returns lines published, taxes told, and results."""
    folder = tmp_path_factory.mktemp("taxes") / "node"
    scenarios = DATA / "cds" / "scenarios"
    assert create_node(folder, "uk", lambda: MOMENT, data=DATA) == []
    encoder = msgspec.json.Encoder(decimal_format="string")
    with open_node(folder, lambda: MOMENT) as node:
        results = [
            msgspec.json.decode(encoder.encode(one))
            for one in clear_files(node, files_below([scenarios]), MOMENT)
        ]
    return published(scenarios), declared(results, scenarios), results


def unequal(lines, taxes):
    return [one for one in lines if one.rate is not None and not equal(one, taxes.get(one.scenario, []))]


def test_most_lines_that_carry_a_rate_are_equal(told):
    lines, taxes, _ = told
    rated = [one for one in lines if one.rate is not None]
    assert len(rated) > 100
    assert len(unequal(rated, taxes)) / len(rated) < 0.13


def test_more_than_nine_of_ten_lines_are_equal_where_all_that_they_stand_on_is_held(told):
    lines, taxes, _ = told
    rated = [
        one
        for one in lines
        if one.rate is not None and not rests_on_unheld(one, lines, taxes.get(one.scenario, []))
    ]
    assert len(rated) > 95
    assert len(unequal(rated, taxes)) / len(rated) < 0.08


def test_amounts_by_quantity_are_those_notified_or_not_told_or_on_the_page(told):
    lines, taxes, _ = told
    equal_ones, others = [], set()
    for one in filter(by_quantity, lines):
        made = taxes.get(one.scenario, [])
        if charged(one, made):
            equal_ones.append(one)
        elif any((tax["item"], tax["type"]) == (one.item, one.type) for tax in made):
            others.add((one.scenario, one.item, one.type))
    assert len(equal_ones) == 7, equal_ones
    text = PAGE.read_text(encoding="utf-8")
    assert {(name, int(item), tax) for name, item, tax in UNLIKE.findall(text)} == others


def test_no_line_that_rests_on_a_rate_that_is_not_held_is_guessed(told):
    lines, taxes, _ = told
    found = 0
    for one in lines:
        made = taxes.get(one.scenario, [])
        if one.rate is None or not rests_on_unheld(one, lines, made):
            continue
        told_types = {tax["type"] for tax in made if tax["item"] == one.item}
        charged_otherwise = told_types & {
            beside.type for beside in lines if beside.scenario == one.scenario and by_quantity(beside)
        }
        if not charged_otherwise:
            found += 1
            assert one.type not in told_types, one
    assert found >= 5


def test_every_item_without_a_rate_has_a_finding_that_says_so(told):
    lines, taxes, results = told
    codes = {one["file"]: {finding["code"] for finding in one["findings"]} for one in results}
    for one in filter(by_quantity, lines):
        if not charged(one, taxes.get(one.scenario, [])) and one.scenario in taxes:
            found = {
                code for file, codes_of in codes.items() if f"/{one.scenario}/" in file for code in codes_of
            }
            assert found & {"TG-RATE", "TG-EXCHANGE", "TG-PREFERENCE"}, one


def test_every_difference_is_on_the_page_with_its_reason_and_no_other(told):
    lines, taxes, _ = told
    on_page = {(name, int(item), tax) for name, item, tax, _ in ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert on_page == {(one.scenario, one.item, one.type) for one in unequal(lines, taxes)}


def test_the_reasons_on_the_page_are_so(told):
    lines, taxes, results = told
    by_name = {(one.scenario, one.item, one.type): one for one in lines}
    findings = {one["file"]: {finding["code"] for finding in one["findings"]} for one in results}
    for name, item, tax, reason in ROW.findall(PAGE.read_text(encoding="utf-8")):
        line = by_name[name, int(item), tax]
        codes = {code for file, found in findings.items() if f"/{name}/" in file for code in found}
        holds = {
            "unheld": rests_on_unheld(line, lines, taxes.get(name, [])) and "TG-RATE" in codes,
            "preference": "TG-PREFERENCE" in codes,
            "twice": "TG-LRN-TWICE" in codes,
            "edited": any(
                (made["item"], made["type"]) == (line.item, line.type) and made["base"] != str(line.base)
                for made in taxes.get(name, [])
            )
            or "TG-RATE" in codes,
            "damaged": taxes.get(name) is None,
        }
        assert holds[reason], (name, item, tax, reason)


def test_equal_lines_are_of_the_regime_that_was_notified(told):
    lines, taxes, _ = told
    for one in lines:
        made = [
            tax for tax in taxes.get(one.scenario, []) if (tax["item"], tax["type"]) == (one.item, one.type)
        ]
        if one.rate is not None and equal(one, made):
            assert one.regime in {tax["regime"] for tax in made}, one


def test_what_the_page_counts_is_what_there_is(told):
    lines, taxes, _ = told
    rated = [one for one in lines if one.rate is not None]
    different = len(unequal(lines, taxes))
    resting = sum(rests_on_unheld(one, lines, taxes.get(one.scenario, [])) for one in rated)
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"{len(lines)} lines, of which {len(rated)} carry a rate" in text
    assert f"{len(rated) - different} of them are equal" in text
    assert f"{resting} stand on an amount" in text
