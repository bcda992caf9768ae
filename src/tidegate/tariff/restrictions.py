"""What stands against goods without being charged: prohibitions, restrictions, proofs that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tidegate.tariff.tables import TariffTables

_GAPS = {"prohibition": "prohibited", "restriction": "restricted", "note": "noted"}


def stands_against(items: pl.DataFrame, fits: pl.DataFrame) -> pl.DataFrame:
    """Return row, gap, detail of prohibitions, notes, and restrictions of which no certificate is stated."""
    met = (
        pl.col("certificate").fill_null("").str.split(" ").list.set_intersection("stated_marks").list.len()
        > 0
    )
    told = pl.col("kind").is_in(["prohibition", "note"]) | ((pl.col("kind") == "restriction") & ~met)
    against = fits.filter(told).select(
        "key",
        pl.col("kind").replace(_GAPS).alias("gap"),
        pl.concat_str(
            "rate_text",
            pl.lit(" ("),
            "source",
            pl.lit(")"),
            pl.when(pl.col("certificate").is_null())
            .then(pl.lit(""))
            .otherwise(pl.format(": {}", pl.col("certificate").str.replace_all(" ", " or "))),
        ).alias("detail"),
    )
    return items.select("row", "key").join(against, on="key").drop("key")


def supplementary_units(fits: pl.DataFrame) -> pl.DataFrame:
    """Return key and unit: the supplementary unit of each key that has one, by the longest code."""
    units = fits.filter(pl.col("kind") == "supplementary_unit").sort(
        "key", "length", "measure_from", "measure"
    )
    return units.unique("key", keep="last", maintain_order=True).select(
        "key", pl.col("rate_text").alias("unit")
    )


def not_proven(items: pl.DataFrame, tables: TariffTables) -> pl.DataFrame:
    """Return row, gap, detail of items that claim a preference and state no document that proves it."""
    columns = ["regime", "claimed_origin", "marks", "day"]
    claiming = items.filter(~pl.col("regime").str.starts_with("1"))
    told = []
    for regime, origin, marks, day in claiming.select(columns).unique(maintain_order=True).iter_rows():
        proofs = [
            one
            for one in tables.proofs
            if one.in_force(day) and regime.startswith(one.preference) and one.origin in ("", origin)
        ]
        wanted = [document for one in proofs for document in one.documents]
        if wanted and not set(wanted) & set((marks or "").split()):
            told.append((regime, origin, marks, day, f"{regime} for {origin}: {', '.join(wanted)}"))
    schema = {**claiming.select(columns).schema, "detail": pl.String()}
    lacking = pl.DataFrame(told, schema=schema, orient="row")
    return claiming.join(lacking, on=columns, nulls_equal=True).select(
        "row", pl.lit("proof").alias("gap"), "detail"
    )
