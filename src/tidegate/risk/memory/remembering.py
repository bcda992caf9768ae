"""The as-of memory: learns declarations and, later, results; answers only with what was known before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tidegate.risk.memory.pending import AsOf, Events, as_of, totals
from tidegate.risk.memory.plan import DEFAULT_PLAN, Kind, Plan
from tidegate.risk.memory.sight import EARLIEST, Sight, epochs_of, sight_of, with_derived
from tidegate.risk.memory.stock import BEFORE, COUNTS, NEVER, PRICES, RECENT, Stock
from tidegate.risk.memory.telling import feature_names, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

_ALL = Kind("all", (), parent="", recent=True)
_EPOCH_OF = np.datetime64("1970-01-01", "D")
_ONE = 12  # a recent count of one, at the origin, is 2**12
_MOST_HALVINGS, _LEAST_HALVINGS = 30.0, -12.0


class Memory:
    """What is known of entities and pairs, as of any epoch that is not settled yet.

    Declarations and results are learned as events of their epoch. ``features`` of a row reads the events of
    earlier epochs and no others. ``settle`` folds the events before an epoch into compact arrays; after it,
    rows of earlier epochs are answered as of that epoch, which is when they became known.
    """

    def __init__(self, plan: Plan = DEFAULT_PLAN) -> None:
        self.plan = plan
        self.kinds = (_ALL, *plan.kinds)
        self.settled = EARLIEST
        self.stocks = {kind.name: Stock(figures_of(kind)) for kind in self.kinds}
        self.pending: dict[str, list[Events]] = {kind.name: [] for kind in self.kinds}
        origin = np.datetime64(plan.origin, "D") - _EPOCH_OF
        self._origin = int(origin.astype(np.int64)) * 86_400 // plan.epoch_seconds

    def learn(self, frame: pl.DataFrame) -> None:
        """Add goods items that were declared: events of the epoch of ``occurred``."""
        sight = sight_of(with_derived(frame), self.plan)
        weight = self._weight(sight.epochs)
        one = np.ones(len(sight), np.int64)
        price = np.where(sight.priced, sight.price, 0)
        priced = sight.priced.astype(np.int64)
        figures = {"n": one, "n_recent": weight, "prices": priced, "price_sum": price * priced}
        figures["price_squares"] = price * price * priced
        self._add(sight, sight.epochs, figures, dated=True)

    def learn_results(self, frame: pl.DataFrame) -> None:
        """Add results of controls: goods items with ``irregular`` and the moment it was ``known``.

        A row whose ``irregular`` is null is no result and is passed over. A result that says it was known
        before its declaration counts from the declaration's epoch; without a moment, too.
        """
        frame = frame.filter(pl.col("irregular").is_not_null())
        if frame.is_empty():
            return
        sight = sight_of(with_derived(frame), self.plan)
        epochs = np.maximum(epochs_of(frame, "known", self.plan.epoch_seconds), sight.epochs)
        irregular = frame["irregular"].cast(pl.Int64).to_numpy()
        # A result weighs by when the goods were declared, not by how long the control took.
        weight = self._weight(sight.epochs)
        figures = {"results": np.ones(len(sight), np.int64), "irregular": irregular}
        figures |= {"results_recent": weight, "irregular_recent": weight * irregular}
        self._add(sight, epochs, figures, dated=False)

    def features(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a column of 32-bit floats for each name of ``feature_names``, row by row of the frame.

        Each row is answered as of the start of its epoch; the frame itself is not learned. Rows do not see
        each other, whatever else the frame holds.
        """
        return pl.DataFrame(self.matrix(frame), schema=self.names())

    def names(self) -> list[str]:
        """Return the names of the features, in order."""
        return feature_names(self.kinds)

    def matrix(self, frame: pl.DataFrame, threads: int = 1) -> NDArray[np.float32]:
        """Return the features as an array, rows by names."""
        derived = with_derived(frame)
        sight = sight_of(derived, self.plan)
        epochs = np.maximum(sight.epochs, self.settled)
        if threads > 1:  # looking up is numpy's work, which lets other threads run
            with ThreadPoolExecutor(threads) as pool:
                found = list(
                    pool.map(lambda kind: self._known(kind, sight.keys[kind.name], epochs), self.kinds)
                )
        else:
            found = [self._known(kind, sight.keys[kind.name], epochs) for kind in self.kinds]
        known = {kind.name: one for kind, one in zip(self.kinds, found, strict=True)}
        return told(
            self.kinds, known, sight, epochs, weight=self._weight(epochs), smoothing=self.plan.smoothing
        )

    def settle(self, epoch: int) -> None:
        """Fold all events before an epoch into the stocks; an epoch already settled changes nothing."""
        if epoch <= self.settled:
            return
        for kind in self.kinds:
            later = []
            for events in self.pending[kind.name]:
                early, late = events.before(epoch)
                if len(early.keys):
                    self.stocks[kind.name].add(*totals(early))
                if len(late.keys):
                    later.append(late)
            self.pending[kind.name] = later
        self.settled = epoch

    def epoch_of(self, day: date) -> int:
        """Return the first epoch of a day."""
        days = (np.datetime64(day, "D") - _EPOCH_OF).astype(np.int64)
        return int(days) * 86_400 // self.plan.epoch_seconds

    def entities(self) -> int:
        """Return how many entities and pairs are settled."""
        return sum(len(stock.keys) for stock in self.stocks.values())

    def _add(self, sight: Sight, epochs: Whole, figures: dict[str, Whole], *, dated: bool) -> None:
        epochs = np.maximum(epochs, self.settled)  # what comes late is known from now on
        for kind in self.kinds:
            keys = sight.keys[kind.name]
            stated = keys != 0
            wanted = figures_of(kind)
            sums = {name: values[stated] for name, values in figures.items() if name in wanted}
            if stated.any():
                self.pending[kind.name].append(Events(keys[stated], epochs[stated], sums, dated))

    def _known(self, kind: Kind, keys: NDArray[np.uint64], epochs: Whole) -> AsOf:
        """Return the settled figures of each key, with those of pending events in earlier epochs."""
        stock = self.stocks[kind.name]
        places = np.where(keys != 0, stock.places(keys), -1)
        there = places >= 0
        if len(stock.keys):
            sums = {
                name: np.where(there, all_[places], 0).astype(np.int64) for name, all_ in stock.sums.items()
            }
            first = np.where(there, stock.first[places], NEVER).astype(np.int64)
            last = np.where(there, stock.last[places], BEFORE).astype(np.int64)
        else:
            sums = {name: np.zeros(len(keys), np.int64) for name in stock.sums}
            first, last = np.full(len(keys), NEVER, np.int64), np.full(len(keys), BEFORE, np.int64)
        newest = int(epochs.max(initial=-(2**31)))
        for events in self._visible(kind, newest):
            more = as_of(events, keys, epochs)
            for name, values in more.sums.items():
                sums[name] += values
            first, last = np.minimum(first, more.first), np.maximum(last, more.last)
        return AsOf(sums, first, last)

    def _visible(self, kind: Kind, newest: int) -> Iterator[Events]:
        for events in self.pending[kind.name]:
            if int(events.epochs.min()) < newest:
                yield events

    def _weight(self, epochs: Whole) -> Whole:
        """Return what an event of each epoch adds to recent counts: twice as much each half-life later."""
        halvings = np.clip((epochs - self._origin) / self.plan.half_life, _LEAST_HALVINGS, _MOST_HALVINGS)
        return np.rint(np.exp2(halvings + _ONE)).astype(np.int64)


def figures_of(kind: Kind) -> dict[str, type[np.signedinteger]]:
    """Return the figures that a kind keeps, with the type they are kept in."""
    return COUNTS | (RECENT if kind.recent else {}) | (PRICES if kind.price else {})
