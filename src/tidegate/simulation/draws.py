"""Chance as a function of names: the same seed and identifiers give the same draw, in whatever order asked.

There is no generator whose state moves on. A draw is a hash (the finaliser of SplitMix64, Steele, Lea and
Flood 2014) of a key and the name of what is drawn, so a day can be made without the days before it.
Everything is integers, or products of exact doubles: logarithms are kept in 4,096ths of an octave and raised
by a table, so that processors with other vector units give the same bytes.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from statistics import NormalDist
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


OCTAVE = 4096  # steps of a doubling
SIGMA = 4096  # steps of a standard deviation
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_QUANTILES = 4096
_POWERS = np.array([round(2.0 ** (step / OCTAVE), 12) for step in range(OCTAVE)])
_NORMAL = np.array(
    [round(NormalDist().inv_cdf((step + 0.5) / _QUANTILES) * SIGMA) for step in range(_QUANTILES)], np.int64
)


@lru_cache(maxsize=16_384)
def stream(*words: object) -> int:
    """Return the 64-bit number that stands for a sequence of words."""
    text = "\x1f".join(str(word) for word in words)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _mix(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))


def raised(steps: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return two to the power of ``steps`` / OCTAVE."""
    powers: NDArray[np.float64] = np.ldexp(_POWERS[steps & (OCTAVE - 1)], (steps >> 12).astype(np.int32))
    return powers


def cumulated(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return running totals of weights, scaled so that ``Draws.pick`` can take them."""
    totals = np.cumsum(weights)
    total = int(totals[-1])
    return totals if total < 2**31 else totals // (total // 2**30)


class Draws:
    """Independent draws for many keys at once: one number a key, for each name asked."""

    def __init__(self, keys: NDArray[np.uint64]) -> None:
        self.keys = keys

    @classmethod
    def of(cls, *words: object) -> Self:
        """Return the draws of one key, named by words."""
        return cls(np.array([stream(*words)], np.uint64))

    def __len__(self) -> int:
        return len(self.keys)

    def derive(self, name: str, numbers: NDArray[np.int64] | int = 0) -> Draws:
        """Return draws for what these keys own under a name and a number: the third line of a trader, say."""
        numbered = np.asarray(numbers, np.int64).astype(np.uint64) * _GOLDEN
        return Draws(_mix(self.bits(name) + numbered))

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Draws:
        """Return the draws of some of the keys, or of keys repeated."""
        return Draws(self.keys[rows])

    def bits(self, name: str) -> NDArray[np.uint64]:
        """Return 64 bits a key."""
        return _mix(self.keys ^ np.uint64(stream(name)))

    def whole(self, name: str, below: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """Return whole numbers from 0 and less than ``below`` (at most 2**31)."""
        high = self.bits(name) >> np.uint64(33)
        return ((high * np.asarray(below, np.int64).astype(np.uint64)) >> np.uint64(31)).astype(np.int64)

    def share(self, name: str) -> NDArray[np.float64]:
        """Return numbers from 0 and less than 1."""
        return (self.bits(name) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def between(
        self, name: str, low: NDArray[np.float64] | float, high: NDArray[np.float64] | float
    ) -> NDArray[np.float64]:
        """Return numbers spread evenly between two others."""
        return low + (np.asarray(high) - low) * self.share(name)

    def chance(self, name: str, probability: NDArray[np.float64] | float) -> NDArray[np.bool_]:
        """Return whether something of this probability happens."""
        return self.share(name) < probability

    def pick(self, name: str, running: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return places drawn by weights, given as running totals (see ``cumulated``)."""
        return np.searchsorted(running, self.whole(name, int(running[-1])), side="right").astype(np.int64)

    def normal(self, name: str) -> NDArray[np.int64]:
        """Return standard normal deviates in SIGMA steps."""
        return _NORMAL[(self.bits(name) >> np.uint64(52)).astype(np.int64)]

    def spread(self, name: str, octaves: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """Return normal deviates of this standard deviation, both in OCTAVE steps."""
        return (self.normal(name) * octaves) >> 12
