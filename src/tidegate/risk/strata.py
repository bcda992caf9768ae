"""Strata: what is controlled in a span, from which stratum, with which known probability.

- ``random``: every consignment alike, so that what it finds says what there is to find.
- ``exploring``: by novelty, with a probability of its own each, so that new schemes are met.
- ``targeted``: the highest scores, for what capacity is left.

Draws are HMACs of the reference under the node's key: nobody outside foresees them, and they do not depend on
the batch. Probabilities are kept with the choice; without them no estimate could be unbiased.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Real = NDArray[np.float64]
STRATA = ("none", "random", "exploring", "targeted")


class ControlPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How controls are spent: ``share`` of consignments in all, of which parts are random and exploring."""

    share: float = 0.05
    random: float = 0.1
    exploring: float = 0.2

    def __post_init__(self) -> None:
        """Check that the parts are parts."""
        if not 0 < self.share <= 1:
            raise ValueError(f"share {self.share} must be above 0 and at most 1")
        if min(self.random, self.exploring) < 0 or self.random + self.exploring > 1:
            raise ValueError("random and exploring are parts of the controls: together at most 1")


class Chosen(msgspec.Struct, frozen=True):
    """What was chosen of a span: the stratum of each (its place in STRATA), and each one's probabilities.

    ``random`` is the probability of the random stratum, ``exploring`` that of the exploring one for those the
    random stratum left.
    """

    stratum: NDArray[np.int8]
    random: float
    exploring: Real


def draws(key: bytes, purpose: str, references: Sequence[str]) -> Real:
    """Return the place of each reference in the random order of a purpose, from 0 to below 1."""
    start = purpose.encode() + b"\0"
    return np.fromiter(
        (int.from_bytes(hmac.digest(key, start + one.encode(), "sha256")[:6]) / 2**48 for one in references),
        np.float64,
        len(references),
    )


def choose(
    references: Sequence[str], score: Real, strange: Real, policy: ControlPolicy, key: bytes
) -> Chosen:
    """Choose what is controlled of a span's consignments, all of one office and day or of one control plan.

    The random stratum asks for no capacity; what it takes is missing to the targeted one.
    """
    count = len(references)
    budget = policy.share * count
    stratum = np.zeros(count, np.int8)
    share = policy.share * policy.random
    stratum[draws(key, "random", references) < share] = 1
    wanted = _shares(strange, budget * policy.exploring)
    stratum[(stratum == 0) & (draws(key, "exploring", references) < wanted)] = 2
    left = max(0, round(budget) - int((stratum > 0).sum()))
    free = np.flatnonzero(stratum == 0)
    # Among equal scores the draw decides, not the order of the frame.
    order = np.lexsort((draws(key, "equal", [references[place] for place in free.tolist()]), -score[free]))
    stratum[free[order[:left]]] = 3
    return Chosen(stratum, share, wanted)


def _shares(strange: Real, expected: float) -> Real:
    """Return probabilities in proportion to novelty, which add up to the number expected (none above 1)."""
    weight = np.maximum(strange, 1e-9)
    sure = np.zeros(len(weight), np.bool_)
    shares = np.zeros(len(weight))
    for _ in range(20):  # each round settles those whose share would pass 1
        rest = expected - sure.sum()
        total = weight[~sure].sum()
        if rest <= 0 or not total:
            break
        shares = np.where(sure, 1.0, np.minimum(weight * rest / total, 1.0))
        above = ~sure & (weight * rest / total > 1)
        if not above.any():
            break
        sure |= above
    return shares


def chosen_frame(references: Sequence[str], chosen: Chosen) -> pl.DataFrame:
    """Return the choice as a frame: declaration, stratum (a word), probability of the random stratum."""
    words = pl.Series(STRATA).gather(chosen.stratum.astype(np.int64))
    random = pl.repeat(chosen.random, len(references), eager=True)
    return pl.DataFrame({"declaration": references, "stratum": words, "random_probability": random})
