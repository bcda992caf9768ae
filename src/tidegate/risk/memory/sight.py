"""What a memory sees of goods items: keys of their columns, their epoch, their value a kilogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.risk.memory.keys import joined, keys_of

if TYPE_CHECKING:
    from tidegate.risk.memory.plan import Plan


Whole = NDArray[np.int64]

OCTAVE = 4096  # steps of a doubling of the value a kilogram: one is 0.017 %
_MICROSECONDS = 1_000_000
EARLIEST = -(2**30)  # the epoch of what has no moment; none is later than its negative
_SALT = 1
ALL_KEY = 1  # the one entity of the kind "all"


class Sight(msgspec.Struct, frozen=True):
    """One frame as the memory sees it, row by row.

    ``price`` is log2 of the value a kilogram in steps of 1/OCTAVE; ``priced`` tells where it is known.
    """

    keys: dict[str, NDArray[np.uint64]]
    epochs: Whole
    price: Whole
    priced: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.epochs)


def with_derived(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with the DERIVED_COLUMNS of plans.

    ``trader`` is the importer, or else the exporter. ``value`` is the statistical amount, or else the item's
    amount, in thousandths of a unit of its currency; null where it is below zero. ``unit_price`` is log2 of
    the value (thousandths) a milligram, in steps of 1/OCTAVE; null unless both are above zero. Columns that
    the frame lacks are taken as not stated.
    """
    lacking = {"commodity": pl.String, "statistical_amount": pl.Int64, "item_amount": pl.Int64}
    lacking |= {"net_mass": pl.Int64, "importer": pl.String, "exporter": pl.String}
    frame = frame.with_columns(
        pl.lit(None, of).alias(name) for name, of in lacking.items() if name not in frame.columns
    )
    value = pl.coalesce("statistical_amount", "item_amount").cast(pl.Int64, strict=False)
    mass = pl.col("net_mass").cast(pl.Int64, strict=False)
    return frame.with_columns(
        pl.coalesce("importer", "exporter").alias("trader"),
        pl.col("commodity").str.slice(0, 2).alias("chapter"),
        pl.col("commodity").str.slice(0, 4).alias("heading"),
        pl.col("commodity").str.slice(0, 6).alias("subheading"),
        pl.when(value >= 0).then(value).alias("value"),
        pl.when((value > 0) & (mass > 0))
        .then((((value / mass).log(2)) * OCTAVE).round().cast(pl.Int64, strict=False))
        .alias("unit_price"),
    )


def sight_of(frame: pl.DataFrame, plan: Plan) -> Sight:
    """Return what a memory of this plan sees of a frame with ``with_derived`` columns.

    A row without a moment (``occurred`` is null or lacking) is of the epoch before all others.
    """
    columns = {name for kind in plan.kinds for name in kind.columns}
    nothing = np.zeros(frame.height, np.uint64)
    parts = {name: keys_of(frame[name]) if name in frame.columns else nothing for name in columns}
    # Kinds have stocks of their own, so that keys of different kinds may be equal.
    keys = {kind.name: joined([parts[name] for name in kind.columns], _SALT) for kind in plan.kinds}
    keys["all"] = np.full(frame.height, ALL_KEY, np.uint64)
    price = frame["unit_price"]
    return Sight(
        keys=keys,
        epochs=epochs_of(frame, "occurred", plan.epoch_seconds),
        price=price.fill_null(0).to_numpy(),
        priced=price.is_not_null().to_numpy(),
    )


def epochs_of(frame: pl.DataFrame, column: str, seconds: int) -> Whole:
    """Return the epoch of each moment of a column: whole epochs since 1970-01-01; the earliest where null."""
    if column not in frame.columns:
        return np.full(frame.height, EARLIEST, np.int64)
    moments = frame[column].cast(pl.Datetime("us")).cast(pl.Int64).to_frame("m")
    epoch = pl.col("m").floordiv(seconds * _MICROSECONDS).clip(EARLIEST, -EARLIEST)
    return moments.select(epoch.fill_null(EARLIEST)).to_series().to_numpy()
