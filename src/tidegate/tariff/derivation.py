"""Says in words how an amount came about, with the values it used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.tariff.exact import shown

if TYPE_CHECKING:
    from tidegate.tariff.tables import TariffTables


def derivation(tables: TariffTables) -> pl.Expr:
    """Return the derivation of charged rows: rate, base, for whom, source, exchange, charges, relief."""
    digits, currency = tables.minor_digits, tables.currency
    base = pl.format("{} {}", shown(pl.col("base_units"), digits, digits), pl.lit(currency))
    share = pl.col("share").is_not_null()
    rate = pl.format("{} of {}", _percent(), base)
    compound = pl.format("{}: {}", "rate_text", "worked")
    by = pl.when(pl.col("prefix") == "").then(pl.lit("all goods")).otherwise("prefix")
    return pl.concat_str(
        pl.when(share).then(rate).otherwise(compound),
        pl.lit(" for "),
        by,
        _part(pl.col("for_origin").is_not_null(), pl.format(" from {}", "for_origin")),
        _part(pl.col("for_preference").is_not_null(), pl.format(" under {}", "for_preference")),
        _part(pl.col("measure_from") > pl.date(1, 1, 1), pl.format(" since {}", "measure_from")),
        pl.format(" ({})", "source"),
        _exchanged(currency),
        _part(
            pl.col("added") != 0,
            pl.format("; {} {} added to the price", shown(pl.col("added"), digits, digits), pl.lit(currency)),
        ),
        _part(pl.col("effect").is_not_null(), pl.format("; {}: {}", "effect", "relief_source")),
    )


def _percent() -> pl.Expr:
    """Return a share as per cent, in decimals where these say it, else as the schedule has it."""
    number = pl.col("rate_text").str.strip_suffix("%").str.strip_chars()
    plain = (
        pl.when(number.str.contains(".", literal=True))
        .then(number.str.strip_chars_end("0").str.strip_suffix("."))
        .otherwise(number)
    )
    return pl.when(pl.col("share") == 0).then(pl.lit("0 %")).otherwise(pl.format("{} %", plain))


def _exchanged(currency: str) -> pl.Expr:
    foreign = pl.col("stated_currency") != currency
    return _part(
        foreign,
        pl.format(
            "; {} {} at {} to one {}",
            shown(pl.col("stated"), 3, keep=2),
            pl.col("stated_currency"),
            shown(pl.col("exchange"), 6),
            pl.lit(currency),
        ),
    )


def _part(given: pl.Expr, words: pl.Expr) -> pl.Expr:
    return pl.when(given.fill_null(value=False)).then(words).otherwise(pl.lit(""))
