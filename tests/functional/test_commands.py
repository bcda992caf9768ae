"""The command line, run as a person runs it: what it prints, and how it ends."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from tidegate.declarations.declaration import MetaData
from tidegate.declarations.messages import Message, write_message
from tidegate.declarations.rules.sample import sample_declaration

TIDEGATE = str(Path(sys.executable).with_name("tidegate"))


def run(*words, expect=0):
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(
        [TIDEGATE, *map(str, words)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == expect, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if expect == 0 else done.stdout + done.stderr


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def message(tmp_path_factory):
    path = tmp_path_factory.mktemp("in") / "sample.xml"
    path.write_bytes(
        write_message(Message("declaration", meta_data=MetaData(declaration=sample_declaration())))
    )
    return path


@pytest.fixture(scope="module")
def cleared(tmp_path_factory, message):
    """A node with one declaration cleared on it, and what was told of the declaration."""
    node = tmp_path_factory.mktemp("node") / "n"
    run("init", node)
    (told,) = lines(run("clear", "--node", node, message, "--json"))
    return node, told


@pytest.fixture
def copy(cleared, tmp_path):
    node = tmp_path / "copy"
    shutil.copytree(cleared[0], node)
    return node


def test_help_names_every_command_without_loading_any():
    assert all(
        name in run("--help") for name in ("init", "simulate", "clear", "show", "declaration", "journal")
    )
    code = "import sys; from tidegate.cli import cli; cli(['--help'], standalone_mode=False); "
    code += "print([m for m in ('polars', 'lxml', 'apsw', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_init_makes_a_node_whose_settings_document_themselves(cleared):
    text = (cleared[0] / "node.toml").read_text()
    settings = [line for line in text.splitlines() if " = " in line and not line.startswith("#")]
    assert len(settings) >= 4
    for setting in settings:
        assert text.splitlines()[text.splitlines().index(setting) - 1].startswith("# ")


def test_init_refuses_a_folder_that_holds_something(message):
    assert "not empty" in run("init", message.parent, expect=2)


def test_a_declaration_gets_a_number_taxes_and_a_channel_with_reasons(cleared):
    told = cleared[1]
    assert told["kind"] == "declaration"
    assert len(told["mrn"]) == 18
    assert told["taxes"]
    assert told["channel"] in ("green", "yellow", "red", "blue")
    assert told["positions"][0] == 0
    assert set(told) >= {
        "file",
        "kind",
        "lrn",
        "mrn",
        "type",
        "items",
        "findings",
        "taxes",
        "risk",
        "channel",
    }


def test_show_tells_the_story_with_every_act_and_derivation(cleared):
    node, told = cleared
    (found,) = lines(run("show", told["mrn"], "--node", node, "--json"))
    assert [act["position"] for act in found["acts"]] == told["positions"]
    assert found["consignment"]["mrn"] == told["mrn"]
    story = run("show", told["mrn"], "--node", node)
    assert "declaration.lodged" in story
    assert f"% of {told['taxes'][0]['base']}" in story


def test_show_of_an_unknown_number_says_so(cleared):
    assert "unknown_consignment" in run("show", "26XA0000000000000X", "--node", cleared[0], expect=2)


def test_a_folder_that_is_no_node_is_told_in_one_line(tmp_path):
    for words in (["show", "X"], ["clear", tmp_path], ["journal", "verify"], ["journal", "tail"]):
        told = run(*words, "--node", tmp_path / "none", expect=2)
        assert "is not a node" in told
        assert len(told.strip().splitlines()) == 1


def test_clearing_the_same_file_twice_tells_who_came_first_and_ends_with_1(copy, cleared, message):
    (told,) = lines(run("clear", "--node", copy, message, "--json", expect=1))
    assert told["mrn"] is None
    assert told["findings"][0]["code"] == "TG-LRN-TWICE"
    assert cleared[1]["mrn"] in told["findings"][0]["text"]


def test_rewriting_prints_the_message_from_its_values(message):
    assert etree.fromstring(run("declaration", "rewrite", message).encode()) is not None


def test_rewriting_what_cannot_be_read_says_where(tmp_path):
    broken = tmp_path / "broken.xml"
    broken.write_bytes(b"<MetaData>\n  <open>\n</MetaData>")
    told = run("declaration", "rewrite", broken, expect=1)
    assert "line 3" in told


def test_reading_prints_the_declaration_as_json(message):
    (found,) = lines(run("declaration", "read", message, "--json"))
    assert found["declaration"]["FunctionalReferenceID"] == sample_declaration().functional_reference_id


def test_the_journal_verifies_and_its_tail_is_what_happened(cleared):
    node, told = cleared
    (found,) = lines(run("journal", "verify", "--node", node, "--json"))
    assert found["ok"] is True
    assert found["entries"] == len(told["positions"])
    assert len(found["root"]) == 64
    tail = lines(run("journal", "tail", "--node", node, "--json"))
    assert tail[0]["kind"] == "declaration.lodged"
    assert tail[0]["body"]["mrn"] == told["mrn"]


def test_a_changed_byte_of_an_attachment_is_found_at_its_position(copy):
    (path,) = [one for one in (copy / "journal" / "attachments").rglob("*") if one.is_file()]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    (found,) = lines(run("journal", "verify", "--node", copy, "--json", expect=1))
    assert found["ok"] is False
    assert [fault["position"] for fault in found["faults"]] == [0]
    assert found["position"] == 0


def test_a_database_that_is_none_does_not_verify(copy):
    (copy / "journal" / "journal.sqlite").write_bytes(b"garbage" * 1000)
    (found,) = lines(run("journal", "verify", "--node", copy, "--json", expect=1))
    assert found["ok"] is False


def test_replaying_a_reader_gives_equal_tables_and_an_unknown_one_is_told(cleared):
    (found,) = lines(run("journal", "replay", "clearance", "--node", cleared[0], "--json"))
    assert found["equal"] is True
    assert found["before"] == found["after"]
    assert "the readers are: clearance" in run("journal", "replay", "nobody", "--node", cleared[0], expect=2)


def test_a_simulated_day_is_played_and_the_next_call_plays_the_next_day(tmp_path):
    node = tmp_path / "n"
    first = lines(run("simulate", "--node", node, "--declarations", 60, "--day", "2026-03-02", "--json"))[0]
    assert first["day"] == "2026-03-02"
    assert first["lodged"] == first["accepted"] + first["rejected"]
    assert sum(first["channels"].values()) == first["accepted"]
    second = lines(run("simulate", "--node", node, "--declarations", 20, "--json"))[0]
    assert second["day"] == "2026-03-03"
    assert lines(run("journal", "verify", "--node", node, "--json"))[0]["ok"] is True
