"""What an operator was told, on the command line."""

import json

import pytest
from click.testing import CliRunner

from tidegate.cli import cli
from tidegate.declarations.messages import Message, write_message
from tidegate.declarations.rules import sample_declaration

OPERATOR = "XA123456789"


def run(*words, expect=0):
    done = CliRunner().invoke(cli, [str(word) for word in words])
    assert done.exit_code == expect, done.output
    return done.stdout


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A node of the United Kingdom at which one declaration was refused, and a second one to lodge."""
    folder = tmp_path_factory.mktemp("notices")
    for number in (1, 2):
        value = sample_declaration().altered(functional_reference_id=f"L{number}")
        (folder / f"{number}.xml").write_bytes(write_message(Message("declaration", bare=value)))
    run("init", folder / "node", "--administration", "uk")
    run("clear", "--node", folder / "node", folder / "1.xml", expect=1)
    return folder / "node", folder / "2.xml"


def told(folder, *more):
    return [
        json.loads(line) for line in run("notices", OPERATOR, "--node", folder, *more, "--json").splitlines()
    ]


def test_who_asks_with_the_last_cursor_hears_what_is_new_and_nothing_twice(node):
    folder, second = node
    before = told(folder)
    assert {one["lrn"] for one in before} == {"L1"}
    assert before[0]["response"]["Declaration"]["ID"] == before[0]["mrn"]
    cursor = before[-1]["cursor"]
    assert told(folder, "--after", cursor) == []
    run("clear", "--node", folder, second, expect=1)
    after = told(folder, "--after", cursor)
    assert {one["lrn"] for one in after} == {"L2"}
    assert told(folder) == before + after


def test_people_are_told_the_cursor_to_ask_with_next(node):
    said = run("notices", OPERATOR, "--node", node[0])
    assert f"--after {told(node[0])[-1]['cursor']}" in said
    assert "0 notifications; ask for later ones with --after 0" in run("notices", "XA0", "--node", node[0])
