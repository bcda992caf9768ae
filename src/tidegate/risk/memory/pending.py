"""Events that are not settled yet: what was known of each entity before each epoch, in whole numbers.

Sums of whole numbers are exact in any order, so it does not matter how events were cut into batches, nor
whether history is walked epoch by epoch or worked out at once, as it is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from tidegate.risk.memory.stock import BEFORE, NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping


Whole = NDArray[np.int64]

_EPOCHS = np.int64(2**32)


class Events(msgspec.Struct, frozen=True):
    """Events of one kind: keys, epochs, and what each adds. ``dated`` ones move first and last."""

    keys: NDArray[np.uint64]
    epochs: Whole
    sums: dict[str, Whole]
    dated: bool

    def before(self, epoch: int) -> tuple[Events, Events]:
        """Return the events before an epoch, and the others."""
        early = self.epochs < epoch
        return self._among(early), self._among(~early)

    def _among(self, chosen: NDArray[np.bool_]) -> Events:
        sums = {name: values[chosen] for name, values in self.sums.items()}
        return Events(self.keys[chosen], self.epochs[chosen], sums, self.dated)


class AsOf(msgspec.Struct, frozen=True):
    """Sums, first and last epochs for each query."""

    sums: dict[str, Whole]
    first: Whole
    last: Whole


def as_of(events: Events, keys: NDArray[np.uint64], epochs: Whole) -> AsOf:
    """Return for each query (key, epoch) what the events of that key in earlier epochs add up to."""
    distinct, numbers = np.unique(events.keys, return_inverse=True)
    order = np.lexsort((events.epochs, numbers))
    placed = numbers[order] * _EPOCHS + events.epochs[order] + 2**31
    told = events.epochs[order]
    number = np.minimum(np.searchsorted(distinct, keys), max(len(distinct) - 1, 0))
    known = distinct[number] == keys if len(distinct) else np.zeros(len(keys), np.bool_)
    start = np.searchsorted(placed, number * _EPOCHS)
    stop = np.searchsorted(placed, number * _EPOCHS + epochs + 2**31)
    stop = np.where(known, stop, start)
    sums = {}
    for name, values in events.sums.items():
        running = np.concatenate([np.zeros(1, np.int64), np.cumsum(values[order], dtype=np.int64)])
        sums[name] = running[stop] - running[start]
    seen = (stop > start) & events.dated
    padded = np.append(told, 0)
    first = np.where(seen, padded[start], NEVER)
    last = np.where(seen, padded[np.maximum(stop - 1, 0)], BEFORE)
    return AsOf(sums, first, last)


def totals(events: Events) -> tuple[NDArray[np.uint64], Mapping[str, Whole], Whole, Whole]:
    """Return distinct keys in ascending order with sums, first and last epoch of all their events."""
    order = np.argsort(events.keys, kind="stable")
    keys, starts = np.unique(events.keys[order], return_index=True)
    sums = {name: np.add.reduceat(values[order], starts) for name, values in events.sums.items()}
    if not events.dated:
        nothing = np.full(len(keys), NEVER, np.int64), np.full(len(keys), BEFORE, np.int64)
        return keys, sums, *nothing
    epochs = events.epochs[order]
    return keys, sums, np.minimum.reduceat(epochs, starts), np.maximum.reduceat(epochs, starts)
