"""Replay: what a policy would have found in a span of history, step by step, learning from its own controls.

What-if: the same span under other policies. Where history has no result for what a policy would have
controlled, that control counts, and what it would have found is not known: it teaches nothing, and is told.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.risk.memory import DEFAULT_PLAN, Memory, Plan, with_derived
from tidegate.risk.models import Model, TooLittleToLearnError, Training, input_names, inputs, train
from tidegate.risk.novelty import novelty, uncertainty
from tidegate.risk.strata import STRATA, Chosen, ControlPolicy, choose

if TYPE_CHECKING:
    from collections.abc import Callable

Real = NDArray[np.float64]
SMALL = Training(depth=4, rounds=150, rate=0.1, members=1)


class NothingToReplayError(Exception):
    """There are no goods items with a moment to replay."""

    code = "risk.nothing_to_replay"


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """How a span is replayed: days a step, steps between trainings, days of a first time at random."""

    days: int = 7
    retrain: int = 2
    begin: int = 28
    training: Training = SMALL


class Replay(msgspec.Struct, frozen=True):
    """What a policy did: one row a declaration, in the order of time.

    Columns: declaration, occurred, score, novelty, stratum, random_probability, found (null where history
    has no result), value.
    """

    controls: pl.DataFrame
    trainings: int

    def found(self) -> int:
        """Return how many irregular declarations the controls found."""
        return int(self.controls.filter(pl.col("stratum") != "none")["found"].sum())

    def controlled(self) -> int:
        """Return how many declarations were controlled."""
        return int((self.controls["stratum"] != "none").sum())

    def by_stratum(self) -> dict[str, tuple[int, int]]:
        """Return for each stratum how many were controlled and how many of them were irregular."""
        told = self.controls.group_by("stratum").agg(pl.len(), pl.col("found").sum())
        return {stratum: (count, found) for stratum, count, found in told.sort("stratum").iter_rows()}


class _State:
    """A policy's memory, its model, and what it may learn from so far."""

    def __init__(self, plan: Plan) -> None:
        self.memory = Memory(plan)
        self.model: Model | None = None
        self.matrices: list[NDArray[np.float32]] = []
        self.outcomes: list[Real] = []
        self.trainings = 0
        self.lapsed: set[str] = set()  # authorised traders in whose declarations something was found


def replay(
    items: pl.DataFrame,
    policy: ControlPolicy,
    key: bytes,
    seed: int,
    *,
    told: Rehearsal | None = None,
    plan: Plan = DEFAULT_PLAN,
    progress: Callable[[float], None] = lambda _: None,
) -> Replay:
    """Replay goods items under a policy.

    ``items`` have ``outcome`` (true: a control finds something in the declaration; null: not known) and may
    have ``value`` at stake, and ``authorised``: such traders are not targeted until something is found with
    them; the random and the exploring stratum take them like all others. Each step's declarations are
    scored as of its first day, chosen, and learned; what their controls found is known from the next step on.

    Raises:
        NothingToReplayError: no item has a moment.
    """
    told = told or Rehearsal()
    items = items.sort("occurred", "declaration", "item")
    days = items["occurred"].dt.date()
    start, end = days.min(), days.max()
    if not isinstance(start, date) or not isinstance(end, date):
        raise NothingToReplayError
    state = _State(msgspec.structs.replace(plan.among(items.columns), origin=start))
    step, on, parts = 0, start, []
    while on <= end:
        last = on + timedelta(days=told.days)
        rows = items.filter((days >= on) & (days < last))
        if rows.height:
            ready = on >= start + timedelta(days=told.begin)
            if ready and (state.model is None or step % told.retrain == 0):
                _train(state, seed + step, told.training)
            parts.append(_step(state, rows, policy if ready else _at_random(policy), key, on))
        progress((last - start).days / ((end - start).days + 1))
        step, on = step + 1, last
    return Replay(pl.concat(parts), state.trainings)


def _at_random(policy: ControlPolicy) -> ControlPolicy:
    return ControlPolicy(share=policy.share, random=1.0, exploring=0.0)


def _train(state: _State, seed: int, training: Training) -> None:
    if not state.outcomes:
        return
    try:
        state.model = train(
            np.vstack(state.matrices),
            np.concatenate(state.outcomes),
            input_names(state.memory),
            seed,
            training,
        )
    except TooLittleToLearnError:
        return
    state.trainings += 1


def _step(state: _State, rows: pl.DataFrame, policy: ControlPolicy, key: bytes, on: date) -> pl.DataFrame:
    memory = state.memory
    memory.settle(memory.epoch_of(on))
    matrix = inputs(memory, rows)
    novel = novelty(memory, matrix)
    unsure = uncertainty(memory, matrix)
    strange = novel / max(novel.mean(), 1e-9) + unsure / max(unsure.mean(), 1e-9)
    score = state.model.score(matrix) if state.model is not None else novel
    value = pl.col("value").sum() if "value" in rows.columns else pl.lit(0.0)
    spared = _spared(state, rows)
    score = np.where(spared, 0.0, score)
    heads = (
        rows.with_columns(score=pl.Series(score), novelty=pl.Series(novel), strange=pl.Series(strange))
        .group_by("declaration", maintain_order=True)
        .agg(
            pl.col("occurred", "outcome").first(),
            pl.col("score", "novelty", "strange").max(),
            value.alias("value"),
        )
    )
    references = heads["declaration"].to_list()
    chosen = choose(references, heads["score"].to_numpy(), heads["strange"].to_numpy(), policy, key)
    memory.learn(rows)
    _learn(state, rows, matrix, heads, chosen)
    return heads.select(
        "declaration",
        "occurred",
        "score",
        "novelty",
        pl.Series("stratum", STRATA).gather(chosen.stratum.astype(np.int64)),
        pl.lit(chosen.random).alias("random_probability"),
        pl.col("outcome").alias("found"),
        "value",
    )


def _spared(state: _State, rows: pl.DataFrame) -> NDArray[np.bool_]:
    """Return which rows are of authorised traders with whom nothing was found so far."""
    if "authorised" not in rows.columns:
        return np.zeros(rows.height, np.bool_)
    lapsed = pl.col("trader").is_in(list(state.lapsed)).fill_null(value=False)
    told = with_derived(rows).select(pl.col("authorised").fill_null(value=False) & ~lapsed)
    return told.to_series().to_numpy()


def _learn(
    state: _State, rows: pl.DataFrame, matrix: NDArray[np.float32], heads: pl.DataFrame, chosen: Chosen
) -> None:
    """Learn what the controls of a step found: its items' features as they were, and the memory's rates."""
    taken = heads.filter(pl.Series(chosen.stratum > 0) & pl.col("outcome").is_not_null())
    among = rows["declaration"].is_in(taken["declaration"].implode())
    controlled = rows.filter(among).with_columns(
        pl.col("outcome").alias("irregular"), pl.col("occurred").max().alias("known")
    )
    state.memory.learn_results(controlled)
    found = with_derived(controlled.filter("irregular"))["trader"]
    state.lapsed |= set(found.drop_nulls().to_list())
    state.matrices.append(matrix[among.to_numpy()])
    state.outcomes.append(controlled["irregular"].cast(pl.Float64).to_numpy())
