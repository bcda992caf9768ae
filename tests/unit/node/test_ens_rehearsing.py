"""A carrier's day on a node stands as it does in truth, whatever the seed; its terms are read with care."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from tidegate.cli import cli
from tidegate.node import BadAdministrationError
from tidegate.node.ens_terms import load_entry_terms

UNKNOWN_COLUMN = """
[[profiles]]
code = 'A'
purpose = 'p'
owner = 'o'
condition = 'colour = 1'
weight = 0.5
reason = 'r'
from = 2020-01-01
"""


def rehearse(folder, *options):
    return CliRunner().invoke(cli, ["ens", "rehearse", "--node", str(folder / "node"), *options])


def test_a_rehearsed_day_is_as_in_truth_and_leaves_nothing_without_a_reason(tmp_path):
    run = rehearse(tmp_path, "--seed", "2", "--consignments", "40", "--json")
    assert run.exit_code == 0, run.output
    *ends, summary = [json.loads(line) for line in run.output.splitlines()]
    assert summary["as_in_truth"] == summary["consignments"] == 40
    assert summary["unmatched_without_reason"] == 0
    assert len(ends) == sum(summary["unmatched"].values())
    assert all(one["reason"] and one["text"] for one in ends)
    for happened in ("lodged", "rejected", "amended", "diverted", "arrived", "matched", "released", "missed"):
        assert summary[happened] > 0, happened
    again = rehearse(tmp_path, "--consignments", "5", "--json")
    assert again.exit_code == 0
    assert date.fromisoformat(json.loads(again.output.splitlines()[-1])["day"]) > date(2026, 1, 15)
    told = rehearse(tmp_path, "--consignments", "5")
    assert "5 of 5 consignments stand as they do in truth." in " ".join(told.output.split())


def test_an_administration_without_terms_decides_by_the_default_ones(tmp_path):
    terms = load_entry_terms(str(tmp_path))
    assert (terms.profiles, terms.decision(0.39), terms.decision(0.4), terms.decision(0.8)) == (
        (),
        "proceed",
        "control at arrival",
        "do not load",
    )


def test_the_demonstration_administration_has_profiles_before_arrival():
    assert {one.code for one in load_entry_terms("demo").profiles} == {"S001", "S002", "S003"}


@pytest.mark.parametrize(
    "text",
    [
        "control_bar = 'high'",
        "control_bar =",
        UNKNOWN_COLUMN,
    ],
)
def test_terms_that_cannot_be_meant_are_refused(tmp_path, text):
    (tmp_path / "entry.toml").write_text(text)
    with pytest.raises(BadAdministrationError):
        load_entry_terms(str(tmp_path))


def test_hours_of_its_own_take_the_place_of_the_default_ones(tmp_path):
    (tmp_path / "entry.toml").write_text("[deadlines]\nshort_voyage = 6\n[deadlines.arrival]\n3 = 2.5\n")
    deadlines = load_entry_terms(str(tmp_path)).deadlines
    assert (deadlines.short_voyage, deadlines.arrival, deadlines.loading) == (6, {"3": 2.5}, 24)
