"""Reading rows of tables: exact numbers, days, and errors that name the table and the row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_NUMBER = 1_000_000_000  # no rate is larger: a table that holds one has slipped by some digits


class BadTableError(Exception):
    """A table of an administration cannot be used; says which row and what would be right."""

    code = "bad_table"

    def __init__(self, table: str, row: int, text: str) -> None:
        super().__init__(f"{table}, row {row}: {text}")
        self.table = table
        self.row = row


class Row:
    """One row of a table as text, with its place for the errors it may raise."""

    def __init__(self, table: str, number: int, texts: Mapping[str, str]) -> None:
        self.table = table
        self.number = number
        self._texts = texts

    def text(self, column: str) -> str:
        """Return what a column says, without white space around it."""
        return self._texts[column].strip()

    def words(self, column: str) -> list[str]:
        """Return the words of a column, in order, each once."""
        return sorted(set(self._texts[column].split()))

    def bad(self, text: str) -> BadTableError:
        """Return the error to raise about this row."""
        return BadTableError(self.table, self.number, text)

    def scaled(self, column: str, scale: int) -> int:
        """Return a decimal number from 0 on as an integer of 1/scale.

        Raises:
            BadTableError: it is none, negative, too large or finer than the scale.
        """
        return scaled(self.text(column), scale, self)

    def dates(self, of: str) -> dict[str, date | None]:
        """Return the days between which a row holds, as ``OF_from`` and ``OF_until``; no beginning is ever.

        Raises:
            BadTableError: one is no date, or it ends before it begins.
        """
        start = self._date("from") if self.text("from") else date.min
        end = self._date("until") if self.text("until") else None
        if end is not None and end < start:
            raise self.bad(f"it ends on {end}, before it begins on {start}")
        return {f"{of}_from": start, f"{of}_until": end}

    def _date(self, column: str) -> date:
        try:
            return date.fromisoformat(self.text(column))
        except ValueError:
            raise self.bad(f"{self.text(column)!r} is not a date such as 2026-01-31") from None


def scaled(text: str, scale: int, row: Row) -> int:
    """Return a decimal number from 0 on as an integer of 1/scale; raises as ``Row.scaled`` does."""
    try:
        number = Decimal(text)
        fits = number.is_finite() and 0 <= number <= MAX_NUMBER
        units = number * scale if fits else Decimal(0)
    except ArithmeticError:
        raise row.bad(f"{text!r} is not a decimal number") from None
    if not fits or units != units.to_integral_value():
        raise row.bad(f"{text} must be from 0 to {MAX_NUMBER:,} and not finer than 1/{scale:,}")
    return int(units)


def only_once(fits: tuple[object, ...], seen: dict[tuple[object, ...], int], row: Row) -> None:
    """Refuse a row that says again what another says from the same day on: which of them holds is unclear."""
    if fits in seen:
        raise row.bad(f"row {seen[fits]} is for the same and from the same day")
    seen[fits] = row.number
