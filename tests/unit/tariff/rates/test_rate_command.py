import json

import pytest
from click.testing import CliRunner

from tests.unit.tariff.nomenclature.making import write_csv
from tidegate.cli import cli


def run(*args, given=None):
    return CliRunner().invoke(cli, ["tariff", *map(str, args)], input=given)


def test_one_object_is_printed_for_each_line():
    told = run("rate", "--json", given="1.4¢/kg + 3.2%\r\nFree (A+, AU)\n\n")
    first, second, blank = map(json.loads, told.stdout.splitlines())
    assert first["text"] == "1.4¢/kg + 3.2%"
    assert [(one["amount"], one["percent"], one["unit"]) for one in first["components"]] == [
        ("0.014", None, "kg"),
        (None, "3.2", None),
    ]
    assert second["components"][0]["programmes"] == ["A+", "AU"]
    assert second["printed"] == "Free (A+, AU)"
    assert (blank["components"], blank["finding"]["location"]) == ([], "column 1")
    assert told.exit_code == 1


def test_bytes_that_are_no_text_are_a_finding_and_the_rest_is_read():
    told = run("rate", "--json", given=b"\xff\xfe5%\n6%\n")
    bad, good = map(json.loads, told.stdout.splitlines())
    assert bad["finding"]["code"] == "TG-RATE-UNREAD"
    assert good["components"][0]["percent"] == "6"


def test_all_lines_read_is_status_0_and_people_get_a_table():
    told = run("rate", "--currency", "CAD", given="5¢/kg\n")
    assert told.exit_code == 0
    assert "0.05 CAD" in told.stdout


@pytest.fixture
def node(tmp_path):
    CliRunner().invoke(cli, ["init", str(tmp_path / "node")], catch_exceptions=False)
    return tmp_path / "node"


def test_a_node_without_a_schedule_tells_section_and_chapter(node):
    told = run("explain", "8510.90.55.00", "--node", node, "--json")
    assert told.exit_code == 1
    explained = json.loads(told.stdout)
    assert [step["code"] for step in explained["path"]] == ["XVI", "85"]
    assert "tidegate tariff load" in explained["missing"]


def test_a_schedule_of_ones_own_is_loaded_and_explained_on_its_days(node, tmp_path):
    head = "code,description,unit,from,until,parent,rate,rate:special"
    lines = ["8510,Shavers,kg,,,,5%,Free (AU)", "851010,Old ones,,,2020-12-31,,6%,", "851090,Parts,,,,,5% ?,"]
    path = write_csv(tmp_path / "xa.csv", head, *lines)
    loaded = run("load", "csv", path, "--schedule", "xa", "--from", "2020-01-01", "--node", node, "--json")
    unread, last = map(json.loads, loaded.stdout.splitlines())
    assert (unread["code"], unread["column"], unread["text"]) == ("851090", "general", "5% ?")
    assert unread["finding"]["location"] == "column 4"
    assert (last["rows"], last["codes"], last["from"]) == (3, 3, "2020-01-01")
    assert last["general"] == {"strings": 3, "read": 2, "reference": 0, "unread": 1}
    assert run("explain", "851010", "--on", "2020-06-01", "--node", node).exit_code == 0
    expired = run("explain", "851010", "--on", "2021-06-01", "--node", node, "--json")
    assert expired.exit_code == 1
    assert "until 2020-12-31, not on 2021-06-01" in json.loads(expired.stdout)["missing"]
    before = run("explain", "8510", "--on", "2019-06-01", "--node", node, "--schedule", "xa")
    assert before.exit_code == 2
    assert "[no_schedule]" in before.stderr
    found = run("search", "shavers", "--on", "2021-06-01", "--node", node, "--json")
    assert json.loads(found.stdout.splitlines()[0])["code"] == "8510"


def test_what_cannot_be_loaded_is_told_in_a_line_and_nothing_is_recorded(node, tmp_path):
    path = write_csv(tmp_path / "x.csv", "code,description", "x,Shavers")
    told = run("load", "csv", path, "--schedule", "xa", "--node", node)
    assert (told.exit_code, told.stderr.count("\n")) == (2, 1)
    assert "row 1: 'x' is no code" in told.stderr
    assert run("load", "us-hts", tmp_path / "nowhere", "--node", node).exit_code == 2
    assert run("load", "hs", tmp_path / "nowhere.csv", "--node", node).exit_code == 2
    days = ["--from", "2026-01-02", "--until", "2026-01-01"]
    assert run("load", "csv", path, "--schedule", "xa", "--node", node, *days).exit_code == 2
    assert run("search", "shavers", "--node", node).exit_code == 2
