"""All that applies to a code on a day, and why: the measures, for whom each is, and by what source."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.tariff.exchange import in_force

if TYPE_CHECKING:
    from tidegate.tariff.tables import TariffTables


class Applying(msgspec.Struct, frozen=True):
    """A measure on a code: what it is, what it comes to, for whom and on what condition, and its source."""

    kind: str
    tax: str
    rate: str
    stands_against: str
    origin: str
    preference: str
    additional_codes: tuple[str, ...]
    quota: str
    certificate: str
    since: date | None
    until: date | None
    source: str


def applying(code: str, day: date, tables: TariffTables) -> list[Applying]:
    """Return the measures that may apply to goods of a code (digits) on a day, taxes in their order."""
    order = {tax.type: place for place, tax in enumerate(tables.taxes)}
    found = (
        tables.measures.measures.with_columns(pl.lit(day).alias("day"))
        .filter(pl.lit(code).str.starts_with(pl.col("prefix")), in_force("day", "measure"))
        .sort(
            pl.col("tax").replace_strict(order, default=len(order), return_dtype=pl.Int64),
            pl.col("prefix").str.len_bytes(),
            "for_preference",
            "for_origin",
            "measure",
            descending=[False, True, False, False, False],
        )
    )
    return [
        Applying(
            kind=one["kind"],
            tax=one["tax"],
            rate=one["rate_text"],
            stands_against=one["prefix"],
            origin=one["for_origin"] or "",
            preference=one["for_preference"] or "",
            additional_codes=tuple(one["for_codes"]),
            quota=one["for_quota"] or "",
            certificate=one["certificate"] or "",
            since=None if one["undated"] else one["measure_from"],
            until=one["measure_until"],
            source=one["source"],
        )
        for one in found.iter_rows(named=True)
    ]
