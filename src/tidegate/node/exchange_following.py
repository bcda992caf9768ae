"""The follower of a node that only exchanges: ``python -m tidegate.node.exchange_following DIR [AHEAD]``.

It answers for partners what is new and delivers what waits, until it is told to stop or its parent is gone.
All other acts are answered by whoever makes them: this one is for rehearsals, tests and benchmarks.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tidegate.journal import JournalError
from tidegate.node.exchange_running import Post, Runner, answer_partners
from tidegate.node.installation import open_node

_PAUSE_SECONDS = 0.1


def main(folder: Path, ahead: int = 0, answer_seconds: float = 10.0) -> None:
    """Follow the node in a folder; its clock goes ``ahead`` by so many seconds."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    told = logging.getLogger("tidegate.exchange")
    told.setLevel(logging.INFO)
    told.propagate = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(partner)s %(code)s %(text)s"))
    told.addHandler(handler)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    parent = os.getppid()

    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=ahead)

    with open_node(folder, clock) as node:
        size = -1
        runner = Runner(node, clock, lambda: Post(answer_seconds=answer_seconds))
        while not stopped.is_set() and os.getppid() == parent:
            try:
                if node.journal.size != size:
                    size = node.journal.size
                    answer_partners(node)
                    runner.tend()
            except JournalError as error:  # a lock that others hold: what is new is still new afterwards
                told.info("not followed", extra={"partner": "-", "code": error.code, "text": str(error)})
            stopped.wait(_PAUSE_SECONDS)
        runner.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
