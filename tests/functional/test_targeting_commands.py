"""Targeting on the command line: trained from the journal, adopted, explained, watched, withdrawn."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.functional.test_commands import lines, run
from tidegate.clearance import Lodging, lodge, record_control
from tidegate.declarations.declaration import MetaData
from tidegate.declarations.messages import Message, write_message
from tidegate.declarations.places import with_value
from tidegate.declarations.rules.sample import sample_declaration
from tidegate.node import open_node

pytest.importorskip("catboost", reason="the extra `models` is not installed")
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
POLICY = """
[policy]
owner = "analysis"
purpose = "All at random, to learn from."
random_share = 1.0
red_threshold = 0.6
yellow_threshold = 0.35
blue_threshold = 0.2
red_capacity = 10
yellow_capacity = 10
"""
SHEET = """
[policy]
owner = "analysis"
purpose = "Targeted and explored."
random_share = 0.0
targeted_share = 0.5
exploring_share = 0.1
red_threshold = 0.99
yellow_threshold = 0.98
blue_threshold = 0.97
red_capacity = 10
yellow_capacity = 10

[[profiles]]
code = "V1"
owner = "analysis"
purpose = "goods of one importer"
condition = "importer = 'XA000000001'"
weight = 0.3
reason = "The importer is {importer}."
from = 2020-01-01
until = 2030-12-31
"""


def declaration(lrn, importer):
    return with_value(
        sample_declaration().altered(functional_reference_id=lrn), "GoodsShipment/Importer/ID", importer
    )


def message(folder, lrn, importer):
    value = declaration(lrn, importer)
    path = folder / f"{lrn}.xml"
    path.write_bytes(write_message(Message("declaration", meta_data=MetaData(declaration=value))))
    return path


def train(node, out):
    return run("risk", "train", "--node", node, "--out", out, "--seed", 5, "--json")


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """A node whose controls found one of four importers irregular nearly always; and a model of it."""
    folder = tmp_path_factory.mktemp("learned")
    node = folder / "n"
    run("init", node)
    (folder / "policy.toml").write_text(POLICY)
    (folder / "sheet.toml").write_text(SHEET)
    run("risk", "adopt", folder / "policy.toml", "--node", node)
    with open_node(node, lambda: START) as opened:
        for day in range(6):
            moment, numbers = START + timedelta(days=day), []
            for n in range(12):
                importer = f"XA00000000{n % 4 + 1}"
                value = declaration(f"D{day}-{n}", importer)
                octets = write_message(Message("declaration", bare=value))
                numbers.append((Lodging(moment, octets, value), importer))
            receipts = lodge(opened.journal, [one for one, _ in numbers], country="XA", key=opened.key)
            opened.catch_up()
            for n, (receipt, (_, importer)) in enumerate(zip(receipts, numbers, strict=True)):
                bad = importer == "XA000000001" and n != 4
                record_control(
                    opened.journal,
                    receipt.mrn,
                    moment + timedelta(hours=1),
                    "officer:7",
                    outcome="irregular" if bad else "conform",
                    found="Opened.",
                )
            opened.catch_up()
    (told,) = lines(
        run("risk", "train", "--node", node, "--out", folder / "model.json", "--seed", 5, "--json")
    )
    return folder, node, told


def test_the_same_journal_and_seed_train_the_same_model(learned, tmp_path):
    folder, node, told = learned
    (again,) = lines(
        run("risk", "train", "--node", node, "--out", tmp_path / "m.json", "--seed", 5, "--json")
    )
    assert again["model"] == told["model"]
    assert (tmp_path / "m.json").read_bytes() == (folder / "model.json").read_bytes()
    assert b"XA00000000" not in (folder / "model.json.history.parquet").read_bytes()
    assert (told["results"], told["irregular"]) == (2 * 72, 2 * 12)


def test_what_is_adopted_decides_is_explained_and_is_withdrawn(learned):
    folder, node, told = learned
    (tried,) = lines(run("risk", "profile", "test", folder / "sheet.toml", "--node", node, "--json"))
    assert (tried["code"], tried["tested"], tried["held"], tried["irregular"]) == ("V1", 72, 18, 12)
    assert tried["at_random"]["value"] == pytest.approx(12 / 18)

    assert "--until" in run("risk", "adopt", folder / "model.json", "--node", node, expect=1)
    model = (
        "risk",
        "adopt",
        folder / "model.json",
        "--node",
        node,
        "--purpose",
        "all",
        "--until",
        "2036-12-31",
    )
    run(*model, "--from", "2026-01-01")
    assert "stands already" in run(*model, expect=1)
    run("risk", "adopt", folder / "sheet.toml", "--node", node)
    (stands,) = lines(run("risk", "profile", "list", "--node", node, "--json"))
    assert stands["policy"]["usual_strangeness"] > 0
    assert [one["act"]["model"] for one in stands["models"]] == [told["model"]]

    (bad,) = lines(run("clear", "--node", node, message(folder, "L1", "XA000000001"), "--json"))
    (good,) = lines(run("clear", "--node", node, message(folder, "L2", "XA000000002"), "--json"))
    assert bad["risk"]["score"] > good["risk"]["score"] + 0.3
    (why,) = lines(run("risk", "explain", bad["mrn"], "--node", node, "--json"))
    assert (why["channel"], why["stratum"], why["model"]) == ("red", "targeted", told["model"][:12])
    reasons = [reason["text"] for reason in why["reasons"] if not reason.get("profile")]
    assert any("XA000000001" in text and "all that is known of the trader" in text for text in reasons)
    assert "V1" in [reason.get("profile") for reason in why["reasons"]]
    assert True in {case["irregular"] for case in why["like_cases"]}
    assert "Like past cases" in run("risk", "explain", bad["mrn"], "--node", node)

    (watched,) = lines(run("risk", "watch", "--node", node, "--json"))
    assert watched["strata"]["random"] == [72, 12]
    assert watched["performance"]["hit_rate"]["value"] == pytest.approx(12 / 72)
    assert "Changes" in run("risk", "watch", "--node", node)

    run("risk", "withdraw", told["model"][:8], "--node", node, "--reason", "Another is better.")
    run("risk", "withdraw", "V1", "--node", node, "--reason", "It repeats the model.")
    assert "not one model" in run("risk", "withdraw", "V1", "--node", node, "--reason", "Again.", expect=1)
    (after,) = lines(run("clear", "--node", node, message(folder, "L3", "XA000000001"), "--json"))
    assert after["risk"]["score"] < bad["risk"]["score"]
    (replayed,) = lines(run("journal", "replay", "clearance", "--node", node, "--json"))
    assert replayed["equal"] is True


def test_a_file_that_says_nothing_to_adopt_is_refused_in_a_line(learned):
    folder, node, _ = learned
    (folder / "wrong.toml").write_text("[policy]\nowner = 3\n")
    assert "wrong.toml" in run("risk", "adopt", folder / "wrong.toml", "--node", node, expect=1)
    (folder / "bad.toml").write_text(SHEET.replace("importer = 'XA", "no_column = 'XA"))
    assert "no_column" in run("risk", "profile", "test", folder / "bad.toml", "--node", node, expect=1)
