"""Features of goods items: what profiles may look at, beside the stated columns."""

from __future__ import annotations

import polars as pl

from tidegate.declarations.frame import GOODS_ITEM_COLUMNS, MASS_SCALE

FEATURE_COLUMNS: dict[str, pl.DataType] = {
    "chapter": pl.String(),  # first two digits of the commodity code
    "heading": pl.String(),  # first four digits
    "value": pl.Float64(),  # customs value in units of the accounting currency
    "gross_kg": pl.Float64(),
    "net_kg": pl.Float64(),
    "value_per_kg": pl.Float64(),
    "duty": pl.Float64(),  # all duties and taxes of the item, in units of the accounting currency
}

PROFILE_COLUMNS: tuple[str, ...] = (*GOODS_ITEM_COLUMNS, *FEATURE_COLUMNS)


def features(
    frame: pl.DataFrame, values: pl.DataFrame, lines: pl.DataFrame, minor_digits: int
) -> pl.DataFrame:
    """Return the goods items with their features, in the same order.

    ``values`` and ``lines`` are those of the tariff's assessment: minor units by declaration and item.
    """
    unit = 10**minor_digits
    duty = lines.group_by("declaration", "item").agg((pl.col("amount").sum() / unit).alias("duty"))
    return (
        frame.with_columns((values["value"] / unit).alias("value"))
        .join(duty, on=["declaration", "item"], how="left", maintain_order="left")
        .with_columns(
            pl.col("commodity").str.slice(0, 2).alias("chapter"),
            pl.col("commodity").str.slice(0, 4).alias("heading"),
            (pl.col("gross_mass") / MASS_SCALE).alias("gross_kg"),
            (pl.col("net_mass") / MASS_SCALE).alias("net_kg"),
            pl.col("duty").fill_null(0.0),
        )
        .with_columns(
            pl.when(pl.col("net_kg") > 0).then(pl.col("value") / pl.col("net_kg")).alias("value_per_kg")
        )
    )
