"""Every rule finds what its cases say, where they say, and nothing in the sample."""

import pytest

from tidegate.declarations.ens import ENTRY_RULES, judge_entry, read_entry, sample_entry, with_entry_value
from tidegate.declarations.ens.reading import EntryMessage
from tidegate.declarations.ens.writing import write_entry

CASES = [
    pytest.param(rule, case, id=f"{rule.number}-{case.said}") for rule in ENTRY_RULES for case in rule.cases
]


def edited(edits, kind="CC315A"):
    declaration = sample_entry(kind)
    for place, stated in edits.items():
        declaration = with_entry_value(declaration, place, stated)
    return declaration


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_rule_finds_what_its_case_says_and_where(rule, case):
    found = {one.location for one in judge_entry(edited(case.edits)) if one.code == rule.number}
    assert found == {f"/ie:CC315A[1]/{at}".rstrip("/") for at in case.at}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.number) for rule in ENTRY_RULES])
def test_every_rule_has_a_case_that_breaks_it_and_one_that_keeps_it(rule):
    assert any(case.at for case in rule.cases)
    assert any(not case.at for case in rule.cases)
    assert rule.text.endswith(".")
    assert rule.source


def test_numbers_of_rules_are_unique():
    assert len({rule.number for rule in ENTRY_RULES}) == len(ENTRY_RULES)


@pytest.mark.parametrize("kind", ["CC315A", "CC313A"])
def test_the_sample_is_valid_and_breaks_no_rule(kind):
    message = read_entry(write_entry(EntryMessage(sample_entry(kind))))
    assert message.faults == ()
    assert judge_entry(message.declaration) == ()


def test_a_rule_holds_for_an_amendment_as_for_a_lodgement():
    found = judge_entry(edited({"GOOITEGDS[1]/IteNumGDS7": "2"}, "CC313A"))
    assert [(one.code, one.location) for one in found] == [("8102", "/ie:CC313A[1]")]


def test_places_are_numbered_by_item_and_package():
    found = judge_entry(
        edited(
            {
                "HEAHEA/TotNumOfIteHEA305": "2",
                "GOOITEGDS[2]/IteNumGDS7": "2",
                "GOOITEGDS[2]/COMCODGODITM/ComNomCMD1": "6109",
                "GOOITEGDS[2]/PRODOCDC2[1]/DocTypDC21": "N705",
                "GOOITEGDS[2]/PACGS2[1]/KinOfPacGS23": "VQ",
                "GOOITEGDS[2]/PACGS2[2]/KinOfPacGS23": "NE",
            }
        )
    )
    assert [(one.code, one.location) for one in found] == [("8150", "/ie:CC315A[1]/GOOITEGDS[2]/PACGS2[2]")]


@pytest.mark.parametrize(
    ("items", "mass", "total", "found"),
    [
        (3, "2.333", "6.999", False),
        (3, "2.333", "6.998", True),
        (999, "99899899", "99799999101", False),
        (999, "99899899", "99799999100.99", False),
        (999, "99899899", "99799999100", True),
        (3, "+2.333", "1", False),
        (3, "2.333", "+1", False),
    ],
)
def test_the_total_mass_may_fall_short_by_the_rounding_of_a_large_sum_and_by_no_more(
    items, mass, total, found
):
    one = with_entry_value(sample_entry(), "GOOITEGDS[1]/GroMasGDS46", mass)
    many = one.altered(goods_item=one.goods_item * items)
    judged = judge_entry(with_entry_value(many, "HEAHEA/TotGroMasHEA307", total))
    assert ("8686" in {one.code for one in judged}) is found


def test_judging_does_not_fail_on_numbers_that_are_none():
    odd = edited(
        {
            "HEAHEA/TotNumOfIteHEA305": "many",
            "HEAHEA/TotGroMasHEA307": "heavy",
            "GOOITEGDS[1]/IteNumGDS7": "first",
            "GOOITEGDS[1]/PACGS2[1]/NumOfPacGS24": "some",
        }
    )
    assert {"8102", "8206"} <= {one.code for one in judge_entry(odd)}
