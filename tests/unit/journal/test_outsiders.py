"""What strangers do: the commands, and the program in the page, on a node of their own making."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.contract.making import alone
from tidegate.commands.init import init
from tidegate.commands.journal import journal as command
from tidegate.journal import open_journal

PAGE = Path(__file__).parents[3] / "docs" / "proofs.md"


@pytest.fixture
def node(tmp_path, clock):
    folder = tmp_path / "node"
    assert CliRunner().invoke(init, [str(folder)]).exit_code == 0
    journal = open_journal(folder / "journal", clock=clock)
    journal.append([alone(f"mrn:{n}", body=b'{"n":%d}' % n) for n in range(11)])
    journal.close()
    return folder


@pytest.fixture
def run(node):
    def call(*words, status=0, lines=False):
        done = CliRunner().invoke(command, [str(word) for word in words])
        assert done.exit_code == status, done.output
        return [json.loads(line) for line in done.stdout.splitlines()] if lines else done.stdout

    call.node = ("--node", str(node))
    return call


def test_the_program_in_the_page_checks_every_entry_and_no_altered_one(run, tmp_path):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    key = run("key", *run.node).strip()

    def checked(text):
        path = tmp_path / "entry.tlog-proof"
        path.write_text(text, encoding="utf-8")
        words = [sys.executable, "-c", program, str(path), key]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    for position in (0, 4, 8, 10):
        proof = run("prove", position, *run.node)
        done = checked(proof)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["keys"] == [f"mrn:{position}"]
    assert checked(proof.replace("index 10", "index 9")).returncode != 0
    lines = proof.split("\n")
    for at in (1, 3, -4, -2):
        bad = list(lines)
        middle = len(bad[at]) // 2
        bad[at] = bad[at][:middle] + ("A" if bad[at][middle] != "A" else "B") + bad[at][middle + 1 :]
        assert checked("\n".join(bad)).returncode != 0, bad[at]


def test_a_proof_written_to_a_file_verifies_with_the_key_alone(run, tmp_path, node):
    key = run("key", *run.node).strip()
    proof = tmp_path / "7.tlog-proof"
    run("prove", 7, *run.node, "--with-body", "--out", proof)
    (shown,) = run("verify-proof", proof, "--key", key, "--json", lines=True)
    assert (shown["valid"], shown["position"], shown["size"], shown["body"]) == (True, 7, 11, {"n": 7})
    other = CliRunner()
    assert other.invoke(init, [str(node.parent / "other")]).exit_code == 0
    stranger = other.invoke(command, ["key", "--node", str(node.parent / "other")]).stdout.strip()
    (shown,) = run("verify-proof", proof, "--key", stranger, "--json", status=1, lines=True)
    assert (shown["valid"], shown["code"]) == (False, "unknown_signer")
    assert "valid: True" in run("verify-proof", proof, "--key", key)


def test_a_proof_is_made_against_the_checkpoint_given(run, tmp_path, node, clock):
    first = tmp_path / "first"
    run("checkpoint", *run.node, "--out", first)
    journal = open_journal(node / "journal", clock=clock)
    journal.append([alone("mrn:later")])
    journal.close()
    assert first.read_text() in run("prove", 3, *run.node, "--checkpoint", first)
    assert "\n12\n" in run("prove", 11, *run.node)
    run("prove", 11, *run.node, "--checkpoint", first, status=2)


def test_consistency_is_proven_from_the_checkpoint_that_was_kept(run, tmp_path, node, clock):
    kept, proof = tmp_path / "kept", tmp_path / "proof"
    run("checkpoint", *run.node, "--out", kept)
    journal = open_journal(node / "journal", clock=clock)
    journal.append([alone("mrn:later") for _ in range(3)])
    journal.close()
    run("prove", "--from", kept, *run.node, "--out", proof)
    key = run("key", *run.node).strip()
    (shown,) = run("verify-proof", proof, "--from", kept, "--key", key, "--json", lines=True)
    assert (shown["valid"], shown["size"], shown["from"]["size"]) == (True, 14, 11)
    run("verify-proof", proof, "--key", key, status=2)
    run("verify-proof", proof, status=2)


def test_verify_against_a_checkpoint_tells_what_it_stated(run, tmp_path):
    kept = tmp_path / "kept"
    run("checkpoint", *run.node, "--out", kept)
    key = run("key", *run.node).strip()
    (found,) = run("verify", *run.node, "--against", kept, "--json", lines=True)
    assert found["ok"]
    assert found["against"] == {"size": 11, "root": found["root"]}
    run("verify", *run.node, "--against", kept, "--key", key)
    kept.write_text(kept.read_text().replace("\n11\n", "\n12\n"))
    (found,) = run("verify", *run.node, "--against", kept, "--json", status=1, lines=True)
    assert (found["ok"], found["against"]["size"]) == (False, 12)
    (plain,) = run("verify", *run.node, "--json", lines=True)
    assert "against" not in plain


def test_keys_are_rotated_and_old_checkpoints_still_verify(run, tmp_path, node):
    kept, newer = tmp_path / "kept", tmp_path / "newer"
    old = run("key", *run.node).strip()
    before = (node / "node.signing.key").read_bytes()
    run("checkpoint", *run.node, "--out", kept)
    (told,) = run("rotate-key", *run.node, "--json", lines=True)
    assert told == {"old": old, "key": run("key", *run.node).strip()}
    assert told["key"] != old
    assert (node / "node.signing.key").read_bytes() != before
    assert not (node / "node.signing.key.new").exists()
    run("checkpoint", *run.node, "--out", newer)
    for checkpoint in (kept, newer):
        for words in ([], ["--key", old], ["--key", told["key"]]):
            run("verify", *run.node, "--against", checkpoint, *words)


def test_a_rotation_that_stopped_before_or_after_its_act_leaves_a_key_that_signs(run, node, monkeypatch):
    """The machine ends at either moment; whichever key the journal says is in force is at hand."""
    first = run("key", *run.node).strip()
    monkeypatch.setattr("tidegate.node.signing.rotate_key", stop)
    done = CliRunner().invoke(command, ["rotate-key", *run.node])
    assert isinstance(done.exception, PowerLostError)
    assert run("key", *run.node).strip() == first
    monkeypatch.undo()
    real = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda path, to: stop() if to.name == "node.signing.key" else real(path, to)
    )
    done = CliRunner().invoke(command, ["rotate-key", *run.node])
    assert isinstance(done.exception, PowerLostError)
    monkeypatch.undo()
    second = run("key", *run.node).strip()
    assert second != first
    run("checkpoint", *run.node)
    run("verify", *run.node)
    third = run("rotate-key", *run.node).strip()
    assert third not in {first, second}
    run("checkpoint", *run.node)
    run("verify", *run.node)
    assert not (node / "node.signing.key.new").exists()


class PowerLostError(Exception):
    pass


def stop(*_, **__):
    raise PowerLostError


def test_the_signing_key_is_for_its_owner_and_an_older_node_gets_one(run, node):
    path = node / "node.signing.key"
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    run("verify", *run.node)
    assert not path.exists(), "verifying makes nothing"
    first = run("key", *run.node)
    assert run("key", *run.node) == first
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("no key")
    run("key", *run.node, status=2)


def test_the_origin_is_a_setting_and_may_not_change_once_something_is_signed(run, node):
    name = run("key", *run.node).partition("+")[0]
    assert re.fullmatch(r"tidegate\.example/[0-9a-f]{16}", name)
    toml = node / "node.toml"
    text = toml.read_text()
    toml.write_text(text.replace('origin = ""', 'origin = "customs.example/xa"'))
    assert run("key", *run.node).startswith("customs.example/xa+")
    assert run("checkpoint", *run.node).startswith("customs.example/xa\n11\n")
    toml.write_text(text)
    run("checkpoint", *run.node, status=2)
    toml.write_text(text.replace('origin = ""', 'origin = "no spaces"'))
    run("checkpoint", *run.node, status=2)


@pytest.mark.parametrize("words", [[], ["x"], ["1#x"], ["99"], ["3#1"]])
def test_what_cannot_be_proven_is_told_in_a_line(run, words):
    run("prove", *words, *run.node, status=2)
    run("verify-proof", status=2)
