"""The language of agreements: every published case, by the frames and by the reference, and by the schema."""

import copy
import json
from pathlib import Path

import jsonschema_rs
import polars as pl
import pytest

import tidegate.exchange
from tests.unit.exchange.nodes import document
from tidegate.exchange import BadAgreementError, canonical, matches, read_agreement
from tidegate.exchange.constraints import operand
from tidegate.exchange.evaluation import ROW_SCHEMA
from tidegate.exchange.reference import matches_one_by_one
from tidegate.exchange.schema import SCHEMA, schema
from tidegate.exchange.templates import TEMPLATES, template
from tidegate.exchange.terms import FIELDS

FOLDER = Path(tidegate.exchange.__file__).parent / "cases"
CASES = sorted(path.stem for path in FOLDER.glob("*.json") if path.stem != "refused")
REFUSED = json.loads((FOLDER / "refused.json").read_text())["changes"]
BOTH = {"assigner": "xa.example", "assignee": "xb.example"}


def agreement_of(case):
    clause = {**BOTH, "uid": "c", "action": "disclose", "purpose": ["statistics"], **case["clause"]}
    prohibitions = [
        {**BOTH, "uid": f"p{n}", "action": "disclose", **one} for n, one in enumerate(case["prohibition"])
    ]
    return document(permission=[clause], prohibition=prohibitions)


def row_of(position, stated):
    row = dict.fromkeys(ROW_SCHEMA)
    row |= {name: operand(name, text) for name, text in stated.items() if name in FIELDS}
    return {**row, "position": position, "kind": stated["kind"], "subject": stated["mrn"]}


@pytest.mark.parametrize("name", CASES)
def test_a_published_case_comes_out_as_it_says_by_frames_and_one_by_one(name):
    case = json.loads((FOLDER / f"{name}.json").read_text())
    parts = agreement_of(case)
    agreement = read_agreement(canonical(parts))
    rows = [row_of(position, stated) for position, stated in enumerate(case["rows"])]
    frame = pl.DataFrame(rows, schema=ROW_SCHEMA, orient="row")
    by_frame = {one.position: list(one.rows) for one in matches(frame, agreement, "xa.example", b"key")}
    one_by_one = matches_one_by_one(rows, agreement, "xa.example", b"key")
    expected = {position: [told] for position, told in enumerate(case["expected"]) if told is not None}
    assert by_frame == expected, case["text"]
    assert {position: told for (_, position), told in one_by_one.items()} == expected, case["text"]
    assert jsonschema_rs.is_valid(SCHEMA, parts)


def changed(path):
    parts = copy.deepcopy(document())
    *way, last, value = path
    at = parts
    for step in way:
        at = at[step]
    at[last] = value
    return parts


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_language_does_not_know_is_refused_never_ignored(name):
    with pytest.raises(BadAgreementError):
        read_agreement(canonical(changed(REFUSED[name])))


def test_the_agreement_that_the_refused_ones_are_changed_from_is_good():
    assert read_agreement(canonical(document())).uid


def test_an_agreement_that_is_not_in_canonical_form_is_refused():
    with pytest.raises(BadAgreementError, match="canonical"):
        read_agreement(json.dumps(document()).encode())


def test_the_published_schema_is_what_the_code_says():
    assert schema() == SCHEMA, "write it anew: python -m tidegate.exchange.schema"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_an_agreement_by_code_and_by_schema(name):
    parts = template(name, "xa.example", "xb.example")
    assert read_agreement(canonical(parts)).party[1].uid == "xb.example"
    assert jsonschema_rs.is_valid(SCHEMA, parts)


def test_the_schema_refuses_members_that_the_profile_does_not_have():
    assert not jsonschema_rs.is_valid(SCHEMA, {**document(), "remedy": "none"})
