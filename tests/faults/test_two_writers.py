"""Two processes lodge for seconds while others read, verify, follow and copy: nobody is in anybody's way."""

import subprocess
import sys
from contextlib import closing

from tests.faults.lodging import now
from tests.faults.nodes import entries, lodged_in, made, verified
from tidegate.journal import check_journal, follow, open_journal, replay
from tidegate.journal.backup import back_up
from tidegate.journal.backup_restoring import restore
from tidegate.node import open_node

COUNT, BATCH = 300, 3


def test_two_writers_a_reader_a_verifier_and_backups_at_once(tmp_path):
    folder = made(tmp_path / "node")
    command = [sys.executable, "-m", "tests.faults.lodging", str(folder)]
    writers = [
        subprocess.Popen(
            [*command, name, str(COUNT), str(BATCH)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    sizes, backups = [], []
    with (
        open_node(folder, now) as node,
        closing(open_journal(folder / "journal", clock=now, read_only=True)) as reading,
    ):
        reader = node.reader("clearance")
        while any(writer.poll() is None for writer in writers):
            troubles, size = check_journal(folder / "journal", now)
            assert [one for one in troubles if one.severity != "note"] == []
            sizes.append(size)
            follow(reading, reader, node.read_tables)
            target = tmp_path / f"backup{len(backups)}"
            backups.append((target, back_up(reading, [], target, now)))
        said = [writer.communicate(timeout=60) for writer in writers]
        replayed = replay(node.journal, reader, node.read_tables)
    assert [(writer.returncode, errors) for writer, (_, errors) in zip(writers, said, strict=True)] == [
        (0, "")
    ] * 2
    lodged = lodged_in(folder)
    positions = []
    for (out, _), name in zip(said, ("one", "two"), strict=True):
        mine = [line.split() for line in out.splitlines()]
        assert [lrn for lrn, _ in mine] == [f"{name}-{n}" for n in range(COUNT)]
        assert all(lodged[int(position)] == lrn for lrn, position in mine)
        own = [int(position) for _, position in mine]
        assert own == sorted(own)
        positions += own
    assert sorted(positions) == list(range(2 * COUNT))
    assert verified(folder).ok
    recorded = [entry.recorded for entry in entries(folder)]
    assert recorded == sorted(recorded)
    assert replayed.before == replayed.after
    # There was something to be in the way of: the journal grew between the looks.
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 2
    partial = [(target, manifest) for target, manifest in backups if 0 < manifest.entries < 2 * COUNT]
    assert partial
    target, manifest = partial[len(partial) // 2]
    assert restore(target, tmp_path / "restored", now) == manifest
    assert verified(tmp_path / "restored").root == manifest.root
