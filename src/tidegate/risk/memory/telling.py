"""Features: what sums and dates say of an entity, as numbers a model can compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidegate.risk.memory.sight import OCTAVE
from tidegate.risk.memory.stock import BEFORE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tidegate.risk.memory.pending import AsOf
    from tidegate.risk.memory.plan import Kind
    from tidegate.risk.memory.sight import Sight

    Real = NDArray[np.float64]
    Figures = NDArray[np.int64] | NDArray[np.float64]

UNKNOWN = -1.0  # of ages; of prices it is zero: nothing says that they are unusual
_PRIOR_IRREGULAR, _PRIOR_RESULTS = 0.5, 5.0  # what is supposed before any result is known
_FEWEST_PRICES = 3
_LEAST_SPREAD = 0.05  # octaves


def feature_names(kinds: Sequence[Kind]) -> list[str]:
    """Return the names of the features of these kinds, in the order of ``told``."""
    names: list[str] = []
    for kind in kinds:
        names += [f"{kind.name}.{what}" for what in ("count", "results", "rate")]
        if kind.recent:
            names += [
                f"{kind.name}.{what}" for what in ("recent", "recent_results", "recent_rate", "since", "age")
            ]
        if kind.price:
            names += [f"{kind.name}.{what}" for what in ("price_gap", "price_score")]
    return names


def told(
    kinds: Sequence[Kind],
    known: Mapping[str, AsOf],
    sight: Sight,
    epochs: NDArray[np.int64],
    *,
    weight: NDArray[np.int64],
    smoothing: float,
) -> NDArray[np.float32]:
    """Return the features of each row, in the order of ``feature_names``.

    - ``count``, ``results``, ``recent``, ``recent_results``: log2(1 + number).
    - ``rate``: irregular results in all, each kind mixed with ``smoothing`` results at its parent's rate.
    - ``since``, ``age``: epochs since the last and the first declaration; -1 where there is none.
    - ``price_gap``: octaves above the entity's mean value a kilogram; ``price_score``: the same in standard
      deviations; 0 where fewer than three prices are known.
    """
    rates: dict[str, Real] = {}
    recent_rates: dict[str, Real] = {}
    out = np.empty((len(sight), len(feature_names(kinds))), np.float32)
    place = 0
    for kind in kinds:
        have = known[kind.name]
        sums = have.sums
        rates[kind.name] = _rate(sums["irregular"], sums["results"], rates.get(kind.parent), smoothing)
        columns = [_log(sums["n"]), _log(sums["results"]), rates[kind.name]]
        if kind.recent:
            found, results = sums["irregular_recent"] / weight, sums["results_recent"] / weight
            upward = recent_rates.get(kind.parent, rates.get(kind.parent))
            recent_rates[kind.name] = _rate(found, results, upward, smoothing)
            columns += [_log(sums["n_recent"] / weight), _log(results), recent_rates[kind.name]]
            never = have.last == BEFORE
            columns += [
                np.where(never, UNKNOWN, epochs - have.last),
                np.where(never, UNKNOWN, epochs - have.first),
            ]
        if kind.price:
            columns += _prices(sums, sight)
        for column in columns:
            out[:, place] = column
            place += 1
    return out


def _rate(irregular: Figures, results: Figures, parent: Real | None, smoothing: float) -> Real:
    if parent is None:
        return np.asarray((irregular + _PRIOR_IRREGULAR) / (results + _PRIOR_RESULTS))
    return np.asarray((irregular + smoothing * parent) / (results + smoothing))


def _log(numbers: Figures) -> Real:
    return np.asarray(np.log2(1.0 + numbers))


def _prices(sums: Mapping[str, NDArray[np.int64]], sight: Sight) -> list[Real]:
    count = np.maximum(sums["prices"], 1).astype(np.float64)
    mean = sums["price_sum"] / count
    spread = np.sqrt(np.maximum(sums["price_squares"] / count - mean * mean, 0.0)) / OCTAVE
    usable = sight.priced & (sums["prices"] >= _FEWEST_PRICES)
    gap = np.where(usable, (sight.price - mean) / OCTAVE, 0.0)
    return [gap, gap / (spread + _LEAST_SPREAD)]
