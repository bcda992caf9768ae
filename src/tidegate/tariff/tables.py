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
MAX_NUMBER = 1_000_000_000  # no rate is larger: a table that holds one has slipped by some digits

RATE_COLUMNS: dict[str, pl.DataType] = {
    "rate_row": pl.Int64(),  # the row of the table, from 1
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

    def __post_init__(self) -> None:
        """Check that taxes stand on earlier ones, and that every rate is for one of them."""
        types: list[str] = []
        for place, tax in enumerate(self.taxes, start=1):
            if tax.type in types or not set(tax.on) <= set(types):
                text = f"{tax.type} must stand once, and after the taxes it is charged on"
                raise BadTableError("taxes", place, text)
            types.append(tax.type)
        if not types:
            raise BadTableError("taxes", 0, "an administration has one tax at least")
        unknown = self.rates.filter(~pl.col("tax").is_in(types)).select("rate_row", "tax")
        for row, tax_type in unknown.head(1).iter_rows():
            raise BadTableError("rates", row, f"tax {tax_type!r} is none of {', '.join(types)}")


def rate_table(rows: Iterable[Mapping[str, str]], name: str = "rates") -> pl.DataFrame:
    """Return rates as a frame from rows of text: tax, commodity, origin, preference, additional_code, ...

    ``commodity`` is a code or the beginning of one (empty for all goods), ``origin``, ``preference`` and
    ``additional_code`` are empty where they do not matter, ``percent`` is a decimal, ``from`` and ``until``
    are ISO dates (``until`` empty where open), ``source`` says where the rate was published.

    Raises:
        BadTableError: a row is not as described, or says twice what holds from the same day on.
    """
    read = []
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, start=1):
        prefix = row["commodity"].strip()
        if prefix and not (prefix.isdigit() and len(prefix) <= MAX_CODE):
            raise BadTableError(
                name, number, f"commodity {prefix!r} is not a code of up to {MAX_CODE} digits"
            )
        read.append(
            {
                "rate_row": number,
                "tax": row["tax"],
                "prefix": prefix,
                "origin": row["origin"] or None,
                "preference": row["preference"] or None,
                "additional_code": row["additional_code"] or None,
                "rate": _scaled(row["percent"], RATE_SCALE, name, number),
                **_dates("rate", row, name, number),
                "source": row["source"],
            }
        )
        fits = (row["tax"], prefix, row["origin"], row["preference"], row["additional_code"])
        _only_once((*fits, row["from"]), seen, name, number)
    return pl.DataFrame(read, schema=RATE_COLUMNS)


def exchange_table(rows: Iterable[Mapping[str, str]], name: str = "exchange_rates") -> pl.DataFrame:
    """Return exchange rates as a frame from rows of text: currency, from, until, rate."""
    read = []
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, start=1):
        exchange = _scaled(row["rate"], EXCHANGE_SCALE, name, number)
        if not exchange:
            raise BadTableError(name, number, "a rate of exchange is above 0")
        read.append(
            {
                "currency": row["currency"],
                "exchange": exchange,
                **_dates("exchange", row, name, number),
            }
        )
        _only_once((row["currency"], row["from"]), seen, name, number)
    return pl.DataFrame(read, schema=EXCHANGE_COLUMNS)


def _only_once(fits: tuple[str, ...], seen: dict[tuple[str, ...], int], table: str, row: int) -> None:
    """Refuse a row that says again what another says from the same day on: which of them holds is unclear."""
    if fits in seen:
        raise BadTableError(table, row, f"row {seen[fits]} is for the same and from the same day")
    seen[fits] = row


def _scaled(text: str, scale: int, table: str, row: int) -> int:
    try:
        number = Decimal(text)
        fits = number.is_finite() and 0 <= number <= MAX_NUMBER
        scaled = number * scale if fits else Decimal(0)
    except ArithmeticError:
        raise BadTableError(table, row, f"{text!r} is not a decimal number") from None
    if not fits or scaled != scaled.to_integral_value():
        raise BadTableError(
            table, row, f"{text} must be from 0 to {MAX_NUMBER:,} and not finer than 1/{scale:,}"
        )
    return int(scaled)


def _dates(of: str, row: Mapping[str, str], table: str, number: int) -> dict[str, date | None]:
    """Return the days between which a row holds, as the columns ``OF_from`` and ``OF_until``."""
    start = _date(row["from"], table, number)
    end = _date(row["until"], table, number) if row["until"] else None
    if end is not None and end < start:
        raise BadTableError(table, number, f"it ends on {end}, before it begins on {start}")
    return {f"{of}_from": start, f"{of}_until": end}


def _date(text: str, table: str, row: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadTableError(table, row, f"{text!r} is not a date such as 2026-01-31") from None
