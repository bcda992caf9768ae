"""Quantities of goods items by base unit: mass, what is stated by unit, and the supplementary quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.tariff.components import base_unit

if TYPE_CHECKING:
    from fractions import Fraction

_QUANTITY_SCALE = 1_000_000
LARGEST_QUANTITY = 10**15  # millionths; a thousand million of the unit

QUANTITY_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "unit": pl.String(),
    "quantity": pl.Int64(),  # millionths of the base unit
}


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit that counts what is in another one: ``strengths`` are the units of its share, in per cent.

    Litres of pure alcohol are litres by strength. Of several strengths that are stated the first counts; a
    content that is stated beside a strength is not taken, but worked out.
    """

    unit: str
    of: str
    strengths: tuple[str, ...]


def quantities(
    items: pl.DataFrame, supplementary: pl.DataFrame, contents: tuple[Content, ...] = ()
) -> pl.DataFrame:
    """Return QUANTITY_COLUMNS of items with ``row``; ``supplementary`` has row and unit of the tariff's unit.

    A supplementary quantity without a unit counts in the one that the tariff has for the code; one that is
    stated in a unit (column ``supplementary_unit``) counts in that, whatever the tariff's is.
    """
    mass = items.filter(pl.col("net_mass").is_not_null()).select(
        "row", pl.lit("KGM").alias("unit"), pl.col("net_mass").alias("quantity")
    )
    quantity = pl.col("supplementary_quantity").alias("quantity")
    own = pl.col("supplementary_unit") if "supplementary_unit" in items.columns else pl.lit(None, pl.String())
    counted = pl.concat(
        [
            items.filter(own.is_null()).join(supplementary, on="row").select("row", "unit", quantity),
            items.filter(own.is_not_null()).select("row", own.alias("unit"), quantity),
        ]
    )
    stated = (
        items.select("row", "quantities").explode("quantities").drop_nulls().unnest("quantities")
        if items["quantities"].null_count() < items.height
        else counted.clear()
    )
    found = pl.concat([mass, in_base(counted), in_base(stated)]).drop_nulls()
    found = found.unique(["row", "unit"], keep="last", maintain_order=True)
    for content in contents:
        worked = pl.concat([found, _contained(found, content)])
        found = worked.unique(["row", "unit"], keep="last", maintain_order=True)
    return found


def _contained(found: pl.DataFrame, content: Content) -> pl.DataFrame:
    """Return the content of the rows that state a whole and a strength, down to the millionth."""
    strengths = [
        found.filter(pl.col("unit") == unit).select("row", pl.col("quantity").alias("strength"))
        for unit in content.strengths
    ]
    strongest = pl.concat(strengths).unique("row", keep="first", maintain_order=True)
    whole = found.filter(pl.col("unit") == content.of).join(strongest, on="row", maintain_order="left")
    part = pl.col("quantity").cast(pl.Int128) * pl.col("strength") // (100 * _QUANTITY_SCALE)
    sound = pl.col("strength").is_between(0, 100 * _QUANTITY_SCALE)
    return whole.filter(sound).select(
        "row", pl.lit(content.unit).alias("unit"), part.cast(pl.Int64).alias("quantity")
    )


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
