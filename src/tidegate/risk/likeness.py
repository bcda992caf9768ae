"""Like cases: what controls found before in what is most like a declaration, by whom and what it names."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.risk.memory import with_derived

if TYPE_CHECKING:
    from collections.abc import Iterator

# What two declarations may share, and how much each says: of few a trader is one, of many an origin.
SHARED = {
    "trader": 3.0,
    "seller": 2.0,
    "subheading": 2.0,
    "declarant": 1.0,
    "origin": 1.0,
    "country_of_export": 0.5,
    "carrier": 0.5,
    "office": 0.25,
}
_LEAST = 3.0


class LikeCase(msgspec.Struct, frozen=True):
    """A declaration of the past with its result, and what it shares with the one asked about."""

    declaration: str
    day: date
    irregular: bool
    shared: tuple[str, ...]


def like_cases(history: pl.DataFrame, items: pl.DataFrame, most: int = 5) -> list[LikeCase]:
    """Return the declarations of a history with a result that are most like some goods items, likest first.

    The pair of items that share most counts; among equally like ones the latest come first.
    """
    own = set(items["declaration"].to_list())
    told = history.filter(pl.col("irregular").is_not_null() & ~pl.col("declaration").is_in(list(own)))
    if told.is_empty() or items.is_empty():
        return []
    past, asked = with_derived(told), with_derived(items)
    compared = pl.concat(list(_compared(past, asked)))
    best = (
        compared.filter(pl.col("likeness") >= _LEAST)
        .sort("likeness", "occurred", "declaration", descending=[True, True, False])
        .unique("declaration", keep="first", maintain_order=True)
        .head(most)
    )
    return [
        LikeCase(
            row["declaration"],
            row["occurred"].date(),
            row["irregular"],
            tuple(name.replace("_", " ") for name in SHARED if row[name]),
        )
        for row in best.iter_rows(named=True)
    ]


def _compared(past: pl.DataFrame, asked: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for item in asked.iter_rows(named=True):
        same = [
            (pl.col(name) == item[name]).fill_null(value=False).alias(name)
            if item.get(name) is not None
            else pl.lit(value=False).alias(name)
            for name in SHARED
        ]
        weight = pl.sum_horizontal(pl.col(name).cast(pl.Float64) * of for name, of in SHARED.items())
        yield past.select("declaration", "occurred", "irregular", *same).with_columns(
            weight.alias("likeness")
        )
