"""``tidegate tariff duty``, ``advice`` and the measures of ``explain``, as they are typed."""

import json

import pytest
from click.testing import CliRunner

from tidegate.cli import cli

CSV = """code,description,unit,from,until
84,Machinery,,2020-01-01,
84145925,Fans,No.,2020-01-01,
84145926,Old fans,No.,2020-01-01,2024-12-31
"""
LINE = {"code": "8414.59.25", "origin": "CN", "value": "1000", "currency": "XTS", "date": "2026-03-01"}


def run(*args, given=None):
    return CliRunner().invoke(cli, [*map(str, args)], input=given, catch_exceptions=False)


def asked(*changes):
    return "".join(json.dumps({**LINE, **one}) + "\n" for one in changes)


@pytest.fixture
def node(tmp_path):
    folder = tmp_path / "node"
    assert run("init", folder).exit_code == 0
    return folder


def test_lines_are_answered_one_for_one_in_their_order(node):
    told = run(
        "tariff", "duty", "--node", node, "--json", given=asked({}, {"value": 500}, {"currency": "SEK"})
    )
    first, second, third = map(json.loads, told.stdout.splitlines())
    assert [line["type"] for line in first["lines"]] == ["A00", "B00"]
    assert set(first["lines"][0]) >= {"type", "base", "rate", "amount", "derivation"}
    assert (first["lines"][0]["base"], second["lines"][0]["base"]) == ("1000.00", "500.00")
    assert (third["lines"], third["total"]) == ([], None)
    assert third["findings"][0]["code"] == "TG-EXCHANGE"
    assert told.exit_code == 1


def test_all_answered_is_status_0_and_what_is_no_enquiry_is_told_and_the_rest_goes_on(node):
    assert run("tariff", "duty", "--node", node, "--json", given=asked({})).exit_code == 0
    told = run("tariff", "duty", "--node", node, "--json", given="rubbish\n\n" + asked({}))
    bad, good = map(json.loads, told.stdout.splitlines())
    assert bad["findings"][0]["code"] == "TG-ENQUIRY"
    assert good["total"] is not None
    assert told.exit_code == 1


def test_people_get_a_table_with_the_derivation(node):
    told = run("tariff", "duty", "--node", node, given=asked({}) + "rubbish\n")
    assert "8414.59.25 of CN" in told.stdout
    assert "1000.00" in told.stdout
    assert "no enquiry" in told.stdout


def test_codes_that_no_loaded_schedule_has_or_has_no_more_are_told(node, tmp_path):
    (tmp_path / "plain.csv").write_text(CSV)
    loaded = run(
        "tariff",
        "load",
        "csv",
        tmp_path / "plain.csv",
        "--schedule",
        "xa",
        "--from",
        "2020-01-01",
        "--node",
        node,
    )
    assert loaded.exit_code == 0, loaded.output
    given = asked({}, {"code": "8414.59.26"}, {"code": "9999.99.99"})
    told = run("tariff", "duty", "--node", node, "--json", given=given)
    right, expired, unknown = map(json.loads, told.stdout.splitlines())
    assert right["findings"] == []
    assert [one["findings"][0]["code"] for one in (expired, unknown)] == ["TG-CODE", "TG-CODE"]
    assert "stands in no schedule" in unknown["findings"][0]["text"]
    own = run(
        "tariff", "duty", "--node", node, "--json", "--schedule", "own", given=asked({"code": "8414.59.26"})
    )
    assert json.loads(own.stdout)["total"] is not None


def test_advice_names_what_would_save_and_the_proof_it_takes(node):
    told = json.loads(run("tariff", "advice", "--node", node, "--json", given=asked({"origin": "XB"})).stdout)
    assert [one["preference"] for one in told["preferences"]] == ["300"]
    assert told["preferences"][0]["proof"]
    assert "would save" in run("tariff", "advice", "--node", node, given=asked({"origin": "XB"})).stdout


def test_explain_lists_the_measures_with_their_sources(node):
    told = json.loads(run("tariff", "explain", "8414.59.25", "--node", node, "--json").stdout)
    assert {one["tax"] for one in told["measures"]} == {"A00", "B00"}
    assert all(one["source"] for one in told["measures"])
    assert "demonstration" in run("tariff", "explain", "8414.59.25", "--node", node).stdout
