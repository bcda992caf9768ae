"""Baselines: what others do on the same rows, so that a figure has something beside it.

XGBoost is configured as the authors of the Korean data set publish it (Seondong/Customs-Declaration-Datasets,
``2_Fraud_detection.ipynb``): columns numbered by first appearance, irregular rows drawn again until both
classes are even, 424 trees of depth 4. Their scaling of two numbers is left out: trees do not see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tidegate.risk.models.extras import library

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Real = NDArray[np.float64]

_XGBOOST = {
    "objective": "binary:logistic",
    "base_score": 0.5,
    "colsample_bytree": 0.6,
    "gamma": 1,
    "learning_rate": 0.5994130001745845,
    "max_depth": 4,
    "min_child_weight": 2,
    "reg_alpha": 0,
    "reg_lambda": 1,
    "subsample": 1.0,
    "tree_method": "exact",
    "verbosity": 0,
}
_XGBOOST_ROUNDS = 424
_LIGHTGBM_ROUNDS = 100


def encoded(train: pl.DataFrame, test: pl.DataFrame, numbers: Sequence[str]) -> tuple[Real, Real]:
    """Return both frames as numbers: ``numbers`` as they are, other columns numbered by first appearance."""
    both = pl.concat([train, test], how="vertical_relaxed")
    told = both.select(
        pl.col(name).cast(pl.Float64).fill_null(float("nan")) if name in numbers else _appearance(both[name])
        for name in both.columns
    ).to_numpy()
    return told[: train.height], told[train.height :]


def xgboost(train: Real, irregular: Real, test: Real, seed: int, threads: int = 2) -> Real:
    """Return the scores of XGBoost as the data set's authors configure it."""
    boosting = library("xgboost")
    rows = _evened(irregular, seed)
    matrix = boosting.DMatrix(train[rows], irregular[rows], nthread=threads)
    settings = {**_XGBOOST, "seed": seed, "nthread": threads}
    booster = boosting.train(settings, matrix, num_boost_round=_XGBOOST_ROUNDS)
    return np.asarray(booster.predict(boosting.DMatrix(test, nthread=threads)), np.float64)


def lightgbm(train: Real, irregular: Real, test: Real, seed: int, threads: int = 2) -> Real:
    """Return the scores of LightGBM as it comes."""
    boosting = library("lightgbm")
    settings = {"objective": "binary", "seed": seed, "num_threads": threads, "verbosity": -1}
    booster = boosting.train(settings, boosting.Dataset(train, irregular), num_boost_round=_LIGHTGBM_ROUNDS)
    return np.asarray(booster.predict(test, num_threads=threads), np.float64)


def at_random(train: Real, irregular: Real, test: Real, seed: int, threads: int = 2) -> Real:
    """Return scores drawn at random."""
    del train, irregular, threads
    return np.random.default_rng(seed).random(len(test))


RIVALS: dict[str, Callable[[Real, Real, Real, int], Real]] = {
    "xgboost": xgboost,
    "lightgbm": lightgbm,
    "random": at_random,
}


def _appearance(column: pl.Series) -> pl.Series:
    distinct = column.unique(maintain_order=True)
    numbers = pl.DataFrame(
        {"word": distinct, column.name: pl.Series(range(1, len(distinct) + 1), dtype=pl.Float64)}
    )
    joined = column.to_frame("word").join(
        numbers, on="word", how="left", nulls_equal=True, maintain_order="left"
    )
    return joined[column.name]


def _evened(irregular: Real, seed: int) -> NDArray[np.int64]:
    """Return the rows with those of the rarer class drawn again until both classes are even."""
    of_class = [np.flatnonzero(irregular == outcome) for outcome in (0, 1)]
    rarer = min(of_class, key=len)
    more = np.random.default_rng(seed).choice(rarer, max(map(len, of_class)) - len(rarer))
    return np.concatenate([np.arange(len(irregular)), more])
