"""The back-test: train on what was known, score what came after, compare with what others do.

The labels of the test are read in one place only, ``figures_of``, after all scores are made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.risk.memory import Memory
from tidegate.risk.models import RIVALS, Measures, encoded, measures
from tidegate.risk.targeting import Targeting, learn_targeting, ordered

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidegate.risk.models import Training


Real = NDArray[np.float64]

LABELS = ("irregular", "grave", "known")
_NOT_ENCODED = {*LABELS, "declaration", "item", "items", "occurred", "declaration_type"}
_NUMBERS = ("net_mass", "item_amount", "gross_mass", "statistical_amount", "packages", "containers")
LOTS = ("lot", "lot_value", "lot_mass", "lot_route", "unit_price")


class Backtest(msgspec.Struct, frozen=True):
    """Scores of the test's rows, in their order: ours, and by name those of the baselines.

    ``repeated`` tells which rows repeat a lot of the history: the same commodity, value and mass.
    """

    scores: Real
    rivals: dict[str, Real]
    repeated: NDArray[np.bool_]
    targeting: Targeting


def backtest(
    history: pl.DataFrame,
    test: pl.DataFrame,
    seed: int,
    *,
    training: Training | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Backtest:
    """Train on a history, score the test's goods items, and let the baselines do the same.

    The test's declarations are learned as they come (never their labels: these columns are dropped at once),
    so that a row of March knows what was declared, though not what was found, in February.
    """
    history = ordered(history)
    blind = test.drop(LABELS, strict=False)
    progress("learning")
    targeting = learn_targeting(history, seed, training=training, with_grave=False)
    targeting.memory.learn(blind)
    scores = targeting.score(blind, threads=2)
    progress("baselines")
    rivals = rivals_of(history, blind, seed)
    return Backtest(scores, rivals, repeats(targeting.memory, history, blind), targeting)


def rivals_of(history: pl.DataFrame, blind: pl.DataFrame, seed: int) -> dict[str, Real]:
    """Return the baselines' scores: trained on the same rows of history, on the columns as they are."""
    told = history.filter(pl.col("irregular").is_not_null())
    columns = [name for name in blind.columns if name not in _NOT_ENCODED and name in told.columns]
    train, later = encoded(told.select(columns), blind.select(columns), _NUMBERS)
    irregular = told["irregular"].cast(pl.Float64).to_numpy()
    return {name: rival(train, irregular, later, seed) for name, rival in RIVALS.items()}


def repeats(memory: Memory, history: pl.DataFrame, blind: pl.DataFrame) -> NDArray[np.bool_]:
    """Return which rows repeat a lot of the history."""
    kinds = tuple(kind for kind in memory.plan.kinds if kind.name == "lot")
    if not kinds:
        return np.zeros(blind.height, np.bool_)
    lone = Memory(
        msgspec.structs.replace(memory.plan, kinds=(msgspec.structs.replace(kinds[0], parent="all"),))
    )
    lone.learn(history)
    place = lone.names().index("lot.count")
    return np.asarray(lone.matrix(blind)[:, place] > 0)


def figures_of(scores: Real, test: pl.DataFrame, among: NDArray[np.bool_] | None = None) -> Measures:
    """Return how well scores find what the test's labels say was found, perhaps ``among`` some rows."""
    if "irregular" in test.columns:
        irregular = test["irregular"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    else:
        irregular = np.full(test.height, np.nan)
    if among is not None:
        return measures(scores[among], irregular[among])
    return measures(scores, irregular)
