"""The commands of exchange, and a rehearsal in processes of its own."""

import json
import subprocess
import sys
from datetime import date

from click.testing import CliRunner

from tests.unit.exchange.nodes import document
from tidegate.cli import cli
from tidegate.node.configuration import Configuration, write_configuration
from tidegate.node.exchange_wire import count_outside
from tidegate.simulation import World, day


def run(*arguments, status=0):
    """Run a command in this process; it must end with the status."""
    result = CliRunner().invoke(cli, [str(one) for one in arguments])
    assert result.exit_code == status, result.output
    return result.output


def test_partners_trust_each_other_agree_and_try_it_on_the_past(tmp_path):
    for name in ("xa", "xb"):
        run("init", tmp_path / name)
        write_configuration(tmp_path / name, Configuration(origin=f"{name}.example"))
        told = json.loads(
            run("exchange", "identity", "--node", tmp_path / name, "--endpoint", f"http://{name}:1", "--json")
        )
        (tmp_path / f"{name}.identity").write_text(told["document"])
        (tmp_path / f"{name}.fingerprint").write_text(told["fingerprint"])
    wrong = "0" * 64
    options = ("--node", tmp_path / "xa", "--fingerprint")
    assert "fingerprint_differs" in run(
        "exchange", "trust", tmp_path / "xb.identity", *options, wrong, status=2
    )
    right = (tmp_path / "xb.fingerprint").read_text()
    run("exchange", "trust", tmp_path / "xb.identity", *options, right)
    assert "xb.example" in run("exchange", "partners", "--node", tmp_path / "xa", "--json")
    (tmp_path / "agreement.json").write_text(json.dumps(document()))
    run("exchange", "propose", tmp_path / "agreement.json", "--node", tmp_path / "xa")
    (tmp_path / "in").mkdir()
    for number, one in enumerate(day(World.make(1), date(2026, 3, 2), 6, "XA")):
        (tmp_path / "in" / f"{number}.xml").write_bytes(one.xml)
    run("clear", "--node", tmp_path / "xa", tmp_path / "in")
    lines = run("exchange", "dry-run", "urn:example:xa-xb", "--node", tmp_path / "xa", "--json").splitlines()
    clause, total = (json.loads(line) for line in lines)
    assert clause["kind"] == "goods.released"
    assert 0 < len(clause["examples"]) <= 3
    assert total["shared"] == clause["shared"] > 0
    run("exchange", "review", "xb.example", "--node", tmp_path / "xa", "--out", tmp_path / "review.md")
    assert "xb.example" in (tmp_path / "review.md").read_text()
    assert "proposed" in run("exchange", "map", "--node", tmp_path / "xa")


def test_a_rehearsal_in_processes_loses_nothing_doubles_nothing_and_keeps_within_scope(tmp_path):
    arguments = ["exchange", "rehearse", "--nodes", "2", "--days", "1", "--declarations", "5", "--json"]
    result = subprocess.run(
        [sys.executable, "-m", "tidegate", *arguments, "--keep", str(tmp_path / "kept")],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout.splitlines()[-1])
    assert told["sent"] == told["received"] == told["receipts_verified"] > 0
    assert (told["lost"], told["twice"], told["out_of_scope"], told["audit_differences"]) == (0, 0, 0, 0)
    assert told["refused"] == 2, "the two enquiries that no clause allows"
    agreements = [json.loads(path.read_text()) for path in (tmp_path / "kept" / "agreements").iterdir()]
    assert count_outside(tmp_path / "kept" / "wire", agreements).disclosures >= told["sent"]
    for one in agreements:
        for clause in one["permission"]:
            clause.get("fields", {}).pop("origin", None)
    assert count_outside(tmp_path / "kept" / "wire", agreements).outside > 0, (
        "the reader of the wire sees fields"
    )
