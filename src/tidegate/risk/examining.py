"""What is wrong with the rows of a frame, as findings: nothing is left out, nothing stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.declarations.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

NEEDED = ("occurred", "declarant", "importer", "commodity", "origin", "net_mass", "item_amount")
_SHOWN = 3
_CODE = r"^\d{6,10}$"


def examine(frame: pl.DataFrame, now: datetime) -> list[Finding]:
    """Return what is wrong with goods items for targeting, each kind of wrong once with its rows.

    Features are worked out all the same: what is not stated or makes no sense is taken as not known.
    """
    return list(_examined(frame, now))


def _examined(frame: pl.DataFrame, now: datetime) -> Iterator[Finding]:
    for column in NEEDED:
        if column not in frame.columns:
            yield Finding("TG-RISK-COLUMN", f'column "{column}"', "The frame has no such column.")
        elif frame.height and frame[column].null_count() == frame.height:
            yield Finding("TG-RISK-EMPTY", f'column "{column}"', "No row states it.")
    checks: tuple[tuple[str, str, pl.Expr, str], ...] = (
        ("TG-RISK-MASS", "net_mass", pl.col("net_mass") < 0, "A mass below zero is taken as not known."),
        (
            "TG-RISK-VALUE",
            "item_amount",
            pl.col("item_amount") < 0,
            "A value below zero is taken as not known.",
        ),
        (
            "TG-RISK-FUTURE",
            "occurred",
            pl.col("occurred") > now,
            "Lodged in the future: nothing learns from it yet.",
        ),
        (
            "TG-RISK-UNDATED",
            "occurred",
            pl.col("occurred").is_null(),
            "Without a day, it is taken as the earliest.",
        ),
        (
            "TG-RISK-CODE",
            "commodity",
            ~pl.col("commodity").str.contains(_CODE),
            "No code of six to ten digits.",
        ),
    )
    for code, column, wrong, text in checks:
        if column in frame.columns:
            yield from _rows(frame, code, column, wrong, text)
    if {"known", "occurred", "irregular"} <= set(frame.columns):
        early = pl.col("irregular").is_not_null() & (pl.col("known") < pl.col("occurred"))
        text = "A result known before its declaration is taken as known with it."
        yield from _rows(frame, "TG-RISK-EARLY", "known", early, text)
    if {"declaration", "item"} <= set(frame.columns):
        twice = pl.struct("declaration", "item").is_duplicated()
        yield from _rows(
            frame, "TG-RISK-TWICE", "declaration", twice, "The same item stands here more than once."
        )


def _rows(frame: pl.DataFrame, code: str, column: str, wrong: pl.Expr, text: str) -> Iterator[Finding]:
    found = frame.select(wrong.fill_null(value=False).alias("wrong"))["wrong"].arg_true()
    if len(found):
        shown = ", ".join(str(place + 1) for place in found[:_SHOWN].to_list())
        more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        yield Finding(code, f'column "{column}", rows {shown}{more}', text)
