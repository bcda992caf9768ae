"""A stock: what is settled about the entities of one kind, as sorted keys with a column for each figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

# Figures that are added up: counts, results, irregular ones; the same fading; prices and their squares.
COUNTS: dict[str, type[np.signedinteger]] = {"n": np.int32, "results": np.int32, "irregular": np.int32}
RECENT: dict[str, type[np.signedinteger]] = {
    "n_recent": np.int64,
    "results_recent": np.int64,
    "irregular_recent": np.int64,
}
PRICES: dict[str, type[np.signedinteger]] = {
    "prices": np.int32,
    "price_sum": np.int64,
    "price_squares": np.int64,
}
NEVER = np.iinfo(np.int32).max  # `first` of what was never declared
BEFORE = np.iinfo(np.int32).min  # `last` of it
_SORT_FROM = 2_000  # so many queries are worth sorting: neighbours in memory are then read together


class Stock:
    """Sorted keys, and figures beside them: sums, and the first and last epoch an entity was declared in."""

    def __init__(self, names: Mapping[str, type[np.signedinteger]]) -> None:
        self.keys: NDArray[np.uint64] = np.empty(0, np.uint64)
        self.sums = {name: np.empty(0, of) for name, of in names.items()}
        self.first = np.empty(0, np.int32)
        self.last = np.empty(0, np.int32)

    def places(self, keys: NDArray[np.uint64]) -> Whole:
        """Return where each key stands, -1 where it is not known."""
        if not len(self.keys):
            return np.full(len(keys), -1, np.int64)
        if len(keys) > _SORT_FROM:
            order = np.argsort(keys, kind="stable")
            found = np.empty(len(keys), np.int64)
            found[order] = np.searchsorted(self.keys, keys[order])
        else:
            found = np.searchsorted(self.keys, keys)
        found = np.minimum(found, len(self.keys) - 1)
        return np.where(self.keys[found] == keys, found, -1)

    def add(self, keys: NDArray[np.uint64], sums: Mapping[str, Whole], first: Whole, last: Whole) -> None:
        """Add figures of distinct keys in ascending order."""
        merged = np.union1d(self.keys, keys)
        old, new = np.searchsorted(merged, self.keys), np.searchsorted(merged, keys)
        for name, was in self.sums.items():
            total = np.zeros(len(merged), was.dtype)
            total[old] = was
            if name in sums:
                total[new] += sums[name].astype(was.dtype)
            self.sums[name] = total
        self.first = _combined(len(merged), NEVER, (old, self.first), (new, first), np.minimum)
        self.last = _combined(len(merged), BEFORE, (old, self.last), (new, last), np.maximum)
        self.keys = merged

    def arrays(self) -> Iterable[tuple[str, NDArray[np.generic]]]:
        """Yield the arrays by name, to be saved."""
        yield from (("keys", self.keys), ("first", self.first), ("last", self.last))
        yield from self.sums.items()

    def restore(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Take over arrays that were saved."""
        self.keys = arrays["keys"].astype(np.uint64, copy=False)
        self.first = arrays["first"].astype(np.int32, copy=False)
        self.last = arrays["last"].astype(np.int32, copy=False)
        self.sums = {name: arrays[name].astype(was.dtype, copy=False) for name, was in self.sums.items()}


def _combined(
    size: int,
    nothing: int,
    old: tuple[Whole, NDArray[np.int32]],
    new: tuple[Whole, Whole],
    of: np.ufunc,
) -> NDArray[np.int32]:
    total = np.full(size, nothing, np.int32)
    total[old[0]] = old[1]
    total[new[0]] = of(total[new[0]], new[1].astype(np.int32))
    return total
