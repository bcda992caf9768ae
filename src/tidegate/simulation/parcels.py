"""Low-value parcels with known truth: rows of the reduced data set as a platform or carrier uploads them.

Most are honest. Some are undervalued, some flawed in form, and of each it is known: what a node finds can be
held against it. Shares are *chosen*; a row is a function of the seed and its number, however many are asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tidegate.declarations.reduced import REDUCED_COLUMNS
from tidegate.simulation.draws import Draws, stream

if TYPE_CHECKING:
    from collections.abc import Iterator

# Goods of parcels: code, words, middle price in hundredths, middle mass in grams, origin.
_GOODS = (
    ("610910", "T-shirt of cotton", 1200, 180, "BD"),
    ("620442", "Dress of cotton", 2900, 350, "CN"),
    ("640299", "Sandals of plastic", 1900, 600, "CN"),
    ("420222", "Handbag with outer surface of plastic", 3500, 700, "CN"),
    ("711790", "Imitation jewellery, earrings", 800, 30, "CN"),
    ("851830", "Headphones", 3900, 150, "CN"),
    ("854442", "Charging cable", 700, 60, "CN"),
    ("852580", "Action camera", 6900, 250, "CN"),
    ("910211", "Wrist-watch", 4500, 120, "CN"),
    ("940511", "Desk lamp with clamp", 2490, 850, "CN"),
    ("950300", "Toy building set", 2900, 500, "CN"),
    ("392690", "Phone case of plastic", 500, 50, "CN"),
    ("330499", "Face cream", 1800, 120, "KR"),
    ("490199", "Paperback novel", 1500, 400, "GB"),
    ("621790", "Belt and scarf set", 1600, 250, "IN"),
    ("871200", "Bicycle bell and lamp", 1400, 200, "TW"),
)
_PLATFORMS = ("IM9990000017", "IM9990000028")
_SCHEMES = ("C07 F48", "C07 F49", "C07", "C08")
_GIFT, _DEAREST_GIFT = 3, 3_500  # the place of gifts, and their highest price in hundredths
_CURRENCIES = ("EUR", "USD", "GBP")
_FLAWS = ("short_code", "comma", "no_country", "no_consignee", "tobacco", "above_limit", "unknown_number")

TRUTH_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "flaw": pl.String(),  # of form or of right; null where there is none
    "irregular": pl.Boolean(),  # the value stated is a fraction of the price paid
    "true_amount": pl.String(),  # the price that was paid
}


def parcels(seed: int, first: int, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return rows in REDUCED_COLUMNS from number ``first`` on (from 1), and their truth in TRUTH_COLUMNS."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    keys = np.array([stream("parcels", seed)], np.uint64)
    draws = Draws(np.repeat(keys, count)).derive("row", numbers)
    kind = draws.whole("goods", len(_GOODS))
    price = np.array([one[2] for one in _GOODS])[kind] * (60 + draws.whole("price", 90)) // 100
    grams = np.array([one[3] for one in _GOODS])[kind] * (70 + draws.whole("mass", 80)) // 100 + 1
    irregular = draws.chance("irregular", 0.03)
    stated = np.where(irregular, price * (8 + draws.whole("share", 15)) // 100 + 1, price)
    flaw = np.where(draws.chance("flawed", 0.02), draws.whole("flaw", len(_FLAWS)), -1)
    scheme = np.searchsorted([70, 85, 97], draws.whole("scheme", 100), "right")
    frame = pl.DataFrame(
        {
            "number": numbers,
            "amount": stated,
            "grams": grams,
            "platform": draws.whole("platform", len(_PLATFORMS)),
            "commodity": _words([one[0] for one in _GOODS], kind),
            "description": _words([one[1] for one in _GOODS], kind),
            "origin": _words([one[4] for one in _GOODS], kind),
            "currency": _words(_CURRENCIES, draws.whole("currency", len(_CURRENCIES))),
            "consignee": draws.whole("consignee", 400_000),
            "additional": _words(_SCHEMES, np.where((scheme == _GIFT) & (price > _DEAREST_GIFT), 2, scheme)),
            "flaw": _words((*_FLAWS, None), flaw % (len(_FLAWS) + 1)),
            "price": price,
        }
    )
    rows = frame.with_columns(_stated(seed)).with_columns(_flawed())
    truth = frame.select(
        pl.col("number").alias("row"),
        "flaw",
        pl.Series("irregular", irregular),
        _decimal("price", 2).alias("true_amount"),
    )
    return rows.select(REDUCED_COLUMNS.keys()), truth.select(TRUTH_COLUMNS.keys())


def write_parcels(path: str, seed: int, count: int, part: int = 50_000) -> None:
    """Write so many parcels to a CSV file, a part at a time."""
    with open(path, "wb") as file:  # noqa: PTH123 - Polars writes to what is open
        for rows, first in _parts(seed, count, part):
            rows.write_csv(file, include_header=first == 1)


def _parts(seed: int, count: int, part: int) -> Iterator[tuple[pl.DataFrame, int]]:
    for first in range(1, count + 1, part):
        yield parcels(seed, first, min(part, count - first + 1))[0], first


def _words(words: tuple[str | None, ...] | list[str], places: np.ndarray) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(pl.Series(places))


def _decimal(column: str, digits: int) -> pl.Expr:
    unit = 10**digits
    part = (pl.col(column) % unit).cast(pl.String).str.zfill(digits)
    return pl.concat_str((pl.col(column) // unit).cast(pl.String), pl.lit("."), part)


def _stated(seed: int) -> list[pl.Expr]:
    number = pl.col("number").cast(pl.String)
    scheme = pl.col("additional").str.contains("F48")
    platform = pl.col("platform").replace_strict(dict(enumerate(_PLATFORMS)), return_dtype=pl.String)
    return [
        pl.concat_str(pl.lit(f"P{seed}-"), number).alias("lrn"),
        pl.concat_str(pl.lit(f"HAWB{seed}"), number.str.zfill(9)).alias("transport_document"),
        pl.lit(None, pl.String).alias("ucr"),
        pl.format("Consignee {}", "consignee").alias("importer"),
        pl.format("Sender {}", pl.col("consignee") % 5000).alias("exporter"),
        pl.format("Shop {}", pl.col("consignee") % 900).alias("seller"),
        pl.when(scheme).then(platform).alias("fiscal_reference"),
        pl.lit("4000").alias("procedure"),
        pl.col("additional").alias("additional_procedure"),
        _decimal("amount", 2).alias("item_amount"),
        _decimal("grams", 3).alias("gross_mass"),
        pl.lit("1").alias("packages"),
        pl.col("origin").alias("country_of_export"),
    ]


def _flawed() -> list[pl.Expr]:
    """Return what flaws put in the place of what would be right."""

    def where(flaw: str, stated: str | None, column: str) -> pl.Expr:
        return pl.when(pl.col("flaw") == flaw).then(pl.lit(stated, pl.String)).otherwise(pl.col(column))

    comma = pl.col("item_amount").str.replace(".", ",", literal=True)
    amount = (
        pl.when(pl.col("flaw") == "comma")
        .then(comma)
        .otherwise(where("above_limit", "499.00", "item_amount"))
    )
    code = pl.when(pl.col("flaw") == "short_code").then(pl.lit("94051"))
    scheme = pl.when(pl.col("flaw") == "unknown_number").then(pl.lit("C07 F48"))
    return [
        amount.alias("item_amount"),
        code.otherwise(where("tobacco", "240220", "commodity")).alias("commodity"),
        where("no_country", "ZZ", "country_of_export").alias("country_of_export"),
        where("no_consignee", None, "importer").alias("importer"),
        scheme.otherwise("additional_procedure").alias("additional_procedure"),
        where("unknown_number", "IM9990009999", "fiscal_reference").alias("fiscal_reference"),
    ]
