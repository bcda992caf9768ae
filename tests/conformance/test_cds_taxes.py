"""The taxes of the trade-test corpus: equal to the published ones, and every difference explained."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tests.conformance.cds_taxes import declared, equal, published, rests_on_unpublished
from tests.shared_data import shared_data
from tidegate.node import clear_files, create_node, files_below, open_node

MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "taxes.md"
ROW = re.compile(r"^\| (TT_\w+) \| (\d+) \| (\w+) \| (\w+) \|", re.MULTILINE)

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


def test_nine_of_ten_lines_are_equal_where_all_that_they_stand_on_is_published(told):
    lines, taxes, _ = told
    rated = [one for one in lines if one.rate is not None and not rests_on_unpublished(one, lines)]
    assert len(rated) > 90
    assert len(unequal(rated, taxes)) / len(rated) < 0.10


def test_no_line_that_rests_on_an_unpublished_rate_is_guessed(told):
    lines, taxes, _ = told
    resting = [one for one in lines if rests_on_unpublished(one, lines)]
    assert len(resting) > 10
    for one in resting:
        made = [
            tax for tax in taxes.get(one.scenario, []) if (tax["item"], tax["type"]) == (one.item, one.type)
        ]
        assert made == [], one


def test_a_line_without_a_published_rate_is_charged_nothing(told):
    lines, taxes, _ = told
    unrated = [one for one in lines if one.rate is None and one.base is None and one.regime]
    assert len(unrated) > 10
    for one in unrated:
        rates = [
            other
            for other in lines
            if (other.scenario, other.item, other.type) == (one.scenario, one.item, one.type)
            and other.rate is not None
        ]
        if not rates:
            made = [tax["type"] for tax in taxes.get(one.scenario, []) if tax["item"] == one.item]
            assert one.type not in made, one


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
            "unpublished": rests_on_unpublished(line, lines),
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
    resting = sum(rests_on_unpublished(one, lines) for one in rated)
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"{len(lines)} lines, of which {len(rated)} carry a rate" in text
    assert f"{len(rated) - different} of them are equal" in text
    assert f"{resting} stand on an amount" in text
