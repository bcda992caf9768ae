"""The dated tables that duty is worked out by: rates, exchange rates, procedures and the order of taxes.

They come from an administration's folder; nothing here knows a country. Rates are kept as frames of exact
integers: per cent in ten-thousandths, exchange rates in millionths of the foreign unit per one unit of the
accounting currency (the way customs authorities publish them).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RATE_SCALE = 10_000  # per cent with four decimals
EXCHANGE_SCALE = 1_000_000
MAX_CODE = 10  # digits of the longest commodity code

RATE_COLUMNS: dict[str, pl.DataType] = {
    "tax": pl.String(),
    "prefix": pl.String(),
    "origin": pl.String(),
    "preference": pl.String(),
    "additional_code": pl.String(),
    "rate": pl.Int64(),
    "rate_from": pl.Date(),
    "rate_until": pl.Date(),
    "source": pl.String(),
}

EXCHANGE_COLUMNS: dict[str, pl.DataType] = {
    "currency": pl.String(),
    "exchange": pl.Int64(),
    "exchange_from": pl.Date(),
    "exchange_until": pl.Date(),
}


class BadTableError(Exception):
    """A table of an administration cannot be used; says which row and what would be right."""

    code = "bad_table"

    def __init__(self, table: str, row: int, text: str) -> None:
        super().__init__(f"{table}, row {row}: {text}")
        self.table = table
        self.row = row


class Tax(msgspec.Struct, frozen=True):
    """A tax in its order; ``on`` lists the taxes whose amounts are part of its base beside the value."""

    type: str
    name: str
    on: tuple[str, ...] = ()


class TariffTables(msgspec.Struct, frozen=True):
    """All that an assessment needs to know of an administration."""

    currency: str
    minor_digits: int
    taxes: tuple[Tax, ...]
    due_procedures: frozenset[str]
    rates: pl.DataFrame
    exchange: pl.DataFrame


def rate_table(rows: Iterable[Mapping[str, str]], name: str = "rates") -> pl.DataFrame:
    """Return rates as a frame from rows of text: tax, commodity, origin, preference, additional_code, ...

    ``commodity`` is a code or the beginning of one (empty for all goods), ``origin``, ``preference`` and
    ``additional_code`` are empty where they do not matter, ``percent`` is a decimal, ``from`` and ``until``
    are ISO dates (``until`` empty where open), ``source`` says where the rate was published.
    """
    read = []
    for number, row in enumerate(rows, start=1):
        prefix = row["commodity"].strip()
        if prefix and not (prefix.isdigit() and len(prefix) <= MAX_CODE):
            raise BadTableError(
                name, number, f"commodity {prefix!r} is not a code of up to {MAX_CODE} digits"
            )
        read.append(
            {
                "tax": row["tax"],
                "prefix": prefix,
                "origin": row["origin"] or None,
                "preference": row["preference"] or None,
                "additional_code": row["additional_code"] or None,
                "rate": _scaled(row["percent"], RATE_SCALE, name, number),
                "rate_from": _date(row["from"], name, number),
                "rate_until": _date(row["until"], name, number) if row["until"] else None,
                "source": row["source"],
            }
        )
    return pl.DataFrame(read, schema=RATE_COLUMNS)


def exchange_table(rows: Iterable[Mapping[str, str]], name: str = "exchange_rates") -> pl.DataFrame:
    """Return exchange rates as a frame from rows of text: currency, from, until, rate."""
    read = [
        {
            "currency": row["currency"],
            "exchange": _scaled(row["rate"], EXCHANGE_SCALE, name, number),
            "exchange_from": _date(row["from"], name, number),
            "exchange_until": _date(row["until"], name, number) if row["until"] else None,
        }
        for number, row in enumerate(rows, start=1)
    ]
    return pl.DataFrame(read, schema=EXCHANGE_COLUMNS)


def _scaled(text: str, scale: int, table: str, row: int) -> int:
    try:
        scaled = Decimal(text) * scale
    except ArithmeticError:
        raise BadTableError(table, row, f"{text!r} is not a decimal number") from None
    if scaled != scaled.to_integral_value() or scaled < 0:
        raise BadTableError(table, row, f"{text} must not be negative nor finer than 1/{scale}")
    return int(scaled)


def _date(text: str, table: str, row: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadTableError(table, row, f"{text!r} is not a date such as 2026-01-31") from None
