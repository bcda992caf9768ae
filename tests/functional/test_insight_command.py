"""Release times on the command line: as a table for people, as a line of JSON for each stage."""

import json

import pytest
from click.testing import CliRunner

from tests.unit.insight.making import BEGIN, Told
from tidegate.cli import cli
from tidegate.journal import open_journal


@pytest.fixture
def node(tmp_path):
    """A node with two consignments released, one of them after a control of two hours."""
    folder = tmp_path / "node"
    assert CliRunner().invoke(cli, ["init", str(folder)]).exit_code == 0
    told = Told(folder, open_journal(folder / "journal", clock=lambda: BEGIN))
    told.release(told.lodge(1, 0), 0)
    mrn = told.lodge(2, 0, channel="red", office="XA2")
    told.control(mrn, 2)
    told.release(mrn, 2)
    told.journal.close()
    return folder


def asked(node, *further):
    run = CliRunner().invoke(
        cli,
        [
            "insight",
            "release-times",
            "--node",
            str(node),
            "--from",
            "2026-03-01",
            "--until",
            "2026-03-31",
            *further,
        ],
    )
    assert run.exit_code == 0, run.output
    return run.output


def test_stages_and_holders_are_told_in_their_order(node):
    told = [json.loads(line) for line in asked(node, "--json").splitlines()]
    assert [one["stage"] for one in told][:2] == ["release", "acceptance"]
    whole = next(one for one in told if one["stage"] == "release")
    customs = next(one for one in told if one["stage"] == "customs")
    assert (whole["consignments"], whole["mean"]) == (2, 3600)
    assert customs["mean"] == 3600


def test_by_office_each_office_is_told(node):
    told = [json.loads(line) for line in asked(node, "--json", "--by", "office").splitlines()]
    assert {one["of"]: one["mean"] for one in told if one["stage"] == "release"} == {"XA1": 0, "XA2": 7200}
    assert "XA2" in asked(node, "--by", "office")


def test_days_in_the_wrong_order_are_refused(node):
    run = CliRunner().invoke(
        cli,
        ["insight", "release-times", "--node", str(node), "--from", "2026-03-05", "--until", "2026-03-01"],
    )
    assert run.exit_code == 2
    assert "after --until" in run.output
