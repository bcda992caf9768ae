"""Ends a process whose parent is gone, however it went: nothing serves a node that nobody watches."""

from __future__ import annotations

import os
import signal
import threading
import time

_LOOK_SECONDS = 0.5


def end_with_parent() -> None:
    """Watch the parent from a thread, and end this process as on SIGTERM when it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent").start()
