"""Measures that stand still: the edition of one day, for what does not go with the calendar."""

from __future__ import annotations

from datetime import date

import polars as pl

from tidegate.tariff.measures import Measures

# What makes two measures editions of one: all that says on what they stand, and not what they come to.
_SAME = (
    "kind",
    "tax",
    "prefix",
    "for_origin",
    "not_origins",
    "for_preference",
    "for_codes",
    "for_quota",
    "certificate",
)


def as_of(measures: Measures, day: date) -> Measures:
    """Return, of each measure, the edition of a day, which then holds on every day.

    Its source says since when it was in force. Where none was in force on the day, it is the last one
    before; where all came later, the first. Measures read off something without dates stay as they are.
    """
    rows = measures.measures
    begun = pl.col("measure_from") <= day
    running = begun & (pl.col("measure_until").is_null() | (pl.col("measure_until") >= day))
    ranked = rows.filter(~pl.col("undated")).with_columns(
        pl.when(running).then(2).when(begun).then(1).otherwise(0).alias("closeness"),
        # Of those before the latest counts, of those to come the earliest.
        pl.when(begun)
        .then(pl.col("measure_from").cast(pl.Int32))
        .otherwise(-pl.col("measure_from").cast(pl.Int32))
        .alias("nearness"),
    )
    chosen = (
        ranked.sort("closeness", "nearness", "measure")
        .unique(_SAME, keep="last", maintain_order=True)
        .with_columns(
            pl.format("{}, from {}", "source", "measure_from").alias("source"),
            pl.lit(date.min).alias("measure_from"),
            pl.lit(None, pl.Date).alias("measure_until"),
        )
    )
    standing = pl.concat([rows.filter("undated"), chosen.select(rows.columns)]).sort("measure")
    return Measures(standing, measures.components.join(standing.select("measure"), on="measure", how="semi"))
