"""A node that is served on loopback, in processes of its own, for tests that need a real one."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import httpx

from tests.shared_data import shared_data
from tidegate.node import create_node

SECONDS = 60  # for a node to be ready, or to stop


def command(*arguments: object) -> str:
    """Run a command of the command line and return what it says."""
    run = subprocess.run(
        [sys.executable, "-m", "tidegate", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    return run.stdout


def made(folder: Path, administration: str = "uk") -> Path:
    """Make a node and return its folder."""
    create_node(folder, administration, lambda: datetime.now(UTC), data=shared_data())
    return folder


def registered(folder: Path, number: str, *, per_minute: int = 60_000) -> str:
    """Register an operator on a node and return a key of its own."""
    return registered_all(folder, number, per_minute=per_minute)[number]


def registered_all(folder: Path, *numbers: str, per_minute: int = 60_000) -> dict[str, str]:
    """Register operators on a node and return a key for each, by number."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.registering", folder, str(per_minute), *numbers],
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
        cwd=Path(__file__).parents[1],
    )
    return dict(line.split() for line in run.stdout.splitlines())


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Served:
    """A node under ``tidegate serve``; its log lies beside its folder."""

    def __init__(self, folder: Path, *options: object, environment: dict[str, str] | None = None):
        self.folder, self.options = folder, options
        self.environment = {**os.environ, **(environment or {})}
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder.parent / f"{folder.name}.log"
        self.process = None

    def start(self) -> "Served":
        """Start it, and return when it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tidegate", "serve", "--node", self.folder, "--port", str(self.port)]
                + [str(one) for one in self.options],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/ready", timeout=5).status_code == 200:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"the node did not become ready: {self.log.read_text()[-2000:]}")

    def stop(self) -> int:
        """Tell it to stop, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(SECONDS)
        finally:
            self.kill()

    def kill(self) -> None:
        """End every process of it at once, as a loss of power would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(SECONDS)

    def processes(self) -> dict[str, int]:
        """Return the resident memory of its processes in KiB, by what they are."""
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, IndexError, ValueError):
                status = dict(
                    line.split(":", 1) for line in (path / "status").read_text().splitlines() if ":" in line
                )
                if os.getpgid(int(path.name)) != self.process.pid or "VmRSS" not in status:
                    continue
                words = (path / "cmdline").read_bytes().split(b"\0")
                name = "follower" if b"follow" in words else "worker"
                name = "supervisor" if b"serve" in words else name
                found[f"{name} {path.name}"] = int(status["VmRSS"].split()[0])
        return found

    def unheard(self) -> int:
        """Return how many acts customs has not heard yet."""
        return httpx.get(f"{self.address}/ready", timeout=30).json()["unheard"]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()
