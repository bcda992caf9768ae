"""``tidegate follow``: answer and read what is new in a node's journal, until told to stop."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path  # noqa: TC003 - click calls it
from typing import TYPE_CHECKING

import click

from tidegate.commands.face import node_option, now, told
from tidegate.node import open_node, read_configuration
from tidegate.node.bulk_spool import Intake, Spool
from tidegate.node.exchange_running import Runner

if TYPE_CHECKING:
    from tidegate.node import Node

_LOOK_SECONDS = 0.05
_CLOCK_SECONDS = 1.0


@click.command()
@node_option
@click.option("--trade-test", is_flag=True, help="As a test environment of the administration.")
@click.option("--once", is_flag=True, help="End when nothing is new.")
@click.pass_context
def follow(ctx: click.Context, folder: Path, *, trade_test: bool, once: bool) -> None:
    """Answer what is lodged, and keep the tables that are asked, until told to stop (SIGTERM).

    `tidegate serve` runs one of these beside its workers. What is under way is finished first: no act is ever
    answered by half.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with told():
        configuration = read_configuration(folder, os.environ)
        with open_node(folder, now, trade_test=trade_test, configuration=configuration) as node:
            runner = Runner(node, now)
            try:
                _follow(node, runner, stop, once=once)
            finally:
                runner.stop()
    ctx.exit(0)


def _follow(node: Node, runner: Runner, stop: threading.Event, *, once: bool) -> None:
    parent, size, struck = os.getppid(), -1, 0.0
    uploads = Intake(node, Spool(node.folder, node.configuration.max_upload_octets))
    while not stop.is_set() and os.getppid() == parent:
        if node.practice.keeps_time and time.monotonic() - struck > _CLOCK_SECONDS:
            node.strike_clock(now())
            struck = time.monotonic()
        lodged = uploads.step()
        before = node.journal.size
        if lodged or before != size:
            node.go_round()
            runner.tend()
            size = before
        elif once:
            return
        else:
            stop.wait(_LOOK_SECONDS)
