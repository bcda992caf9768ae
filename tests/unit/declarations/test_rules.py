"""Every rule proves itself: its cases are found or not found, and it stands on the rules page."""

from __future__ import annotations

import string
from datetime import date
from pathlib import Path

import msgspec
import pytest

from tidegate.declarations.places import value_at, with_value
from tidegate.declarations.rules import RULES, Rule, RuleBook, RuleContext, judge, sample_declaration
from tidegate.declarations.rules.page import rules_page
from tidegate.declarations.rules.rule import Breach, Case

CONTEXT = RuleContext(on=date(2026, 1, 15), country="XA")
CASES = [pytest.param(rule, case, id=f"{rule.code}: {case.said}") for rule in RULES for case in rule.cases]
PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def edited(case):
    declaration = sample_declaration()
    for place, stated in case.edits.items():
        declaration = with_value(declaration, place, stated)
    return declaration


def context_of(rule):
    """Return the context in which a rule proves itself: that of its country, where it has one."""
    return msgspec.structs.replace(CONTEXT, country=rule.country or CONTEXT.country)


def test_the_sample_is_clean():
    assert judge(sample_declaration(), CONTEXT) == ()


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_rule_finds_what_its_cases_say(rule, case):
    found = {f.location for f in judge(edited(case), context_of(rule)) if f.code == rule.code}
    assert found == ({case.at} if case.at is not None else set())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_cases_of_both_kinds_and_a_source(rule):
    assert any(case.at is not None for case in rule.cases)
    assert any(case.at is None for case in rule.cases)
    assert rule.reference
    assert rule.text.endswith((".", "}"))


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_finding_says_what_was_stated(rule, case):
    names = {name for _, name, _, _ in string.Formatter().parse(rule.text) if name}
    for finding in judge(edited(case), context_of(rule)):
        if finding.code == rule.code:
            assert names <= set(finding.values)
            assert finding.severity == rule.severity


def test_each_code_is_used_once_and_is_ours_or_one_that_a_published_rejection_shows():
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    official = {rule.code for rule in RULES if not rule.code.startswith("TG-")}
    assert official == {"CDS12005", "CDS12016", "CDS12077"}
    assert all("rejection at" in rule.reference for rule in RULES if rule.code in official)


def test_a_rule_of_one_country_judges_nothing_elsewhere():
    early = with_value(sample_declaration(), "AcceptanceDateTime", "20201231 102")
    there = msgspec.structs.replace(CONTEXT, country="GB")
    assert "CDS12016" in {finding.code for finding in judge(early, there)}
    assert judge(early, CONTEXT) == ()


def test_the_rules_page_is_what_the_rules_say():
    again = "the page is stale: run python -m tidegate.declarations.rules.page > docs/rules.md"
    assert PAGE.read_text(encoding="utf-8") == rules_page(RULES), again


def test_a_rule_holds_from_its_first_day_to_its_last():
    always = Rule(
        code="TG-T",
        text="Always.",
        reference="Tidegate",
        checks={type(sample_declaration()): lambda _declaration, _context: [Breach("ID")]},
        cases=(Case("always", {}, "ID"),),
        valid_from=date(2026, 1, 10),
        valid_until=date(2026, 1, 20),
    )
    book = RuleBook([always])

    def found(day):
        return len(book.judge(sample_declaration(), RuleContext(on=date(2026, 1, day), country="XA")))

    assert [found(day) for day in (9, 10, 15, 20, 21)] == [0, 1, 1, 1, 0]


def test_a_request_is_not_asked_for_goods():
    request = with_value(sample_declaration(), "TypeCode", "INV")
    for place, stated in {"GoodsShipment": None, "FunctionCode": "13", "ID": "26XA12345678901230"}.items():
        request = with_value(request, place, stated)
    assert judge(request, CONTEXT) == ()


def test_a_long_word_is_shortened_in_the_finding():
    declaration = with_value(sample_declaration(), "GoodsShipment/ExportCountry/ID", "X" * 100_000)
    assert max(len(finding.text) for finding in judge(declaration, CONTEXT)) < 300


def test_the_country_of_the_node_is_a_country():
    declaration = with_value(sample_declaration(), "GoodsShipment/Destination/CountryCode", "XB")
    there = RuleContext(on=CONTEXT.on, country="XB", further_countries=frozenset({"XA"}))
    assert [f.code for f in judge(declaration, CONTEXT)] == ["TG-COUNTRY"]
    assert judge(declaration, there) == ()


def test_braces_in_what_was_stated_stay_words():
    declaration = with_value(sample_declaration(), "GoodsShipment/ExportCountry/ID", "{value.__class__}")
    texts = [finding.text for finding in judge(declaration, CONTEXT) if finding.code == "TG-COUNTRY"]
    assert texts[0].startswith('"{value.__class__}" is not a country')


def test_a_place_is_found_again_where_it_was_put():
    place = "GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]/CountryCode"
    assert value_at(with_value(sample_declaration(), place, "PK"), place) == "PK"
