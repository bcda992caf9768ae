"""Tariff quotas, first come first served: what each claim is granted, and what is left.

The balance of a quota is not written anywhere: it is what was opened less what assessments drew, folded from
their acts. Claims are granted in the order in which they come, so a claim may be granted in part: the item is
then assessed in two parts, one within the quota and one without.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.acts import DeclarationAssessed, QuotaDraw
from tidegate.tariff.rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tidegate.acts import Act

QUOTA_FIELDS = ("quota", "volume", "unit", "from", "until", "source")
QUOTA_SCALE = 1_000_000
VALUE = "value"  # instead of a unit: the volume is in units of the accounting currency

ALLOCATION_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "asked": pl.Int64(),  # millionths of the quota's unit
    "granted": pl.Int64(),
    "left": pl.Int64(),  # of the quota, after this claim
    "exhausted": pl.String(),  # what to tell where less was granted than asked; else null
}


class Quota(msgspec.Struct, frozen=True):
    """What was opened under an order number, between two days, in a base unit or in value."""

    order: str
    volume: int
    unit: str
    start: date
    until: date | None
    source: str

    def is_open(self, day: date) -> bool:
        """Tell whether claims can be granted on a day."""
        return self.start <= day and (self.until is None or day <= self.until)


def quota_rules(rows: Iterable[Mapping[str, str]], name: str = "quotas") -> tuple[Quota, ...]:
    """Return quotas from rows of text with QUOTA_FIELDS; ``unit`` is a base unit's code or ``value``.

    Raises:
        BadTableError: a row is not as described, or two of one number are open at once.
    """
    read: list[Quota] = []
    for number, texts in enumerate(rows, start=1):
        row = Row(name, number, texts)
        dates = row.dates("quota")
        start, until = dates["quota_from"], dates["quota_until"]
        assert start is not None, "a row without a beginning holds from the first of days"
        for other in read:
            ends = other.until or date.max
            if other.order == row.text("quota") and other.start <= (until or date.max) and start <= ends:
                raise row.bad(f"quota {other.order} is open already, from {other.start}")
        read.append(
            Quota(
                row.text("quota"),
                row.scaled("volume", QUOTA_SCALE),
                row.text("unit"),
                start,
                until,
                row.text("source"),
            )
        )
    return tuple(read)


def drawn(acts: Iterable[Act]) -> dict[str, int]:
    """Return what was drawn from each quota, in millionths, by the assessments among acts.

    The key is the order number and the first day it is open, ``QUOTA@DAY``: a new period begins at nothing.
    """
    sums: dict[str, int] = {}
    for act in acts:
        if isinstance(act, DeclarationAssessed):
            for draw in act.draws:
                sums[draw.quota] = sums.get(draw.quota, 0) + int(draw.quantity * QUOTA_SCALE)
    return sums


def allocate(
    items: pl.DataFrame,
    quantities: pl.DataFrame,
    quotas: tuple[Quota, ...],
    already: Mapping[str, int],
    minor_digits: int,
) -> tuple[pl.DataFrame, dict[tuple[str, int], QuotaDraw]]:
    """Grant the claims of items in their order; returns ALLOCATION_COLUMNS and the draw of each item.

    ``items`` have row, declaration, item, day, quota and value; ``quantities`` are by row and base unit.
    Claims of quotas that are not in the tables are left alone. Draws are by declaration and item.
    """
    orders = {one.order for one in quotas}
    claims = items.filter(pl.col("quota").is_in(sorted(orders)))
    held = {
        (row, unit): quantity
        for row, unit, quantity in quantities.join(claims.select("row"), on="row", how="semi").iter_rows()
    }
    taken = dict(already)
    told: list[tuple[int, int, int, int, str | None]] = []
    draws: dict[tuple[str, int], QuotaDraw] = {}
    columns = ("row", "declaration", "item", "day", "quota", "value")
    for row, declaration, item, day, order, value in claims.select(columns).iter_rows():
        quota = next((one for one in quotas if one.order == order and one.is_open(day)), None)
        if quota is None:
            told.append((row, 1, 0, 0, f"{order} on {day}"))
            continue
        in_value = None if value is None else value * QUOTA_SCALE // 10**minor_digits
        asked = in_value if quota.unit == VALUE else held.get((row, quota.unit))
        key = f"{order}@{quota.start}"
        left = max(quota.volume - taken.get(key, 0), 0)
        if asked is None or asked <= 0:
            told.append((row, 1, 0, left, f"{order} counts in {quota.unit}, which is not stated"))
            continue
        granted = min(asked, left)
        taken[key] = taken.get(key, 0) + granted
        exhausted = (
            f"{order} has {_shown(left)} {quota.unit} left of {_shown(quota.volume)}, asked {_shown(asked)}"
        )
        told.append((row, asked, granted, left - granted, None if granted == asked else exhausted))
        if granted:
            draws[declaration, item] = QuotaDraw(quota=key, quantity=Decimal(_shown(granted)))
    return pl.DataFrame(told, schema=ALLOCATION_COLUMNS, orient="row"), draws


def split(items: pl.DataFrame, allocation: pl.DataFrame) -> pl.DataFrame:
    """Return items in parts: what a quota grants keeps its ``quota``, the rest has none.

    Added: ``whole_row`` (the row of the item) and ``part_of`` / ``part`` (its share, as two integers); row is
    numbered anew. The value of the part within is rounded down, so the parts add up to the item.
    """
    joined = items.join(allocation, on="row", how="left", maintain_order="left")
    claimed = pl.col("asked").is_not_null()
    within = joined.filter(~claimed | (pl.col("granted") > 0)).with_columns(
        pl.when(claimed).then("granted").otherwise(1).alias("part"), pl.lit(0).alias("side")
    )
    without = joined.filter(claimed & (pl.col("granted") < pl.col("asked"))).with_columns(
        (pl.col("asked") - pl.col("granted")).alias("part"),
        pl.lit(1).alias("side"),
        pl.lit(None, pl.String).alias("quota"),
    )
    both = pl.concat([within, without]).with_columns(pl.col("asked").fill_null(1).alias("part_of"))
    wide = pl.col("value").cast(pl.Int128)
    granted = pl.col("granted").fill_null(1)
    inside = (wide * granted // pl.col("part_of")).cast(pl.Int64)
    value = pl.when(pl.col("side") == 0).then(inside).otherwise(pl.col("value") - inside)
    return (
        both.with_columns(value.alias("value"), pl.col("row").alias("whole_row"))
        .sort("whole_row", "side")
        .drop("row", "granted", "asked", "left", "exhausted", "side")
        .with_row_index("row")
    )


def _shown(millionths: int) -> str:
    whole, part = divmod(millionths, QUOTA_SCALE)
    return f"{whole}.{part:06d}".rstrip("0").rstrip(".")
