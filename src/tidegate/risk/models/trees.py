"""Boosted oblivious trees, scored with numpy alone: a node needs no learning library to use a model.

An oblivious tree asks the same question of all nodes of a level, so its leaf is a binary number made of the
answers. Leaves are added tree by tree in one order, for one row as for a million: a score does not depend
on its batch.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping


Real = NDArray[np.float64]

_CHUNK = 8_192  # rows at once: their columns stay in the processor's cache
_FEW = 64  # rows up to which all trees are asked at once


class Trees(msgspec.Struct, frozen=True):
    """Trees of one depth: ``features`` and ``borders`` are trees by levels, ``leaves`` trees by 2**depth.

    The answer of a level is whether the feature is above the border. ``bias`` is added first.
    """

    features: NDArray[np.int32]
    borders: NDArray[np.float32]
    leaves: Real
    bias: float

    def margins(self, matrix: NDArray[np.float32], threads: int = 1) -> Real:
        """Return the log odds of each row of a matrix of features."""
        if len(matrix) <= _FEW:
            return self._few(matrix)
        out = np.empty(len(matrix))
        starts = range(0, len(matrix), _CHUNK)

        def chunk(start: int) -> None:
            out[start : start + _CHUNK] = self._many(matrix[start : start + _CHUNK])

        if threads == 1:
            for start in starts:
                chunk(start)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(chunk, starts))
        return out

    def _few(self, matrix: NDArray[np.float32]) -> Real:
        answers = matrix[:, self.features] > self.borders
        places = (answers << np.arange(self.features.shape[1])).sum(axis=2)
        values = self.leaves[np.arange(len(self.leaves)), places]
        start = np.full((len(matrix), 1), self.bias)
        total: Real = np.cumsum(np.hstack([start, values]), axis=1)[:, -1]  # adds from left to right
        return total

    def _many(self, matrix: NDArray[np.float32]) -> Real:
        columns = np.ascontiguousarray(matrix.T)
        total = np.full(len(matrix), self.bias)
        place = np.empty(len(matrix), np.uint8)
        for features, borders, leaves in zip(self.features, self.borders, self.leaves, strict=True):
            place[:] = columns[features[0]] > borders[0]
            for level in range(1, len(features)):
                place |= (columns[features[level]] > borders[level]).view(np.uint8) << np.uint8(level)
            total += leaves[place]
        return total


def trees_of(exported: Mapping[str, Any]) -> Trees:
    """Return the trees of a CatBoost model in its JSON form; shallower trees are filled up."""
    trees = exported["oblivious_trees"]
    depth = max((len(tree["splits"] or ()) for tree in trees), default=0) or 1
    features = np.zeros((len(trees), depth), np.int32)
    borders = np.full((len(trees), depth), np.inf, np.float32)  # nothing is above: the answer is no
    leaves = np.zeros((len(trees), 2**depth))
    scale, (bias,) = exported["scale_and_bias"]
    for number, tree in enumerate(trees):
        for level, split in enumerate(tree["splits"] or ()):
            features[number, level] = split["float_feature_index"]
            borders[number, level] = split["border"]
        values = np.asarray(tree["leaf_values"], np.float64) * scale
        leaves[number, : len(values)] = values
    return Trees(features, borders, leaves, float(bias))


def probability(margins: Real) -> Real:
    """Return the probability that log odds stand for."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(margins, -500.0, 500.0))))
