"""Novelty: how unusual goods items are beside what was declared before, without any result of a control.

A node without a history of controls targets by this; one that has it explores by this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tidegate.risk.memory import Memory

# Pairs whose first meeting is worth a look, and kinds whose prices are compared.
PAIRS = (
    "trader_commodity",
    "commodity_origin",
    "declarant_trader",
    "seller_trader",
    "route",
    "seller_commodity",
)
_UNUSUAL = 4.0  # standard deviations that count as wholly unusual
Real = NDArray[np.float64]


def novelty(memory: Memory, matrix: NDArray[np.float32]) -> Real:
    """Return the novelty of each row of a memory's features, from 0 to 1.

    Half of it is how new pairs are: the mean of 1 / (1 + times seen together). Half is how far the value a
    kilogram lies below or above what its commodity, and its commodity and origin, are worth. In a young
    memory everything is new, and all rows are alike.
    """
    names = memory.names()
    places = [names.index(f"{pair}.count") for pair in PAIRS if f"{pair}.count" in names]
    scores = [place for place, name in enumerate(names) if name.endswith(".price_score")]
    parts = []
    if places:
        parts.append((1 / np.exp2(matrix[:, places].astype(np.float64))).mean(axis=1))
    if scores:
        far = np.minimum(np.abs(matrix[:, scores].astype(np.float64)) / _UNUSUAL, 1.0)
        parts.append(far.max(axis=1))
    return np.asarray(np.mean(parts, axis=0)) if parts else np.zeros(len(matrix))


def uncertainty(memory: Memory, matrix: NDArray[np.float32]) -> Real:
    """Return how much a control of each row would tell: much trade of late, few controls of late.

    It is recent declarations over the square of 1 + recent results, of the trader: whoever has not been
    looked at for long comes back, most of all who trades most.
    """
    names = memory.names()
    if "trader.recent" not in names:
        return np.ones(len(matrix))
    recent, results = (
        np.exp2(matrix[:, names.index(f"trader.{what}")].astype(np.float64))
        for what in ("recent", "recent_results")
    )
    return np.asarray(recent / results**2)


def strangeness(memory: Memory, matrix: NDArray[np.float32]) -> Real:
    """Return how much there is to learn from each row, from 0 to 2: novelty and, up to 1, uncertainty.

    It depends on the row and the memory alone, so that one declaration is as strange alone as in a batch.
    """
    unsure = uncertainty(memory, matrix)
    return np.asarray((novelty(memory, matrix) + unsure / (1.0 + unsure)).round(6))
