"""Finds the measures that fit each goods item: by code, origin, preference, additional codes, day, condition.

Most items share what measures ask about with others, so distinct *keys* are matched and joined back. Of the
measures of a tax that fit, the best one is taken, in this order: one for an additional code that is stated,
one on a certificate that is there, one for a preference that is claimed, one within a quota, the longest
beginning of the commodity code, the country before its group before all, the latest, the last in the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.tariff.exchange import in_force
from tidegate.tariff.measures import MEASURE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection

    from tidegate.tariff.measures import Measures

KEY = ["commodity", "origin", "claimed_origin", "regime", "additional_code", "quota", "marks", "day"]
_RANKS = [
    "by_codes",
    "by_certificate",
    "by_preference",
    "by_quota",
    "length",
    "by_origin",
    "measure_from",
    "lightness",
    "measure",
]
_COUNTRY = 2  # letters of a country's code; what is longer is a group


def keyed(items: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the items with ``key``, and the distinct keys with the columns of KEY."""
    keys = items.select(KEY).unique(maintain_order=True).with_row_index("key")
    return items.join(keys, on=KEY, how="left", nulls_equal=True, maintain_order="left"), keys


def fitting(keys: pl.DataFrame, measures: Measures, groups: pl.DataFrame) -> pl.DataFrame:
    """Return each pair of a key and a measure that fits it: ``key``, its ranks, the measure's columns."""
    asked = _with_origins(keys, groups).with_columns(
        pl.col("additional_code").fill_null("").str.split(" ").alias("stated_codes"),
        pl.col("marks").fill_null("").str.split(" ").alias("stated_marks"),
        pl.col("regime").alias("for_preference"),
        pl.lit(0, pl.UInt32).alias("length"),
    )
    empty = asked.clear().drop("for_preference").join(measures.measures.clear(), how="cross")
    parts = [empty]
    for length, on, part in measures.by_length:
        begun = asked.filter(pl.col("commodity").str.len_bytes() >= length).with_columns(
            pl.col("commodity").str.slice(0, length).alias("prefix"),
            pl.lit(length, pl.UInt32).alias("length"),
        )
        pairs = (
            begun.join(part, on=["prefix", on])
            if on
            else begun.drop("for_preference").join(part, on="prefix")
        )
        if pairs.height:
            parts.append(pairs.select(empty.columns))
    candidates = pl.concat(parts)
    return (
        candidates.filter(_fits())
        .with_columns(
            pl.col("for_codes").list.len().alias("by_codes"),
            pl.col("certificate").is_not_null().alias("by_certificate"),
            pl.col("for_preference").is_not_null().alias("by_preference"),
            pl.col("for_quota").is_not_null().alias("by_quota"),
            pl.when(pl.col("for_origin").is_null())
            .then(0)
            .when(_is_country())
            .then(2)
            .otherwise(1)
            .alias("by_origin"),
            # Of rates read off something without dates nobody knows which is in force: the lightest is taken.
            pl.when("undated").then(-(pl.col("share") / pl.col("whole"))).otherwise(0.0).alias("lightness"),
        )
        .select("key", "stated_marks", *_RANKS[:6], "lightness", *MEASURE_COLUMNS)
    )


def best(fits: pl.DataFrame, tax_types: Collection[str], *, several: bool) -> pl.DataFrame:
    """Return for each key the best measure of a tax; with ``several``, all that fit equally well."""
    of_tax = fits.filter(pl.col("tax").is_in(list(tax_types))).sort("key", *_RANKS)
    top = of_tax.unique("key", keep="last", maintain_order=True)
    if several:
        alike = [column for column in _RANKS if column not in ("lightness", "measure")]
        top = of_tax.join(top.select("key", *alike), on=["key", *alike], how="semi", maintain_order="left")
    return top.select("key", *MEASURE_COLUMNS)


def _with_origins(keys: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Add the names an origin goes by on the day: the country and its groups, stated and claimed."""
    if groups.is_empty():
        return keys.with_columns(
            pl.concat_list("origin").alias("origins"),
            pl.concat_list("claimed_origin").alias("claimed_origins"),
        )
    asked = keys
    for column in ("origin", "claimed_origin"):
        named = (
            keys.select("key", "day", column)
            .join(groups, left_on=column, right_on="country")
            .filter(in_force("day", "group"))
            .group_by("key")
            .agg(pl.col("group").alias(f"{column}_groups"))
        )
        alone = pl.concat_list(pl.col(column))
        asked = asked.join(named, on="key", how="left", maintain_order="left").with_columns(
            pl.when(pl.col(f"{column}_groups").is_null())
            .then(alone)
            .otherwise(pl.concat_list(alone, f"{column}_groups"))
            .alias(f"{column}s")
        )
    return asked.drop("origin_groups", "claimed_origin_groups")


def _fits() -> pl.Expr:
    """Tell whether a candidate fits; a preference goes by the origin claimed, all else by the origin."""
    preferential = pl.col("for_preference").is_not_null() & ~pl.col("for_preference").str.starts_with("1")
    # What was read off notifications names the country of origin, whatever preference was claimed.
    names = (
        pl.when(preferential & ~pl.col("undated"))
        .then(pl.col("claimed_origins"))
        .otherwise(pl.col("origins"))
    )
    own = (
        pl.when(preferential & ~pl.col("undated")).then(pl.col("claimed_origin")).otherwise(pl.col("origin"))
    )
    return (
        in_force("day", "measure")
        & (pl.col("for_origin").is_null() | names.list.contains(pl.col("for_origin")).fill_null(value=False))
        & ~pl.col("not_origins").list.contains(own).fill_null(value=False)
        & (pl.col("for_quota").is_null() | (pl.col("for_quota") == pl.col("quota")))
        & (pl.col("for_codes").list.set_difference("stated_codes").list.len() == 0)
        & (
            pl.col("certificate").is_null()
            | (pl.col("kind") == "restriction")  # it stands against goods until a certificate meets it
            | (pl.col("certificate").str.split(" ").list.set_intersection("stated_marks").list.len() > 0)
        )
    ).fill_null(value=False)


def _is_country() -> pl.Expr:
    return pl.col("for_origin").str.len_bytes() == _COUNTRY
