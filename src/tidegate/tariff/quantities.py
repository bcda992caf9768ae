"""Quantities of goods items by base unit: mass, what is stated by unit, and the supplementary quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.tariff.components import base_unit

if TYPE_CHECKING:
    from fractions import Fraction

LARGEST_QUANTITY = 10**15  # millionths; a thousand million of the unit

QUANTITY_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "unit": pl.String(),
    "quantity": pl.Int64(),  # millionths of the base unit
}


def quantities(items: pl.DataFrame, supplementary: pl.DataFrame) -> pl.DataFrame:
    """Return QUANTITY_COLUMNS of items with ``row``; ``supplementary`` has row and unit of the tariff's unit.

    A quantity without a unit counts only where the tariff has a supplementary unit for the code.
    """
    mass = items.filter(pl.col("net_mass").is_not_null()).select(
        "row", pl.lit("KGM").alias("unit"), pl.col("net_mass").alias("quantity")
    )
    counted = items.join(supplementary, on="row").select(
        "row", "unit", pl.col("supplementary_quantity").alias("quantity")
    )
    stated = (
        items.select("row", "quantities").explode("quantities").drop_nulls().unnest("quantities")
        if items["quantities"].null_count() < items.height
        else counted.clear()
    )
    found = pl.concat([mass, in_base(counted), in_base(stated)]).drop_nulls()
    return found.unique(["row", "unit"], keep="last", maintain_order=True)


def in_base(stated: pl.DataFrame) -> pl.DataFrame:
    """Return rows of row, unit, quantity in base units, to the nearest millionth."""
    sizes: dict[str, tuple[str, Fraction]] = {
        unit: base_unit(unit) for unit in stated["unit"].drop_nulls().unique()
    }
    schema = {"unit": pl.String(), "base": pl.String(), "times": pl.Int64(), "over": pl.Int64()}
    known = pl.DataFrame(
        [(unit, base, size.numerator, size.denominator) for unit, (base, size) in sizes.items()],
        schema=schema,
        orient="row",
    )
    exact = pl.col("quantity").cast(pl.Int128) * pl.col("times")
    return stated.join(known, on="unit").select(
        "row",
        pl.col("base").alias("unit"),
        pl.when(pl.col("quantity").abs() <= LARGEST_QUANTITY)
        .then((2 * exact + pl.col("over")) // (2 * pl.col("over").cast(pl.Int128)))
        .cast(pl.Int64)
        .alias("quantity"),
    )
