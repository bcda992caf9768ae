"""What is kept of a declaration to learn from: its goods items as they were lodged, compact, with its result.

A row here and a row of a goods-item frame say the same, so that training, online scoring and what-if are fed
alike. Days are those of the journal: the memory of a day is what lay before it.
"""

from __future__ import annotations

import hmac
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.declarations.frame import GOODS_ITEM_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT_COLUMNS: tuple[str, ...] = (
    "item", "items", "office", "declarant", "representative", "importer", "exporter", "seller", "carrier",
    "procedure", "commodity", "origin", "country_of_export", "country_of_destination", "preference",
    "containers", "packages", "gross_mass", "net_mass", "item_amount", "statistical_amount",
)  # fmt: skip
_SCHEMA = {
    "declaration": pl.String(),
    "occurred": pl.Datetime("us", "UTC"),
    "known": pl.Datetime("us", "UTC"),
    "irregular": pl.Boolean(),
    **{name: GOODS_ITEM_COLUMNS[name] for name in KEPT_COLUMNS},
}
_NAMING = ("declaration", "declarant", "representative", "importer", "exporter", "seller", "carrier")
_PSEUDONYM = 16  # hexadecimal digits
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[list[str | int | None]])


class Past(msgspec.Struct, frozen=True):
    """One declaration of the past: its day in the journal, its items packed, and the day and result known."""

    declaration: str
    day: date
    items: bytes
    known: date | None = None
    irregular: bool | None = None


def packed(items: pl.DataFrame) -> dict[str, bytes]:
    """Return the goods items of each declaration of a frame, packed."""
    rows: dict[str, list[tuple[object, ...]]] = {}
    for name, *values in items.select("declaration", *KEPT_COLUMNS).iter_rows():
        rows.setdefault(name, []).append(tuple(values))
    return {name: _ENCODER.encode(of_it) for name, of_it in rows.items()}


def unpacked(past: Iterable[Past]) -> pl.DataFrame:
    """Return declarations of the past as goods items, with ``occurred``, ``known`` and ``irregular``."""
    rows = [
        (
            one.declaration,
            start_of(one.day),
            None if one.known is None else start_of(one.known),
            one.irregular,
            *item,
        )
        for one in past
        for item in _DECODER.decode(one.items)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def trader_of(items: bytes) -> str | None:
    """Return who trades: the importer, or else the exporter, of the first item."""
    rows = _DECODER.decode(items)
    if not rows:
        return None
    told = dict(zip(KEPT_COLUMNS, rows[0], strict=True))
    trader = told["importer"] or told["exporter"]
    return str(trader) if trader else None


def start_of(day: date) -> datetime:
    """Return the moment a day begins."""
    return datetime.combine(day, time(), UTC)


def pseudonymous(history: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Return a history in which pseudonyms under a key stand for whoever is named, the same for the same.

    A memory tells entities apart and knows nothing else of their names: it gives the same features, so that
    what a model was trained on can be kept without saying who traded.
    """

    def pseudonym(name: str) -> str:
        return hmac.digest(key, b"history\0" + name.encode(), "sha256").hex()[:_PSEUDONYM]

    named = [name for name in _NAMING if name in history.columns]
    distinct = {word for name in named for word in history[name].drop_nulls().unique().to_list()}
    table = {word: pseudonym(word) for word in distinct if word}
    return history.with_columns(
        pl.col(name).replace_strict(table, default=pl.col(name), return_dtype=pl.String) for name in named
    ).sort("occurred", "declaration", "item")
