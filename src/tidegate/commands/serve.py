"""``tidegate serve``: the node's face over HTTP, and the follower beside it, watched until told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path  # noqa: TC003 - click calls it
from typing import TYPE_CHECKING

import click

from tidegate.commands.face import node_option, told
from tidegate.node import read_configuration

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOOK_SECONDS = 0.2
_SOON_SECONDS = 30.0  # a process that ends sooner than this after its start is failing
_MOST_FAILURES = 5
_WAIT_SECONDS = 40.0


class Watched:
    """A process that is started again when it ends, a little later each time it fails soon."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self._arguments = arguments
        self._environment = environment
        self._failures = 0
        self._again = 0.0
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self._began = time.monotonic()
        return subprocess.Popen([sys.executable, *self._arguments], env=self._environment)  # noqa: S603 - our own programs

    def look(self) -> bool:
        """Start the process again if it ended; returns False when it fails too often to go on."""
        moment = time.monotonic()
        status = self.process.poll()
        if status is None:
            return True
        if not self._again:
            soon = moment - self._began < _SOON_SECONDS
            self._failures = self._failures + 1 if soon else 1
            self._again = moment + 0.5 * 2 ** (self._failures - 1)
            click.echo(f"The {self.name} ended with status {status}.", err=True)
        if self._failures > _MOST_FAILURES:
            return False
        if moment >= self._again:
            self._again = 0.0
            self.process = self._start()
            click.echo(f"The {self.name} was started again.", err=True)
        return True

    def end(self) -> None:
        """Tell the process to stop, and wait until it has finished what is under way."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(_WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            click.echo(
                f"The {self.name} did not stop in {_WAIT_SECONDS:.0f} seconds and was ended.", err=True
            )
            self.process.kill()
            self.process.wait()


@click.command()
@node_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that answer requests; one more process follows the journal.",
)
@click.option("--trade-test", is_flag=True, help="Decide as a test environment of the administration does.")
@click.pass_context
def serve(ctx: click.Context, folder: Path, host: str, port: int, workers: int, *, trade_test: bool) -> None:
    """Serve a node over HTTP until told to stop (SIGTERM, or Ctrl-C).

    Workers take in and append; a follower decides, tells and keeps the tables that are asked. Either is
    started again when it dies. What was acknowledged is in the journal, however this ends.
    """
    ctx.exit(serve_node(folder, (host, port, workers), trade_test=trade_test))


def serve_node(
    folder: Path,
    where: tuple[str, int, int],
    *,
    trade_test: bool = False,
    further: Sequence[tuple[str, list[str], dict[str, str]]] = (),
) -> int:
    """Serve a node at a host and port, by so many workers, until told to stop; returns the exit status.

    ``further`` are programs that run beside it, each with its name and what its environment has besides.
    """
    host, port, _ = where
    with told():
        read_configuration(folder, os.environ)
    environment = {**os.environ, "TIDEGATE_NODE": str(folder.resolve()), "PYTHONUNBUFFERED": "1"}
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    watched = _start(folder, environment, where, trade_test=trade_test)
    watched += [Watched(name, arguments, {**environment, **own}) for name, arguments, own in further]
    click.echo(f"Serving {folder} at http://{host}:{port}. Stop with SIGTERM.", err=True)
    failed = False
    while not stop.wait(_LOOK_SECONDS) and not failed:
        for one in watched:
            failed = not one.look() or failed
    for one in reversed(watched):
        one.end()
    return 1 if failed else 0


def _start(
    folder: Path, environment: dict[str, str], where: tuple[str, int, int], *, trade_test: bool
) -> list[Watched]:
    """Start what serves a node; the last of them is stopped first, so that nothing new comes in meanwhile."""
    tested = ["--trade-test"] if trade_test else []
    follower = ["-m", "tidegate", "follow", "--node", str(folder), *tested]
    server = ["-m", "tidegate_web.serving", *(str(one) for one in where)]
    deliverer = ["-m", "tidegate_web.webhooks.deliverer"]
    return [
        Watched("follower", follower, environment),
        Watched("deliverer", deliverer, environment),
        Watched("server", server, environment),
    ]
