"""A disk that is full, and one that can only be read: nothing acknowledged is lost, nothing is made up."""

import json
import subprocess
import sys
from contextlib import closing

import pytest
from click.testing import CliRunner

from tests.faults.lodging import lodge_on, now
from tests.faults.nodes import content, disk, entries, fill, lodged_in, made, remount, verified
from tidegate.cli import cli
from tidegate.journal import JournalFullError, open_journal
from tidegate.journal.backup import back_up
from tidegate.node import open_node

LODGE_UNTIL_REFUSED = """
import sys
from pathlib import Path
from tests.faults.lodging import lodge_on, now
from tidegate.journal import JournalError
from tidegate.node import open_node

with open_node(Path(sys.argv[1]), now) as node:
    for begin in range(0, 100_000, 5):
        try:
            for lrn, position in lodge_on(node, "one", begin, 5):
                print(lrn, position, flush=True)
        except JournalError as error:
            sys.exit(error.code)
"""


def lodge_until_refused(folder):
    """Lodge in a process of its own; return what it acknowledged, and the code it was refused with."""
    done = subprocess.run(
        [sys.executable, "-c", LODGE_UNTIL_REFUSED, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    acknowledged = [line.split() for line in done.stdout.splitlines()]
    return [(lrn, int(position)) for lrn, position in acknowledged], done.stderr.strip()


def checked(folder):
    """Return the troubles that `journal check` tells, by part, and its exit status."""
    done = CliRunner().invoke(cli, ["journal", "check", "--node", str(folder), "--json"])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1] == {"ok": done.exit_code == 0, "findings": len(lines) - 1}
    return lines[:-1], done.exit_code


def test_on_a_full_disk_what_was_acknowledged_is_there_and_with_room_it_goes_on(tmp_path):
    with disk(tmp_path / "disk", "3m") as small:
        folder = made(small / "node")
        acknowledged, refused = lodge_until_refused(folder)
        assert refused == "journal_full"
        assert len(acknowledged) > 50
        found = verified(folder)
        assert found.ok
        # All that was acknowledged is there, and nothing else: the refused batch left nothing.
        assert lodged_in(folder) == {position: lrn for lrn, position in acknowledged}
        troubles, status = checked(folder)
        assert status == 1
        assert [one["part"] for one in troubles if one["severity"] != "note"] == ["disk"]
        assert "journal_full" in next(one for one in troubles if one["part"] == "disk")["remedy"]
        remount(small, "size=30m")
        with open_node(folder, now) as node:
            begin = len(acknowledged)
            assert list(lodge_on(node, "one", begin, 5)) == [
                (f"one-{begin + n}", begin + n) for n in range(5)
            ]
            node.catch_up()
        assert verified(folder).ok


def test_a_follower_on_a_full_disk_loses_nothing_and_goes_on_with_room(tmp_path):
    with disk(tmp_path / "disk", "4m") as small:
        folder = made(small / "node")
        with open_node(folder, now) as node:
            for begin in range(0, 60, 20):
                list(lodge_on(node, "one", begin, 20))
        filler = small / "filler"
        fill(filler)
        with pytest.raises(JournalFullError), open_node(folder, now) as node:
            node.catch_up()
        # So full that even reading finds no room for its index: said as what it is, not as damage.
        troubles, status = checked(folder)
        assert status == 1
        assert {one["part"] for one in troubles if one["severity"] == "error"} == {"database"}
        assert "Make room" in troubles[0]["remedy"]
        filler.unlink()
        with open_node(folder, now) as node:
            node.catch_up()
        assert verified(folder).ok
        kinds = [entry.kind for entry in entries(folder)]
        assert kinds.count("declaration.lodged") == 60
        assert kinds.count("declaration.accepted") + kinds.count("declaration.rejected") == 60


def test_a_backup_to_a_full_disk_leaves_nothing_there(tmp_path):
    folder = made(tmp_path / "node")
    with open_node(folder, now) as node:
        for begin in range(0, 200, 50):
            list(lodge_on(node, "one", begin, 50))
    with (
        disk(tmp_path / "disk", "512k") as small,
        closing(open_journal(folder / "journal", clock=now, read_only=True)) as journal,
    ):
        with pytest.raises(JournalFullError):
            back_up(journal, [folder / "node.toml"], small / "backup", now)
        assert list(small.iterdir()) == []


@pytest.mark.parametrize("killed", [False, True])
def test_a_node_on_a_read_only_disk_can_be_read_verified_checked_and_backed_up(tmp_path, killed):
    with disk(tmp_path / "disk", "30m") as small:
        folder = made(small / "node")
        with open_node(folder, now) as node:
            list(lodge_on(node, "one", 0, 5))
            node.catch_up()
        if killed:  # its log is still beside the database
            command = [sys.executable, "-m", "tests.faults.dying", str(folder), "before_acknowledging"]
            subprocess.run(command, capture_output=True, check=False, timeout=60)
            assert (folder / "journal" / "journal.sqlite-wal").stat().st_size
        before = content(folder)
        remount(small, "ro")
        found = verified(folder)
        assert found.ok
        assert [entry.position for entry in entries(folder)] == list(range(found.entries))
        acknowledged, refused = lodge_until_refused(folder)
        assert acknowledged == []
        assert refused in {"journal_read_only", "journal_failed"}
        troubles, status = checked(folder)
        assert status == 1
        assert [one["part"] for one in troubles if one["severity"] != "note"] == ["disk"]
        with closing(open_journal(folder / "journal", clock=now, read_only=True)) as journal:
            manifest = back_up(journal, [folder / "node.toml"], tmp_path / "backup", now)
        assert (manifest.entries, manifest.root) == (found.entries, found.root)
        assert content(folder) == before
        remount(small, "rw")
        with open_node(folder, now) as node:
            assert [position for _, position in lodge_on(node, "two", 0, 2)] == [
                found.entries,
                found.entries + 1,
            ]
