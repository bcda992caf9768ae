"""How the rate texts of a schedule read: counts by column, and each text that could not be read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from tidegate.tariff.rates import Rate, UnreadRate, read_rate

if TYPE_CHECKING:
    from tidegate.tariff.nomenclature.model import Schedule


class ColumnCounts(msgspec.Struct, frozen=True):
    """The cells of a rate column that are not blank.

    ``strings`` = ``read`` (with a rate of their own) + ``reference`` (without one) + ``unread``.
    """

    strings: int = 0
    read: int = 0
    reference: int = 0
    unread: int = 0


class UnreadCell(msgspec.Struct, frozen=True):
    """A cell whose text is no rate: the row it stands in, its code, its column, and what is wrong."""

    row: int
    code: str
    column: str
    unread: UnreadRate


class Judged(msgspec.Struct, frozen=True):
    """What became of every rate text of a schedule."""

    columns: dict[str, ColumnCounts]
    unread: tuple[UnreadCell, ...]


def judge_rates(schedule: Schedule) -> Judged:
    """Read every rate text of a schedule, and count what became of them."""
    counts: dict[str, Counter[str]] = {}
    unread: list[UnreadCell] = []
    for row, code, column, text in schedule.rates.select("row", "code", "column", "text").iter_rows():
        rate = read_rate(text, schedule.currency or "USD")
        counts.setdefault(column, Counter())[_outcome(rate)] += 1
        if isinstance(rate, UnreadRate):
            unread.append(UnreadCell(row, code, column, rate))
    columns = {
        column: ColumnCounts(found.total(), found["read"], found["reference"], found["unread"])
        for column, found in counts.items()
    }
    return Judged(columns, tuple(unread))


def _outcome(rate: Rate | UnreadRate) -> str:
    if isinstance(rate, UnreadRate):
        return "unread"
    return "reference" if rate.is_reference else "read"
