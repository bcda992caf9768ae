"""What takes long to look up is kept for a while, and looked up anew by one of those who ask for it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from tidegate_web.node import now

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by what is asked for; while one is renewed, all others get the one before."""

    def __init__(self, make: Callable[[int], T], seconds: int) -> None:
        self._make = make
        self._seconds = seconds
        self._values: dict[int, tuple[int, T]] = {}
        self._making = Lock()

    def get(self, asked: int) -> T:
        """Return the value of this while, or the one before where it is being renewed; wait for the first."""
        moment = int(now().timestamp()) // self._seconds
        kept = self._values.get(asked)
        if kept is not None and kept[0] == moment:
            return kept[1]
        if not self._making.acquire(blocking=kept is None) and kept is not None:
            return kept[1]
        try:
            kept = self._values.get(asked)
            if kept is None or kept[0] != moment:
                kept = self._values[asked] = moment, self._make(asked)
            return kept[1]
        finally:
            self._making.release()

    def forget(self) -> None:
        """Let everything be looked up anew."""
        self._values.clear()
