"""When the processes of a demonstration end: told to by a signal, or left alone by their parent."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

_NICE = 5

if TYPE_CHECKING:
    from collections.abc import Callable


def rest_until_stopped() -> Callable[[float], bool]:
    """Hear signals from now on; returns what waits so many seconds and tells whether to stop.

    Pages come first: what goes on around them gives way.
    """
    os.nice(_NICE)
    stop, parent = threading.Event(), os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return lambda seconds: stop.wait(seconds) or os.getppid() != parent
