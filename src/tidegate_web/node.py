"""The node of this process: opened when it is first asked for, after the process has forked, and kept."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings

from tidegate.node import Intake, open_node

if TYPE_CHECKING:
    from tidegate.node import Node


def now() -> datetime:
    """Return the moment; the edge is where the clock is read."""
    return datetime.now(UTC)


class _Held:
    """The node, its intake, and what closes them."""

    def __init__(self) -> None:
        self.closing = ExitStack()
        self.node: Node = self.closing.enter_context(
            open_node(settings.NODE_FOLDER, now, configuration=settings.CONFIGURATION)
        )
        self.intake = self.closing.enter_context(Intake(self.node))


_held: _Held | None = None
_lock = threading.Lock()


def _hold() -> _Held:
    global _held  # noqa: PLW0603 - one node a process is the point
    if _held is None:
        with _lock:
            if _held is None:
                _held = _Held()
    return _held


def node() -> Node:
    """Return the open node; any thread may read it, and append to its journal."""
    return _hold().node


def intake() -> Intake:
    """Return the way in of this process, where declarations of several threads are lodged together."""
    return _hold().intake


def close() -> None:
    """Close the node, after what was taken in is durable; the next who asks opens it again."""
    global _held  # noqa: PLW0603 - as above
    with _lock:
        if _held is not None:
            _held.closing.close()
            _held = None
