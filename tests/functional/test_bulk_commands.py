"""Low-value consignments on the command line: cleared, asked about, paid, controlled, proven."""

import json

import polars as pl
import pytest
from click.testing import CliRunner

from tidegate.cli import cli


def run(*arguments, status=0):
    told = CliRunner().invoke(cli, [str(one) for one in arguments])
    assert told.exit_code == status, told.output
    return told.output


@pytest.fixture(scope="module")
def cleared(tmp_path_factory):
    """A node on which a file of parcels was cleared, with what was told."""
    folder = tmp_path_factory.mktemp("bulk")
    node = folder / "node"
    run("init", node)
    run("bulk", "simulate", folder / "in.csv", "--rows", 3000)
    words = ["bulk", "clear", folder / "in.csv", "--node", node, "--part", 1000, "--json"]
    lines = [json.loads(line) for line in run(*words, "--out", folder / "out.csv", status=1).splitlines()]
    return folder, node, words, lines


def test_progress_is_told_and_at_last_what_became_of_it_all(cleared):
    _, _, _, lines = cleared
    assert [line["rows"] for line in lines[:-1]] == [1000, 2000, 3000]
    last = lines[-1]
    assert last["rows"] == 3000 == last["accepted"] + last["rejected"]
    assert sum(last["channels"].values()) == last["accepted"]
    assert last["uploads"][0]["upload"] == lines[0]["upload"]
    assert last["rows_a_second"] > 0
    assert last["peak_memory_mib"] > 0


def test_the_results_are_a_line_a_row(cleared):
    folder, *_, lines = cleared
    out = pl.read_csv(folder / "out.csv")
    assert out["row"].to_list() == list(range(1, 3001))
    assert (out["outcome"] == "accepted").sum() == lines[-1]["accepted"]


def test_the_same_file_enters_once(cleared):
    _, node, words, lines = cleared
    again = json.loads(run(*words, status=1).splitlines()[-1])
    assert again["uploads"] == lines[-1]["uploads"]
    tail = run("journal", "tail", "--node", node, "--json")
    assert tail.count("consignments.lodged") == 3


def test_an_upload_is_asked_about_paid_and_its_rows_are_proven(cleared):
    folder, node, _, lines = cleared
    upload, due = lines[0]["upload"], lines[-1]["uploads"][0]["due_now"]
    findings = [
        json.loads(one)
        for one in run("bulk", "status", upload, "--findings", "--limit", 3000, "--node", node).splitlines()
    ]
    assert sum(not one["accepted"] for one in findings) == lines[-1]["rejected"]
    pay = ("bulk", "pay", upload, "--reference", "R1", "--node", node, "--amount")
    assert "owes" in run(*pay, "0.01", status=2)
    paid = json.loads(run(*pay, due))
    assert paid["released"] > lines[-1]["uploads"][0]["released"]
    row = json.loads(run("bulk", "row", "0#1", "--node", node))
    assert (row["reference"], row["decision"]["row"], row["released"]) == ("0#1", 2, True)
    run("journal", "prove", "0#1", "--node", node, "--out", folder / "proof")
    key = run("journal", "key", "--node", node).strip()
    proven = json.loads(run("journal", "verify-proof", folder / "proof", "--key", key, "--json"))
    assert proven["data"]["lrn"] == row["decision"]["lrn"]


def test_a_row_that_was_selected_is_controlled_and_released(cleared):
    folder, node, *_ = cleared
    out = pl.read_csv(folder / "out.csv")
    selected = out.filter(pl.col("waits") == "control")["reference"][0]
    told = json.loads(run("bulk", "control", selected, "--outcome", "irregular", "--node", node))
    assert (told["control"], told["released"]) == ("irregular", False)
    assert "recorded already" in run(
        "bulk", "control", selected, "--outcome", "conform", "--node", node, status=2
    )


def test_what_cannot_be_done_is_told_in_a_line(cleared, tmp_path):
    _, node, *_ = cleared
    (tmp_path / "in.csv").write_text("lrn,colour\nA,red\n")
    assert "'colour'" in run("bulk", "clear", tmp_path / "in.csv", "--node", node, status=2)
    (tmp_path / "in.txt").write_text("x")
    assert "csv, parquet, ndjson" in run("bulk", "clear", tmp_path / "in.txt", "--node", node, status=2)
    assert "Nothing is known" in run("bulk", "status", "none", "--node", node, status=2)
    assert "not POSITION#PLACE" in run("bulk", "row", "7", "--node", node, status=2)
    run("init", tmp_path / "uk", "--administration", "uk")
    run("bulk", "simulate", tmp_path / "p.csv", "--rows", 3)
    assert "takes no low-value consignments" in run(
        "bulk", "clear", tmp_path / "p.csv", "--node", tmp_path / "uk", status=2
    )
