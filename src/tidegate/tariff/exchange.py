"""Rates of exchange by date: units of a currency to one unit of the accounting currency.

Customs authorities publish them that way. A day without a rate has none: an older one is never taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.tariff.rows import Row, only_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXCHANGE_SCALE = 1_000_000

EXCHANGE_COLUMNS: dict[str, pl.DataType] = {
    "currency": pl.String(),
    "exchange": pl.Int64(),  # millionths
    "exchange_from": pl.Date(),
    "exchange_until": pl.Date(),
}


def exchange_table(rows: Iterable[Mapping[str, str]], name: str = "exchange_rates") -> pl.DataFrame:
    """Return rates of exchange as a frame from rows of text: currency, from, until, rate.

    Raises:
        BadTableError: a row is not as described, or says twice what holds from the same day on.
    """
    read = []
    seen: dict[tuple[object, ...], int] = {}
    for number, texts in enumerate(rows, start=1):
        row = Row(name, number, texts)
        exchange = row.scaled("rate", EXCHANGE_SCALE)
        if not exchange:
            raise row.bad("a rate of exchange is above 0")
        dates = row.dates("exchange")
        read.append({"currency": row.text("currency"), "exchange": exchange, **dates})
        only_once((row.text("currency"), dates["exchange_from"]), seen, row)
    return pl.DataFrame(read, schema=EXCHANGE_COLUMNS)


def exchange_on(wanted: pl.DataFrame, exchange: pl.DataFrame, currency: str) -> pl.DataFrame:
    """Add ``exchange`` to rows with ``day`` and ``currency``; null where none holds on the day.

    The accounting currency itself needs none: it is one to one. Where two hold, the later beginning counts.
    """
    days = wanted.select("day", "currency").unique()
    own = days.filter(pl.col("currency") == currency).with_columns(
        pl.lit(EXCHANGE_SCALE, pl.Int64).alias("exchange")
    )
    foreign = (
        days.filter(pl.col("currency") != currency)
        .join(exchange, on="currency")
        .filter(in_force("day", "exchange"))
        .sort("exchange_from")
        .unique(["day", "currency"], keep="last", maintain_order=True)
        .select("day", "currency", "exchange")
    )
    return wanted.join(
        pl.concat([own, foreign]), on=["day", "currency"], how="left", maintain_order="left", nulls_equal=True
    )


def in_force(day: str, of: str) -> pl.Expr:
    """Tell whether a day lies between ``OF_from`` and ``OF_until``, both included."""
    end = pl.col(f"{of}_until")
    return (pl.col(f"{of}_from") <= pl.col(day)) & (end.is_null() | (pl.col(day) <= end))
