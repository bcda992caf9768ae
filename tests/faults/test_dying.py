"""A process is gone at the worst moments; whoever comes after finds what was acknowledged, and goes on."""

import subprocess

import pytest

from tests.faults.dying import MOMENTS
from tests.faults.lodging import lodge_on, now
from tests.faults.nodes import made, run, story, verified
from tidegate.journal import replay
from tidegate.node import open_node

# How many lodgings are durable when the process dies; whether a half-written attachment is left behind.
LODGING = {
    "attachment_half_written": (3, True),
    "attachments_stored": (3, False),
    "attachments_entered": (3, False),
    "in_the_commit": (3, False),
    "before_acknowledging": (6, False),
}


def die(folder, moment):
    with pytest.raises(subprocess.CalledProcessError) as death:
        run("dying", folder, moment)
    assert death.value.returncode == -9
    assert death.value.stdout.split() == ["0", "1", "2"]


def finish(folder):
    """Lodge again what was not acknowledged, and answer."""
    with open_node(folder, now) as node:
        told = list(lodge_on(node, "one", 3, 3))
        node.catch_up()
        reader = node.reader("clearance")
        replayed = replay(node.journal, reader, node.read_tables)
    assert replayed.before == replayed.after
    return told


@pytest.mark.parametrize("moment", LODGING)
def test_a_lodging_that_dies_is_there_in_whole_or_not_at_all_and_is_not_doubled(tmp_path, moment):
    folder = made(tmp_path / "node")
    die(folder, moment)
    durable, left = LODGING[moment]
    found = verified(folder)
    assert (found.ok, found.entries) == (True, durable)
    assert any((folder / "journal" / "attachments").glob(".new-*")) is left
    assert finish(folder) == [(f"one-{n}", n) for n in range(3, 6)]
    assert verified(folder).ok
    lodged = [keys for kind, keys, _ in story(folder) if kind == "declaration.lodged"]
    assert len(lodged) == 6


@pytest.mark.parametrize("moment", sorted(set(MOMENTS) - set(LODGING)))
def test_a_follower_that_dies_comes_back_equal_to_one_that_did_not(tmp_path, moment):
    folder, other = made(tmp_path / "node"), made(tmp_path / "other")
    (other / "node.key").write_bytes((folder / "node.key").read_bytes())
    die(folder, moment)
    with open_node(folder, now) as node:
        node.catch_up()
    with open_node(other, now) as node:
        list(lodge_on(node, "one", 0, 3))
        node.catch_up()
    assert verified(folder).ok
    assert story(folder) == story(other)
    assert finish(folder) == finish(other)
    assert story(folder) == story(other)
