"""Targeting: from frames with results to a memory and a model, and from both to scores.

    targeting = learn_targeting(history, seed=1)
    scores = targeting.score(frame)

The steps are the same online, in training and in back-tests: features as of each row's epoch, then the model.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.risk.memory import DEFAULT_PLAN, Memory, Plan
from tidegate.risk.models import Model, Training, input_names, inputs, train

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BURNT_IN = 0.2  # part of history that only fills the memory: its own features would know too little
_BURN_FROM = 5_000  # rows; shorter histories are used whole


class Targeting(msgspec.Struct, frozen=True):
    """A memory and the models trained on it; ``grave`` where history names findings of public safety."""

    memory: Memory
    model: Model
    grave: Model | None = None

    def score(self, frame: pl.DataFrame, threads: int = 1) -> NDArray[np.float64]:
        """Return the probability of an irregularity for each goods item, as of its epoch."""
        return self.model.score(inputs(self.memory, frame, threads), threads)

    def score_grave(self, frame: pl.DataFrame, threads: int = 1) -> NDArray[np.float64] | None:
        """Return the probability of a grave finding, or None where no model of it could be trained."""
        return (
            self.grave.score(inputs(self.memory, frame, threads), threads) if self.grave is not None else None
        )


def remember(history: pl.DataFrame, *, delay_days: int = 30, plan: Plan = DEFAULT_PLAN) -> Memory:
    """Return a memory of a history: declarations by ``occurred``, results by ``known``.

    Where ``known`` is null, a result counts as known ``delay_days`` later, but not after the end of history:
    whoever has the history has its results.
    """
    history = ordered(history)
    first = history["occurred"].dt.date().min() if "occurred" in history.columns else None
    plan = plan.among(history.columns)
    if isinstance(first, date):
        plan = msgspec.structs.replace(plan, origin=first)
    memory = Memory(plan)
    memory.learn(history)
    memory.learn_results(with_known(history, delay_days))
    return memory


def with_known(history: pl.DataFrame, delay_days: int) -> pl.DataFrame:
    """Return the history with the moment each result was ``known`` filled in; see ``remember``."""
    if "occurred" not in history.columns:
        return history
    later = pl.col("occurred") + timedelta(days=delay_days)
    supposed = pl.min_horizontal(later, pl.col("occurred").max())
    stated = pl.col("known") if "known" in history.columns else pl.lit(None, pl.Datetime("us", "UTC"))
    return history.with_columns(pl.coalesce(stated, supposed).alias("known"))


def learn_targeting(
    history: pl.DataFrame,
    seed: int,
    *,
    delay_days: int = 30,
    plan: Plan = DEFAULT_PLAN,
    training: Training | None = None,
    with_grave: bool = True,
) -> Targeting:
    """Train on a history: goods items with ``irregular`` (null: no result) and, perhaps, ``grave``.

    Raises:
        TooLittleToLearnError: too few results, or all alike.
        MissingLibraryError: the learning library is not installed.
    """
    history = ordered(history)
    memory = remember(history, delay_days=delay_days, plan=plan)
    matrix = inputs(memory, history)
    names = input_names(memory)
    model = train(*learnable(matrix, history["irregular"]), names, seed, training)
    grave = None
    if with_grave and "grave" in history.columns and history["grave"].sum():
        grave = train(*learnable(matrix, history["grave"]), names, seed, training)
    return Targeting(memory, model, grave)


def learnable(
    matrix: NDArray[np.float32], outcome: pl.Series
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the rows with an outcome, without the first that only fill the memory."""
    told = outcome.is_not_null().to_numpy()
    first = round(len(told) * _BURNT_IN) if told.sum() > _BURN_FROM else 0
    told[:first] = False
    return matrix[told], outcome.cast(pl.Float64).to_numpy()[told]


def ordered(history: pl.DataFrame) -> pl.DataFrame:
    """Return a history in the order of time, rows of one moment by declaration and item."""
    by = [name for name in ("occurred", "declaration", "item") if name in history.columns]
    return history.sort(by, maintain_order=True) if by else history
