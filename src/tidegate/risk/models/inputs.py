"""What a model looks at: the features of the memory, and some of what is stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tidegate.risk.memory import with_derived

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tidegate.risk.memory import Memory

STATED = ("value", "net_mass", "unit_price", "tax_rate", "items", "packages", "gross_to_net", "containers")
_ABSENT = -1.0


def input_names(memory: Memory) -> list[str]:
    """Return the names of a model's inputs, in order."""
    return [*memory.names(), *(f"stated.{name}" for name in STATED)]


def inputs(memory: Memory, frame: pl.DataFrame, threads: int = 1) -> NDArray[np.float32]:
    """Return the inputs of goods items, rows by ``input_names``, each row as of the start of its epoch.

    Values and masses are log2(1 + amount); what is not stated, or below zero, is -1.
    """
    derived = with_derived(frame)
    return np.hstack([memory.matrix(derived, threads), derived.select(_stated(derived.columns)).to_numpy()])


def _stated(columns: list[str]) -> list[pl.Expr]:
    def number(name: str) -> pl.Expr:
        known = pl.col(name).cast(pl.Float64, strict=False) if name in columns else pl.lit(None, pl.Float64)
        return pl.when(known >= 0).then(known)

    logs = [(1.0 + number(name)).log(2) for name in ("value", "net_mass")]
    unit_price = pl.col("unit_price").cast(pl.Float64) / 4096 + 64  # above zero for all that is traded
    ratio = number("gross_mass") / number("net_mass")
    plain = [number("tax_rate"), number("items"), (1.0 + number("packages")).log(2)]
    every = [*logs, unit_price, *plain, pl.when(ratio.is_finite()).then(ratio), number("containers")]
    return [
        one.fill_nan(None).fill_null(_ABSENT).cast(pl.Float32).alias(name)
        for name, one in zip(STATED, every, strict=True)
    ]
