"""Exact arithmetic over frames: products in 128 bits, and roundings by their names.

Polars' own Decimal keeps the left scale in products, so money is whole minor units and rates are scaled
integers, widened to 128 bits before they are multiplied.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

LARGEST = 10**18  # minor units: no value, base or amount is larger, so no sum of them leaves 64 bits

# half_up: to the nearest, a half away from zero; down: what is less than a minor unit is left off.
Rounding = Literal["half_up", "down"]


def divided(numerator: pl.Expr, denominator: pl.Expr, rounding: Rounding) -> pl.Expr:
    """Return numerator / denominator in whole units, rounded as named; both Int128, the second above 0."""
    if rounding == "half_up":
        size = (2 * numerator.abs() + denominator) // (2 * denominator)
    else:
        size = numerator.abs() // denominator
    # Polars negates Int128 columns but not scalars: a frame of one row needs the subtraction.
    return pl.when(numerator < 0).then(pl.lit(0, pl.Int128) - size).otherwise(size)


def bounded(units: pl.Expr) -> pl.Expr:
    """Return 128-bit units in 64 bits, null where they are larger than ``LARGEST``."""
    return pl.when(units.abs() <= LARGEST).then(units).cast(pl.Int64)


def shown(units: pl.Expr, digits: int, keep: int = 0) -> pl.Expr:
    """Return scaled integers as decimal text, without zeros at the end beyond ``keep`` decimals."""
    if digits == 0:
        return units.cast(pl.String)
    sign = pl.when(units < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    whole = (units.abs() // 10**digits).cast(pl.String)
    part = (units.abs() % 10**digits).cast(pl.String).str.zfill(digits)
    if keep < digits:
        part = part.str.slice(0, keep) + part.str.slice(keep).str.strip_chars_end("0")
    point = pl.when(part == "").then(pl.lit("")).otherwise(pl.lit(".") + part)
    return pl.concat_str(sign, whole, point)
