"""Training the champion: gradient-boosted trees over as-of features, with validation in the order of time.

CatBoost is asked for here and nowhere else (the extra ``models``). What it learns is taken out as plain
arrays, so that a model is used without it.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from tidegate.risk.models.extras import library
from tidegate.risk.models.model import Model
from tidegate.risk.models.trees import Trees, trees_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_FEWEST = 40  # rows to learn from; and each class must be there
_STEPS = 40


class TooLittleToLearnError(Exception):
    """There are too few results to train a model, or all of them are alike."""

    code = "risk.too_little_to_learn"

    def __init__(self, rows: int, irregular: int) -> None:
        super().__init__(
            f"{rows} results, {irregular} of them irregular, are too few to learn from: "
            f"at least {_FEWEST} are needed, and both outcomes among them."
        )
        self.rows, self.irregular = rows, irregular


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """How a model is trained. ``members`` trees ensembles are averaged, each with a seed of its own.

    ``validated`` is the last part of the rows, which tells how many trees are enough and calibrates.
    """

    depth: int = 4
    rounds: int = 500
    rate: float = 0.08
    members: int = 2
    validated: float = 0.2
    threads: int = 2


def train(
    matrix: NDArray[np.float32],
    irregular: NDArray[np.float64],
    names: Sequence[str],
    seed: int,
    training: Training | None = None,
) -> Model:
    """Train a calibrated model of the probability that a row is irregular.

    The rows are in the order of time; ``irregular`` is 1 or 0. The same rows, seed and training give the same
    model to the byte, with the same library.

    Raises:
        TooLittleToLearnError: fewer than forty rows, or all alike.
    """
    told = training or Training()
    rows, positives = len(irregular), int(irregular.sum())
    cut = round(rows * (1 - told.validated))
    if rows < _FEWEST or not 0 < irregular[:cut].sum() < cut or not 0 < positives < rows:
        raise TooLittleToLearnError(rows, positives)
    before = _boosted(
        matrix[:cut],
        irregular[:cut],
        told,
        seed=seed,
        rounds=told.rounds,
        later=(matrix[cut:], irregular[cut:]),
    )
    slope, offset = _calibrated(before.margins(matrix[cut:]), irregular[cut:])
    rounds = max(_STEPS, len(before.leaves) * rows // max(cut, 1))
    members = tuple(
        _boosted(matrix, irregular, told, seed=seed * 1_000 + number, rounds=rounds)
        for number in range(told.members)
    )
    return Model(names=tuple(names), members=members, slope=slope, offset=offset)


def _boosted(
    matrix: NDArray[np.float32],
    irregular: NDArray[np.float64],
    told: Training,
    *,
    seed: int,
    rounds: int,
    later: tuple[NDArray[np.float32], NDArray[np.float64]] | None = None,
) -> Trees:
    catboost = library("catboost")

    settings: dict[str, Any] = {
        "loss_function": "Logloss",
        "depth": told.depth,
        "iterations": rounds,
        "learning_rate": told.rate,
        "random_seed": seed % 2**31,
        "thread_count": told.threads,
        "allow_writing_files": False,
        "verbose": False,
    }
    if later is not None:
        settings |= {"od_type": "Iter", "od_wait": _STEPS}
    boosted = catboost.CatBoost(settings)
    evaluated = catboost.Pool(*later) if later is not None else None
    boosted.fit(catboost.Pool(matrix, irregular), eval_set=evaluated, use_best_model=later is not None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        boosted.save_model(str(path), format="json")
        return trees_of(json.loads(path.read_bytes()))


def _calibrated(margins: NDArray[np.float64], irregular: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope and offset of log odds that fit the later rows best (Platt 1999), by Newton's method.

    His smoothed targets keep the fit finite where the rows are separated or all alike.
    """
    positives = irregular.sum()
    high, low = (positives + 1) / (positives + 2), 1 / (len(irregular) - positives + 2)
    targets = np.where(irregular == 1, high, low)
    design = np.stack([margins, np.ones(len(margins))], axis=1)
    fitted = np.array([1.0, 0.0])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ fitted, -30, 30)))
        slope = design.T @ (targets - chance)
        curve = (design.T * (chance * (1 - chance))) @ design + 1e-6 * np.eye(2)
        fitted = fitted + np.clip(np.linalg.solve(curve, slope), -1, 1)
    # Calibration must not turn an order round: what scored higher still does.
    return max(float(fitted[0]), 0.05), float(fitted[1])
