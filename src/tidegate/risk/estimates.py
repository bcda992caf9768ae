"""Estimates from the random stratum: what share of all consignments is irregular, and what was missed.

What is controlled because it looked bad says nothing about the rest. The random stratum does: each
consignment was in it with a known probability, whatever its score, so its hit rate is that of all. What all
controls found, beside what there is to find, tells how much was missed.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Real = NDArray[np.float64]


class Estimate(msgspec.Struct, frozen=True):
    """A share with its interval: ``hits`` of ``drawn``, from ``among`` consignments.

    ``value`` and the bounds are None where nothing was drawn: nothing can be said.
    """

    value: float | None
    low: float | None
    high: float | None
    hits: int
    drawn: int
    among: int
    level: float = 0.95


def share_of(hits: int, drawn: int, among: int, level: float = 0.95) -> Estimate:
    """Estimate a share of ``among`` consignments from ``drawn`` of them, drawn at random without repeats.

    The interval is Wilson's (1927) with the correction for drawing from a finite number: drawing a part f
    leaves 1 - f of the variance.
    """
    if not drawn:
        return Estimate(None, None, None, hits, drawn, among, level)
    value = hits / drawn
    low, high = bounds(np.array([hits]), np.array([drawn]), among, level)
    return Estimate(value, float(low[0]), float(high[0]), hits, drawn, among, level)


def bounds(
    hits: NDArray[np.int64] | Real, drawn: NDArray[np.int64] | Real, among: int, level: float = 0.95
) -> tuple[Real, Real]:
    """Return the lower and upper bounds of many estimates at once; see ``share_of``."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    left = np.maximum(1 - drawn / among, 0.0) if among else np.ones(len(drawn))
    spread = z * z * left / drawn
    middle = (hits / drawn + spread / 2) / (1 + spread)
    share = hits / drawn
    half = np.sqrt(spread * share * (1 - share) + spread * spread / 4) / (1 + spread)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


class Performance(msgspec.Struct, frozen=True):
    """How a span's controls did, as far as it can be known.

    - ``hit_rate``: the share of all consignments that a control would find irregular.
    - ``leakage``: the share of the irregular ones that no control found.
    - ``targeted``: the share found among those targeted. It is counted; it says nothing of others.
    """

    hit_rate: Estimate
    leakage: Estimate
    targeted: float | None


def performance(controls: pl.DataFrame, level: float = 0.95) -> Performance:
    """Estimate from a span's controls: ``stratum`` and ``found`` of each consignment.

    ``found`` is read of those that were controlled, and of no others.
    """
    hit_rate = _hit_rate(controls, level)
    found = int(controls.filter(pl.col("stratum") != "none")["found"].sum())
    aimed = controls.filter(pl.col("stratum") == "targeted")["found"].drop_nulls()
    return Performance(
        hit_rate, _missed(hit_rate, found), float(aimed.sum() / len(aimed)) if len(aimed) else None
    )


def performance_of_counts(
    strata: Sequence[tuple[int, int, int]],
    total: int,
    found: int,
    aimed: tuple[int, int],
    level: float = 0.95,
) -> Performance:
    """Estimate as ``performance`` does, from counts: the rows themselves need not be at hand.

    ``strata`` are those of each probability of being drawn at random, in its order, from which something was
    drawn: consignments among which, drawn, irregular of these. ``found`` counts what all controls found,
    ``aimed`` the targeted with a result and the irregular of these.
    """
    hit_rate = _rate_of_strata(strata, total, level)
    many, hits = aimed
    return Performance(hit_rate, _missed(hit_rate, found), hits / many if many else None)


def performance_by(controls: pl.DataFrame, group: str, level: float = 0.95) -> dict[str, Performance]:
    """Return the performance of each group of a column (office, day, chapter), in the column's order."""
    parts = controls.sort(group).partition_by(group, as_dict=True, maintain_order=True)
    return {str(name): performance(part, level) for (name,), part in parts.items()}


def _hit_rate(controls: pl.DataFrame, level: float) -> Estimate:
    """Estimate from all random strata of a span, each with its own probability, by what it stands for.

    Together they tell as much as one simple draw of as many as gives the same variance.
    """
    drawn = (pl.col("stratum") == "random") & pl.col("found").is_not_null()
    strata = (
        controls.group_by("random_probability")
        .agg(
            pl.len().alias("among"), drawn.sum().alias("drawn"), (drawn & pl.col("found")).sum().alias("hits")
        )
        .filter(pl.col("drawn") > 0)
        .sort("random_probability")
    )
    return _rate_of_strata(strata.select("among", "drawn", "hits").rows(), controls.height, level)


def _rate_of_strata(strata: Sequence[tuple[int, int, int]], total: int, level: float) -> Estimate:
    table = np.array(strata, np.float64).reshape(-1, 3)
    among, many, hits = table[:, 0], table[:, 1], table[:, 2]
    counted = int(hits.sum()), int(many.sum()), total
    if len(strata) < 2:  # noqa: PLR2004 - one stratum or none is a simple draw
        return share_of(*counted, level)
    weight = among / among.sum()
    value = float(np.sum(weight * hits / many))
    # In the variance each stratum has the share of all: few hits make a stratum's own share look too certain.
    even = value * (1 - value) or hits.sum() + 1
    variance = float(np.sum(weight**2 * even / many * (1 - many / among)))
    left = 1 - counted[1] / counted[2]
    alike = even * left / variance if variance and left else float(counted[1])
    low, high = bounds(np.array([value * alike]), np.array([alike]), counted[2], level)
    return Estimate(value, float(low[0]), float(high[0]), *counted, level)


def _missed(hit_rate: Estimate, found: int) -> Estimate:
    """Return the share missed: 1 less what was found over what there is, bound by bound, not below 0."""

    def missed(share: float | None) -> float | None:
        if share is None:
            return None
        return max(0.0, 1 - found / (share * hit_rate.among)) if share * hit_rate.among > found else 0.0

    return msgspec.structs.replace(
        hit_rate, value=missed(hit_rate.value), low=missed(hit_rate.low), high=missed(hit_rate.high)
    )


def coverage(
    irregular: int, among: int, *, probability: float, redraws: int, seed: int, level: float = 0.95
) -> float:
    """Return in what part of redraws the interval for the hit rate covers the true one.

    Each redraw takes every consignment with the known probability: so many irregular ones, so many others,
    both binomial. They are spread evenly over their distributions (Latin hypercube), so that 2,000 redraws
    tell the coverage to about a tenth of a per cent; drawn loosely they would tell it to one half.
    """
    draws = np.random.default_rng(seed)
    hits, others = (
        _spread_binomial(count, probability, redraws, draws) for count in (irregular, among - irregular)
    )
    told = hits + others > 0
    low, high = bounds(hits[told], (hits + others)[told], among, level)
    truth = irregular / among
    return float(np.sum((low <= truth) & (truth <= high)) / redraws)


def _spread_binomial(
    count: int, probability: float, many: int, draws: np.random.Generator
) -> NDArray[np.int64]:
    """Return draws of a binomial number, one from each of ``many`` equal parts of its distribution, mixed."""
    if not 0 < probability < 1:
        return np.full(many, count if probability else 0, np.int64)
    number = np.arange(count + 1)
    logs = np.array([math.lgamma(k + 1) for k in range(count + 1)])
    chance = logs[count] - logs - logs[::-1] + number * math.log(probability)
    chance = chance + (count - number) * math.log1p(-probability)
    reached = np.cumsum(np.exp(chance))
    places = (draws.permutation(many) + draws.random(many)) / many
    return np.asarray(np.minimum(np.searchsorted(reached, places * reached[-1]), count), np.int64)
