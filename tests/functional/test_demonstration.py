"""A demonstration in processes of its own: it answers, goes on where it was, and leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.serving import SECONDS, free_port


class Shown:
    """A demonstration in a folder; its processes are those whose environment or arguments name the folder."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self.log = folder.parent / "log"

    def start(self):
        command = [sys.executable, "-m", "tidegate", "demo", "--node", str(self.folder / "demo")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)], stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 2 * SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/ready", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text()[-2000:])

    def processes(self):
        found = set()
        for path in Path("/proc").glob("[0-9]*"):
            try:
                said = (path / "environ").read_bytes() + (path / "cmdline").read_bytes()
                state = (path / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if str(self.folder).encode() in said and state != "Z" and int(path.name) != os.getpid():
                found.add(int(path.name))
        return found

    def gone(self, seconds=60):
        end = time.monotonic() + seconds
        while self.processes() and time.monotonic() < end:
            time.sleep(0.2)
        return not self.processes()


@pytest.fixture
def shown(tmp_path):
    if not Path("/proc/self/environ").exists():
        pytest.skip("processes are counted through /proc")
    demonstration = Shown(tmp_path / "shown")
    demonstration.folder.mkdir()
    yield demonstration
    for number in demonstration.processes():
        os.kill(number, signal.SIGKILL)


def test_a_demonstration_goes_on_where_it_was_and_leaves_no_process_behind(shown):
    shown.start()
    assert len(shown.processes()) >= 8, (
        "supervisor, follower, deliverer, server, worker, trade, partner, door"
    )
    assert (shown.folder / "demo-partner" / "node.toml").exists()
    made = (shown.folder / "demo" / "demonstration.json").read_bytes()
    # As Ctrl-C does: every process of the terminal hears it.
    os.killpg(shown.process.pid, signal.SIGINT)
    assert shown.process.wait(SECONDS) == 0
    assert shown.gone(), "after Ctrl-C"
    shown.start()
    assert (shown.folder / "demo" / "demonstration.json").read_bytes() == made
    assert not shown.log.read_text().count("Traceback"), shown.log.read_text()[-3000:]
    # Killed, the supervisor can tell nobody: each process has to see by itself that it is gone.
    shown.process.kill()
    shown.process.wait(SECONDS)
    assert shown.gone(), "after the supervisor was killed"
