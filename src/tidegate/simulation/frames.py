"""Trade as frames: what is stated in GOODS_ITEM_COLUMNS, and the truth in a frame beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from tidegate.declarations.frame import GOODS_ITEM_COLUMNS
from tidegate.simulation.columns import head_columns, late_columns, line_columns
from tidegate.simulation.deceit import stated_of
from tidegate.simulation.trade import trade_of

if TYPE_CHECKING:
    from datetime import date

    from tidegate.simulation.world import World

TRUTH_COLUMNS: dict[str, pl.DataType] = {
    "declaration": pl.String(),
    "item": pl.Int32(),
    "administration": pl.String(),
    "lrn": pl.String(),
    "flaw": pl.String(),  # of form, in the message; see FLAWS
    "scheme": pl.String(),  # that the declaration belongs to
    "campaign": pl.String(),
    "phase": pl.Int8(),  # 1 bold, 2 careful, 3 moved on
    "owner": pl.String(),  # the company that really stands behind it
    "consignment": pl.String(),  # what was one before it was split, or goes round in a carousel
    "mistake": pl.String(),  # an honest one; see MISTAKES
    "irregular": pl.Boolean(),  # this item is not what is stated, or has no lawful purpose
    "true_commodity": pl.String(),
    "true_origin": pl.String(),
    "true_amount": pl.Int64(),  # thousandths of a unit of the invoice's currency
    "true_net_mass": pl.Int64(),  # milligrams
    "true_quantity": pl.Int64(),  # millionths; null where pieces are not counted
    "hidden": pl.String(),
    "hidden_mass": pl.Int64(),  # milligrams
    "evaded": pl.Int64(),  # duties and taxes, thousandths of the accounting currency
}


class Frames(NamedTuple):
    """What is stated, in GOODS_ITEM_COLUMNS, and the truth, in TRUTH_COLUMNS; row by row the same items."""

    goods_items: pl.DataFrame
    truth: pl.DataFrame


def frames_of(world: World, country: str, on: date, count: int) -> Frames:
    """Return one day's declarations at the administration of a country, in the order they were lodged."""
    trade = trade_of(world, country, on, count)
    said = stated_of(world, trade)
    heads = _with_duplicates(head_columns(world, trade))
    lines = line_columns(world, trade, said)
    wide = pl.concat([heads[trade.lines.head], lines], how="horizontal")
    wide = wide.with_columns(late_columns(country, world.parameters.currency))
    wide = wide.sort("occurred", "declaration", "item")
    goods_items = wide.select(pl.col(name).cast(kind) for name, kind in GOODS_ITEM_COLUMNS.items())
    return Frames(goods_items, wide.select(pl.col(name).cast(kind) for name, kind in TRUTH_COLUMNS.items()))


def _with_duplicates(heads: pl.DataFrame) -> pl.DataFrame:
    """Give duplicates the reference of the same declarant's last sound message of the day.

    Where there was none, the message has another flaw instead.
    """
    ordered = heads.sort("occurred", "declaration")
    sound = pl.when(pl.col("flaw").is_null()).then("lrn").shift(1).forward_fill().over("declarant")
    again = pl.col("flaw") == "duplicate_lrn"
    told = ordered.with_columns(sound.alias("earlier")).with_columns(
        pl.when(again & pl.col("earlier").is_not_null()).then("earlier").otherwise("lrn").alias("lrn"),
        pl.when(again & pl.col("earlier").is_null()).then("other_flaw").otherwise("flaw").alias("flaw"),
    )
    return told.sort("declaration").drop("earlier", "other_flaw")
