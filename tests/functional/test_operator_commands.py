"""The commands about operators, as an officer gives them; and the process that pushes notices."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from tests.unit.node.making import clock
from tidegate.commands.operator import operator as command
from tidegate.node import create_node


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("operators") / "node"
    create_node(made, "demo", clock)
    return made


def said(folder, *words, status=0):
    done = CliRunner().invoke(command, [*words, "--node", str(folder)])
    assert done.exit_code == status, done.output
    return done.output


def objects(folder, *words):
    return [json.loads(line) for line in said(folder, *words, "--json").splitlines()]


def test_an_officer_registers_authorises_withdraws_and_suspends(folder):
    for number, role in (("XA1", "trader"), ("XA2", "broker")):
        said(folder, "register", number, "--role", role)
    assert "already_so" in said(folder, "register", "XA1", "--role", "trader", status=2)
    (given,) = objects(folder, "authorise", "XA1", "XA2", "--as", "direct", "--procedure", "40")
    assert "XA2 for XA1" in said(folder, "show", "XA1")
    said(folder, "withdraw", str(given["position"]), "--reason", "moved")
    said(folder, "add-device", "SEAL-1", "--owner", "XA1", "--type", "seal")
    said(folder, "retire-device", "SEAL-1")
    said(folder, "suspend", "XA1", "--reason", "unpaid")
    (shown,) = objects(folder, "show", "XA1")
    assert (shown["operator"]["reason"], shown["granted"][0]["procedures"]) == ("unpaid", ["40"])
    assert shown["devices"][0]["retired"]
    said(folder, "reinstate", "XA1")
    assert [one["number"] for one in objects(folder, "list")] == ["XA1", "XA2"]
    assert "unknown_operator" in said(folder, "show", "XA9", status=2)


def test_an_officer_makes_a_credential_and_is_told_why_not(folder):
    said(folder, "register", "XA5", "--role", "platform")
    (made,) = objects(folder, "key", "XA5", "--scope", "notices:read", "--purpose", "back office")
    assert made["secret"].startswith(f"tg_{made['id']}_")
    assert "bad_credential" in said(folder, "key", "XA9", status=2)


def test_the_deliverer_ends_when_it_is_told(folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "tidegate_web.webhooks.deliverer"],
        env={**os.environ, "TIDEGATE_NODE": str(folder)},
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 20
    while not (folder / "webhooks.lock").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, b"")
