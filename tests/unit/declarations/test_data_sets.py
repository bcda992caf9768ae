"""Which data set a declaration is made by, and what follows for what it must say."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from tests.shared_data import shared_data
from tidegate.declarations.messages import read_file
from tidegate.declarations.places import with_value
from tidegate.declarations.rules import RuleContext, judge, sample_declaration
from tidegate.declarations.rules.data_sets import data_set_of

CONTEXT = RuleContext(on=date(2026, 1, 15), country="GB")
ITEMS = "GoodsShipment/GovernmentAgencyGoodsItem"
REQUESTED, ADDITIONAL = "GovernmentProcedure[1]/CurrentCode", "GovernmentProcedure[2]/CurrentCode"
HOLDER = "AuthorisationHolder[1]/CategoryCode"
DATA = shared_data()


def made(type_code="IMA", requested="40", additional="000", holder=None):
    """Return the sample with both items under these procedures."""
    declaration = with_value(sample_declaration(), "TypeCode", type_code)
    for number in (1, 2):
        declaration = with_value(declaration, f"{ITEMS}[{number}]/{REQUESTED}", requested)
        declaration = with_value(declaration, f"{ITEMS}[{number}]/{ADDITIONAL}", additional)
    return declaration if holder is None else with_value(declaration, HOLDER, holder)


@pytest.mark.parametrize(
    ("told_by", "data_set"),
    [
        ({}, "H1"),
        ({"requested": "71"}, "H2"),
        ({"requested": "53"}, "H3"),
        ({"requested": "51"}, "H4"),
        ({"type_code": "COA"}, "H5"),
        ({"additional": "1H7"}, "H7"),
        ({"additional": "1EL"}, "H8"),
        ({"type_code": "IMC"}, "I1"),
        ({"type_code": "IMC", "requested": "71"}, "I1"),
        ({"type_code": "IMJ"}, "C21I"),
        ({"type_code": "IMK", "additional": "1SG", "holder": "EIR"}, "I2"),
        ({"type_code": "IMQ"}, "FSD"),
        ({"type_code": "EXA", "requested": "10"}, "B1"),
        ({"type_code": "EXD", "requested": "22"}, "B2"),
        ({"type_code": "EXD", "requested": "76"}, "B3"),
        ({"type_code": "COD", "requested": "10"}, "B4"),
        ({"type_code": "EXF", "requested": "10"}, "C1"),
        ({"type_code": "EXJ", "requested": "00"}, "C21E"),
        ({"type_code": "EXK", "requested": "00", "holder": "EIR"}, "C2"),
        ({"type_code": "EXA", "requested": "71"}, "B1"),
    ],
)
def test_a_data_set_is_told_by_type_procedures_and_authorisations(told_by, data_set):
    assert data_set_of(made(**told_by)) == data_set


def test_what_one_data_set_asks_for_another_does_without():
    declaration = with_value(made(), f"{ITEMS}[1]/Origin", None)
    assert [finding.location for finding in judge(declaration, CONTEXT) if finding.code == "TG-COMPLETE"] == [
        f"{ITEMS}[1]/Origin[1]/CountryCode"
    ]
    warehoused = with_value(made(requested="71"), f"{ITEMS}[1]/Origin", None)
    assert not [finding for finding in judge(warehoused, CONTEXT) if finding.code == "TG-COMPLETE"]


def test_a_declaration_without_a_type_is_not_asked_to_be_complete():
    """What it would have to say cannot be told; that it has no type is a finding of its own."""
    declaration = with_value(with_value(sample_declaration(), "TypeCode", None), "GoodsShipment", None)
    assert "TG-COMPLETE" not in {finding.code for finding in judge(declaration, CONTEXT)}


@pytest.mark.skipif(DATA is None, reason="the shared trade-test pack is not beside the project")
def test_data_sets_are_those_that_the_table_of_scenarios_names():
    """The table's column is loose: two exports stand under an import's set and so on; nearly all agree."""
    with (DATA / "cds" / "scenarios.csv").open(encoding="utf-8-sig", newline="") as file:
        named = {
            row["Annotated Sample Reference"].strip(): row["Data Set Category"]
            for row in csv.DictReader(file)
        }
    same = []
    for name, said in named.items():
        for path in (DATA / "cds" / "scenarios" / name).glob("*.xml"):
            declaration = None if "DMS" in path.name else read_file(path)[1].declaration
            if declaration is not None and declaration.request == "declaration" and said[:1] in "HIBCG":
                same.append(theirs(said) == ours(data_set_of(declaration)))
    assert len(same) > 150
    assert sum(same) / len(same) >= 0.95


def theirs(said):
    """Return a category as the table spells it, without its letters of use: GL is the lane of such goods."""
    said = said.removeprefix("GL ").strip()
    if said.startswith("EIDR") or "EIDR" in said:
        return "presented"
    return said[:3].upper() if said.startswith("C21") else said[:2]


def ours(data_set):
    """Return a data set as the table names it."""
    return "presented" if data_set in {"I2", "C2"} else data_set[:3] if data_set[:3] == "C21" else data_set
