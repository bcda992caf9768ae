"""What a measure comes to on a base: one share of it, or components with amounts per unit and bounds.

Rounding: each component is worked out exactly and rounded once, to minor units, as the administration rounds
amounts; then they are added up, and the sum is held between minimum and maximum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.tariff.exact import LARGEST, bounded, divided, shown
from tidegate.tariff.exchange import EXCHANGE_SCALE, exchange_on
from tidegate.tariff.quantities import LARGEST_QUANTITY

if TYPE_CHECKING:
    from tidegate.tariff.tables import TariffTables

_QUANTITY_SCALE = 1_000_000
_MOST = 1.5e38  # of a product in 128 bits
_WITHIN = 0.5 * LARGEST


def charged(
    matched: pl.DataFrame, components: pl.DataFrame, quantities: pl.DataFrame, tables: TariffTables
) -> pl.DataFrame:
    """Add ``amount``, ``worked`` (words) and ``lacking``, ``lack`` to rows with a measure and a ``base``.

    ``base`` is Int128 minor units. Amount is null where something is lacking: ``lacking`` is then a gap
    (``size``, ``quantity``, ``exchange``, ``unread``) and ``lack`` its detail. Rows come back in their order.
    """
    base = bounded(pl.col("base"))
    whole = matched.with_columns(base.alias("base_units"))
    simple = whole.filter(pl.col("share").is_not_null())
    share = divided(
        pl.col("base_units").cast(pl.Int128) * pl.col("share"),
        pl.col("whole").cast(pl.Int128),
        tables.rounding.amount,
    )
    simple = simple.with_columns(
        bounded(share).alias("amount"), pl.lit(None, pl.String).alias("worked"), *_lacks(None, "")
    ).with_columns(_too_large())
    if simple.height == whole.height:
        return simple
    compound = whole.filter(pl.col("share").is_null())
    return pl.concat(
        [simple, _compound(compound, components, quantities, tables).select(simple.columns)]
    ).sort("row", "measure")


def _compound(
    rows: pl.DataFrame, components: pl.DataFrame, quantities: pl.DataFrame, tables: TariffTables
) -> pl.DataFrame:
    parts = rows.select("row", "measure", "day", "base_units").join(components, on="measure")
    parts = parts.with_columns(pl.col("component_currency").fill_null(tables.currency).alias("currency"))
    parts = exchange_on(parts, tables.exchange, tables.currency).join(
        quantities, on=["row", "unit"], how="left", maintain_order="left"
    )
    worked = parts.with_columns(_part_amount(tables).alias("minor"))
    worked = worked.with_columns(*_part_lack(), _part_words(tables)).sort("row", "measure", "part")
    role = pl.col("role")
    sums = worked.group_by("row", "measure", maintain_order=True).agg(
        pl.col("minor").filter(role == "plus").sum().alias("plus"),
        pl.col("minor").filter(role == "less").sum().alias("less"),
        pl.col("minor").filter(role == "minimum").max().alias("least"),
        pl.col("minor").filter(role == "maximum").min().alias("most"),
        pl.col("minor").is_null().any().alias("unknown"),
        pl.col("lacking").drop_nulls().first(),
        pl.col("lack").drop_nulls().first(),
        pl.col("words").str.join(" ").alias("worked"),
    )
    total = pl.max_horizontal(pl.col("plus") - pl.col("less"), pl.lit(0), pl.col("least"))
    sums = sums.with_columns(
        pl.when(~pl.col("unknown")).then(pl.min_horizontal(total, pl.col("most"))).alias("amount")
    )
    unread = pl.col("cannot") != ""
    return (
        rows.join(
            sums.select("row", "measure", "amount", "worked", "lacking", "lack"),
            on=["row", "measure"],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.when(~unread).then("amount").alias("amount"),
            pl.when(unread).then(pl.lit("unread")).otherwise("lacking").alias("lacking"),
            pl.when(unread).then(pl.format("{}: {}", "rate_text", "cannot")).otherwise("lack").alias("lack"),
        )
        .with_columns(_too_large())
    )


def _part_amount(tables: TariffTables) -> pl.Expr:
    """Return what a component comes to in minor units; null where it cannot be said or would be too large."""
    wide = pl.Int128
    share = divided(
        pl.col("base_units").cast(wide) * pl.col("numerator"),
        pl.col("denominator").cast(wide),
        tables.rounding.amount,
    )
    minor = 10**tables.minor_digits
    rough = pl.col("quantity").cast(pl.Float64) * pl.col("numerator") * minor * EXCHANGE_SCALE
    below = pl.col("denominator").cast(pl.Float64) * _QUANTITY_SCALE * pl.col("exchange")
    fits = (rough.abs() < _MOST) & (below < _MOST) & (rough.abs() < below * _WITHIN)
    amount = divided(
        pl.col("quantity").cast(wide) * pl.col("numerator") * (minor * EXCHANGE_SCALE),
        pl.col("denominator").cast(wide) * _QUANTITY_SCALE * pl.col("exchange"),
        tables.rounding.amount,
    )
    known = pl.col("quantity").is_not_null() & pl.col("exchange").is_not_null() & (pl.col("quantity") >= 0)
    return (
        pl.when(pl.col("unit").is_null())
        .then(bounded(share))
        .when(known & fits)
        .then(bounded(amount))
        .otherwise(None)
    )


def _part_lack() -> list[pl.Expr]:
    """Tell why a component has no amount; the order of the reasons is that in which one would look."""
    per_unit = pl.col("unit").is_not_null() & pl.col("minor").is_null()
    without = per_unit & (pl.col("quantity").is_null() | (pl.col("quantity") < 0))
    unexchanged = per_unit & pl.col("exchange").is_null()
    large = pl.col("minor").is_null() & ~without & ~unexchanged
    lacking = (
        pl.when(without & (pl.col("quantity").abs() <= LARGEST_QUANTITY).fill_null(value=True))
        .then(pl.lit("quantity"))
        .when(unexchanged)
        .then(pl.lit("exchange"))
        .when(large | without)
        .then(pl.lit("size"))
    )
    lack = (
        pl.when(without)
        .then("unit")
        .when(unexchanged)
        .then(pl.format("{} on {}", "currency", "day"))
        .when(large)
        .then(pl.lit(""))
    )
    return [lacking.alias("lacking"), lack.alias("lack")]


def _part_words(tables: TariffTables) -> pl.Expr:
    """Say what a component is of, with its sign or bound."""
    sign = (
        pl.when(pl.col("role") == "less")
        .then(pl.lit("- "))
        .when(pl.col("role") == "minimum")
        .then(pl.lit("at least "))
        .when(pl.col("role") == "maximum")
        .then(pl.lit("at most "))
        .when(pl.col("part") > 0)
        .then(pl.lit("+ "))
        .otherwise(pl.lit(""))
    )
    digits = tables.minor_digits
    base = pl.format("{} {}", shown(pl.col("base_units"), digits, digits), pl.lit(tables.currency))
    quantity = pl.format("{} {}", shown(pl.col("quantity"), 6), pl.col("unit"))
    of = pl.when(pl.col("unit").is_null()).then(base).otherwise(quantity)
    amount = pl.format("{} {}", shown(pl.col("minor"), digits, digits), pl.lit(tables.currency))
    return pl.concat_str(sign, amount, pl.lit(" on "), of).alias("words")


def _lacks(lacking: str | None, lack: str) -> list[pl.Expr]:
    return [pl.lit(lacking, pl.String).alias("lacking"), pl.lit(lack).alias("lack")]


def _too_large() -> list[pl.Expr]:
    """Tell of rows that have no amount and lack nothing else: the base or the amount is too large."""
    large = pl.col("amount").is_null() & pl.col("lacking").is_null()
    return [
        pl.when(large).then(pl.lit("size")).otherwise("lacking").alias("lacking"),
        pl.when(large).then(pl.lit("")).otherwise("lack").alias("lack"),
    ]
