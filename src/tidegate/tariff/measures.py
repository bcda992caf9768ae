"""Measures: what stands against a commodity code, for whom, when, on what condition, and by what source.

A measure is a row of a table (see ``README.md`` for its columns): a duty, preference, suspension,
anti-dumping or countervailing duty, safeguard, excise, value added or other national tax, a prohibition, a
restriction, or the supplementary unit of a code.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import msgspec
import polars as pl

from tidegate.tariff.components import COMPONENT_COLUMNS, Reckonable, reckonable
from tidegate.tariff.rows import Row, only_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_CODE = 14  # digits of the longest commodity code
RATE_SCALE = 10_000  # per cent with four decimals, where a rate is one share

Kind = Literal[
    "duty",
    "preference",
    "suspension",
    "quota",
    "anti_dumping",
    "countervailing",
    "safeguard",
    "excise",
    "vat",
    "national",
    "prohibition",
    "restriction",
    "supplementary_unit",
    "note",
]
_NOT_CHARGED = ("prohibition", "restriction", "supplementary_unit", "note")

MEASURE_FIELDS = (
    "kind",
    "tax",
    "commodity",
    "origin",
    "except",
    "preference",
    "additional_codes",
    "quota",
    "certificate",
    "rate",
    "from",
    "until",
    "source",
)

MEASURE_COLUMNS: dict[str, pl.DataType] = {
    "measure": pl.Int64(),  # the place in the table, from 1
    "kind": pl.String(),
    "tax": pl.String(),  # empty for what is not charged
    "prefix": pl.String(),  # a commodity code or the beginning of one; empty for all goods
    "for_origin": pl.String(),  # a country or an origin group; null for all
    "not_origins": pl.List(pl.String()),
    "for_preference": pl.String(),  # the duty regime that must be claimed; null for all
    "for_codes": pl.List(pl.String()),  # additional codes that must be stated, all of them
    "for_quota": pl.String(),  # the quota's order number; null where it is open to all
    "certificate": pl.String(),  # a document or statement of which one must be there, by code
    "rate_text": pl.String(),
    "share": pl.Int64(),  # of the base: numerator and denominator where the rate is one share, else null
    "whole": pl.Int64(),
    "cannot": pl.String(),  # why the rate cannot be reckoned with; empty where it can
    "undated": pl.Boolean(),  # read off something that gave no dates: of several, the lightest counts
    "measure_from": pl.Date(),
    "measure_until": pl.Date(),
    "source": pl.String(),
}


class Measures(msgspec.Struct, frozen=True, dict=True):
    """Measures and the components of their rates, as frames."""

    measures: pl.DataFrame
    components: pl.DataFrame

    @cached_property
    def by_length(self) -> tuple[tuple[int, str, pl.DataFrame], ...]:
        """Measures that can fit, by the length of their beginning and what they are joined on beside it.

        That is ``for_preference`` for those of a duty regime, and nothing for those of all.
        """
        told = []
        lengths = self.measures["prefix"].str.len_bytes()
        for length in sorted(set(lengths) & set(range(MAX_CODE + 1))):
            of_length = self.measures.filter(lengths == length)
            for on, part in (
                ("", of_length.filter(pl.col("for_preference").is_null())),
                ("for_preference", of_length.filter(pl.col("for_preference").is_not_null())),
            ):
                if part.height:
                    told.append((length, on, part))
        return tuple(told)

    def and_those(self, others: Measures) -> Measures:
        """Return these measures with others behind them; their places go on from here."""
        shift = self.measures["measure"].max() or 0
        moved = [
            frame.with_columns(pl.col("measure") + shift) for frame in (others.measures, others.components)
        ]
        return Measures(pl.concat([self.measures, moved[0]]), pl.concat([self.components, moved[1]]))


def measure_table(rows: Iterable[Mapping[str, str]], currency: str, name: str = "measures") -> Measures:
    """Return measures as frames from rows of text with MEASURE_FIELDS.

    ``commodity`` is a code or the beginning of one (empty for all goods); ``origin`` a country or an origin
    group; ``except`` the countries left out, ``preference`` the duty regime that must be claimed,
    ``additional_codes`` those that must all be stated, ``certificate`` the documents or statements of which
    one must be there; empty where they do not matter. ``rate`` is in the rates language (a bare number is per
    cent; the unit's code for a supplementary unit). ``from`` and ``until`` are ISO dates; a row without
    ``from`` was read off something that gave no dates, and may repeat what another says.

    Raises:
        BadTableError: a row is not as described, or says twice what holds from the same day on.
    """
    read: list[dict[str, object]] = []
    parts: list[dict[str, object]] = []
    seen: dict[tuple[object, ...], int] = {}
    for number, texts in enumerate(rows, start=1):
        row = Row(name, number, texts)
        rate = _rate(row, currency)
        measure = _measure(row, rate)
        read.append(measure)
        parts += components_of(number, rate)
        if row.text("from"):
            columns = ("kind", "tax", "commodity", "origin", "except", "preference", "additional_codes")
            fits = (*(row.text(column) for column in (*columns, "quota", "certificate")), row.text("from"))
            only_once(fits, seen, row)
    return Measures(pl.DataFrame(read, schema=MEASURE_COLUMNS), pl.DataFrame(parts, schema=COMPONENT_COLUMNS))


def components_of(measure: int, rate: Reckonable) -> list[dict[str, object]]:
    """Return the rows of COMPONENT_COLUMNS of a measure whose rate is more than one share."""
    if rate.share is not None:
        return []
    return [
        {
            "measure": measure,
            "part": place,
            "role": part.role,
            "numerator": part.numerator,
            "denominator": part.denominator,
            "unit": part.unit,
            "component_currency": part.currency,
        }
        for place, part in enumerate(rate.parts)
    ]


def _rate(row: Row, currency: str) -> Reckonable:
    text = row.text("rate")
    if row.text("kind") in _NOT_CHARGED:
        return Reckonable(text, cannot="it is not charged")
    rate = reckonable(text, currency)
    if rate.cannot:
        raise row.bad(f"rate {text!r} cannot be reckoned with: {rate.cannot}")
    return rate


def _measure(row: Row, rate: Reckonable) -> dict[str, object]:
    prefix = row.text("commodity")
    if prefix and not (prefix.isdigit() and len(prefix) <= MAX_CODE):
        raise row.bad(f"commodity {prefix!r} is not a code of up to {MAX_CODE} digits")
    if row.text("kind") not in get_args(Kind):
        raise row.bad(f"kind {row.text('kind')!r} is none of {', '.join(get_args(Kind))}")
    if bool(row.text("tax")) == (row.text("kind") in _NOT_CHARGED):
        raise row.bad(f"a {row.text('kind')} {'has no' if row.text('tax') else 'names its'} tax")
    share, whole = rate.share or (None, None)
    return {
        "measure": row.number,
        "kind": row.text("kind"),
        "tax": row.text("tax"),
        "prefix": prefix,
        "for_origin": row.text("origin") or None,
        "not_origins": row.words("except"),
        "for_preference": row.text("preference") or None,
        "for_codes": row.words("additional_codes"),
        "for_quota": row.text("quota") or None,
        "certificate": " ".join(row.words("certificate")) or None,
        "rate_text": rate.text,
        "share": share,
        "whole": whole,
        "cannot": rate.cannot,
        "undated": not row.text("from"),
        **row.dates("measure"),
        "source": row.text("source"),
    }
