"""What goods items are worth and what they owe: one implementation over frames, exact to the minor unit.

The way of a goods item: its value; its situation, which says which tariff applies and what is relieved; then
tax by tax in their order the measure that fits, the base, the amount, the relief. Where something that a tax
stands on could not be worked out, the tax is not worked out either: nothing is guessed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.acts import QuotaDraw
from tidegate.declarations.duty_frame import DUTY_COLUMNS
from tidegate.tariff.charging import LINE_COLUMNS, charge_tariff
from tidegate.tariff.quantities import quantities
from tidegate.tariff.quotas import allocate, split
from tidegate.tariff.situations import situate
from tidegate.tariff.valuation import valued

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidegate.tariff.tables import TariffTables

_ITEM = ["declaration", "item"]

GAP_COLUMNS: dict[str, pl.DataType] = {
    "declaration": pl.String(),
    "item": pl.Int32(),
    "gap": pl.String(),
    "detail": pl.String(),
}


class Assessment(msgspec.Struct, frozen=True):
    """What an assessment of a frame of goods items gives.

    - ``values``: one row an item of the frame, in its order: declaration, item, value (minor units of the
      accounting currency, null where none could be worked out).
    - ``lines``: LINE_COLUMNS: money in minor units, ``rate`` in ten-thousandths of a per cent (null where the
      rate is no single share; ``rate_text`` has it as published), derivation in words; ordered by declaration
      as in the frame, item, and the order of taxes.
    - ``gaps``: GAP_COLUMNS: what could not be worked out, or should be looked at, and why. ``findings`` words
      them for the declarant.
    - ``draws``: what each item drew from a quota, by declaration and item.
    """

    values: pl.DataFrame
    lines: pl.DataFrame
    gaps: pl.DataFrame
    draws: dict[tuple[str, int], QuotaDraw] = {}


def assess(
    frame: pl.DataFrame, tables: TariffTables, drawn: Mapping[str, int] = MappingProxyType({})
) -> Assessment:
    """Work out value and taxes of a frame with the goods-item columns and what it has of the duty columns.

    All the items of a declaration are in the frame, or the part of the shipment's charges that falls to each
    would be another. ``drawn`` is what each quota gave before (``quotas.drawn``); claims are granted in the
    order of the frame.
    """
    items = _prepared(frame, tables)
    values, value_gaps = valued(items, tables)
    due = values.filter(
        pl.col("declaration_type").str.slice(0, 2) != "EX",
        pl.col("procedure").str.slice(0, 2).is_in(sorted(tables.due_procedures)),
        pl.col("commodity").is_not_null(),
    )
    due, reliefs = situate(due, tables)
    due = due.filter(pl.col("tariff").is_not_null())
    overridden = due.filter(_overridden(tables))
    told = [
        value_gaps.join(due.select("row"), on="row", how="semi"),
        overridden.select("row", pl.lit("override").alias("gap"), pl.lit("").alias("detail")),
    ]
    due = due.join(overridden.select("row"), on="row", how="anti", maintain_order="left")
    due, quota_gaps, draws = _in_parts(due, tables, drawn)
    lines, gaps = _of_tariffs(due, reliefs, tables)
    whole = due.select("row", "whole_row")
    told += [quota_gaps, gaps.join(whole, on="row").select(pl.col("whole_row").alias("row"), "gap", "detail")]
    named = items.select("row", *_ITEM)
    return Assessment(
        values=values.sort("row").select(*_ITEM, "value"),
        lines=lines.join(whole, on="row")
        .join(named, left_on="whole_row", right_on="row")
        .sort("row", "place", "measure")
        .select(LINE_COLUMNS.keys()),
        gaps=pl.concat(told)
        .unique()
        .join(named, on="row")
        .sort("row", "gap", "detail")
        .select(GAP_COLUMNS.keys()),
        draws=draws,
    )


def _in_parts(
    due: pl.DataFrame, tables: TariffTables, drawn: Mapping[str, int]
) -> tuple[pl.DataFrame, pl.DataFrame, dict[tuple[str, int], QuotaDraw]]:
    """Return the items in the parts that quotas grant, with what was not granted, and what was drawn."""
    if not tables.quotas or due["quota"].null_count() == due.height:
        one = pl.lit(1, pl.Int64)
        whole = due.with_columns(pl.col("row").alias("whole_row"), one.alias("part"), one.alias("part_of"))
        nothing = pl.DataFrame(schema={"row": pl.UInt32(), "gap": pl.String(), "detail": pl.String()})
        return whole, nothing, {}
    counted = quantities(due, due.clear().select("row", pl.lit("").alias("unit")), tables.contents)
    allocation, draws = allocate(due, counted, tables.quotas, drawn, tables.minor_digits)
    short = allocation.filter(pl.col("exhausted").is_not_null())
    gaps = short.select("row", pl.lit("quota").alias("gap"), pl.col("exhausted").alias("detail"))
    return split(due, allocation), gaps, draws


def _prepared(frame: pl.DataFrame, tables: TariffTables) -> pl.DataFrame:
    """Add the duty columns that are absent, the row, the day that counts, and the origin claimed."""
    absent = [
        pl.lit(None, kind).alias(name) for name, kind in DUTY_COLUMNS.items() if name not in frame.columns
    ]
    late = pl.col("declaration_type").str.slice(2, 1).is_in(sorted(tables.late_types))
    stated = pl.when(late).then(pl.col("accepted_on"))
    return (
        frame.with_columns(absent)
        .with_row_index("row")
        .with_columns(
            pl.coalesce(stated, pl.col("occurred").dt.date()).alias("day"),
            pl.coalesce("preferential_origin", "origin").alias("claimed_origin"),
            pl.col("preference").fill_null(tables.default_preference).alias("declared_regime"),
        )
    )


def _overridden(tables: TariffTables) -> pl.Expr:
    """Tell where the declarant states the amounts himself, for an officer to confirm."""
    if not tables.override_statements:
        return pl.lit(value=False)
    words = pl.col("statements").fill_null("").str.split(" ")
    return words.list.set_intersection(sorted(tables.override_statements)).list.len() > 0


def _of_tariffs(
    due: pl.DataFrame, reliefs: pl.DataFrame, tables: TariffTables
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Charge each item under its tariff; where it has two, under the one that its scope says."""
    lines: list[pl.DataFrame] = []
    gaps: list[pl.DataFrame] = []
    for name in tables.tariffs:
        first = due.filter(pl.col("tariff") == name)
        second = due.filter((pl.col("instead") == name) & (pl.col("instead") != pl.col("tariff")))
        both = pl.concat([first, second.filter(pl.col("instead") != "")])
        if both.is_empty() and (due.height or lines):
            continue
        found = charge_tariff(both.sort("row"), name, reliefs, tables)
        lines.append(found.lines.with_columns(under=pl.lit(name)))
        gaps.append(found.gaps.with_columns(under=pl.lit(name)))
    all_lines, all_gaps = pl.concat(lines), pl.concat(gaps)
    chosen, lightened = _chosen(due, all_lines, all_gaps)
    return (
        all_lines.join(chosen, on=["row", "under"], how="semi").drop("under"),
        pl.concat([all_gaps.join(chosen, on=["row", "under"], how="semi").drop("under"), lightened]),
    )


def _chosen(due: pl.DataFrame, lines: pl.DataFrame, gaps: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return row and ``under``: the first tariff, unless the second is held and its duties are not lower.

    The second frame tells where the first could not be compared because its duties are not held.
    """
    two = due.filter((pl.col("instead") != "") & (pl.col("instead") != pl.col("tariff")))
    if two.is_empty():
        return due.select("row", pl.col("tariff").alias("under")), gaps.clear().drop("under")
    duties = lines.filter("duty").group_by("row", "under").agg(pl.col("amount").sum().alias("duties"))
    lacking = gaps.filter(pl.col("gap") == "rate").select("row", "under").unique().with_columns(lacks=True)
    compared = two.select("row", "tariff", "instead")
    for side in ("tariff", "instead"):
        own = duties.rename({"duties": f"{side}_duties", "under": side})
        lacks = lacking.rename({"lacks": f"{side}_lacks", "under": side})
        compared = compared.join(own, on=["row", side], how="left").join(lacks, on=["row", side], how="left")
    held = pl.col("instead_duties").is_not_null() & pl.col("instead_lacks").is_null()
    unheld = pl.col("tariff_lacks").is_not_null() | pl.col("tariff_duties").is_null()
    second = held & (unheld | (pl.col("tariff_duties") <= pl.col("instead_duties")))
    chosen = compared.with_columns(pl.when(second).then("instead").otherwise("tariff").alias("under"))
    one = due.join(two.select("row"), on="row", how="anti").select("row", pl.col("tariff").alias("under"))
    lightened = compared.filter(held & unheld).select(
        "row", pl.lit("tariff").alias("gap"), pl.format("{} {}", "tariff", "instead").alias("detail")
    )
    return pl.concat([one, chosen.select("row", "under")]), lightened
