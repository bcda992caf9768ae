"""What goods items are worth and what they owe: one implementation over frames, exact to the minor unit.

Thin for now: transaction value converted at the rate of the day, ad valorem rates by the beginning of the
commodity code. The way in and the way out are the ones the tariff will keep.

Roundings are named: *half-up* to the minor unit, once for the value and once for each amount. Products are
made in 128 bits; what comes to more than ``LARGEST`` minor units is a gap, so that no sum of results can
leave 64 bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.declarations.frame import MONEY_SCALE
from tidegate.tariff.tables import EXCHANGE_SCALE, MAX_CODE, RATE_SCALE

if TYPE_CHECKING:
    from tidegate.tariff.tables import TariffTables, Tax

LARGEST = 10**18  # minor units of the accounting currency: no value, base or amount is larger

_ITEM = ["declaration", "item"]


class Assessment(msgspec.Struct, frozen=True):
    """What an assessment of a frame of goods items gives.

    - ``values``: one row an item of the frame, in its order: declaration, item, value (minor units of the
      accounting currency, null where none could be worked out).
    - ``lines``: declaration, item, tax, base, rate, amount (minor units; rate in ten-thousandths of a per
      cent), derivation in words; ordered by declaration as in the frame, item, and the order of taxes.
    - ``gaps``: declaration, item, gap (``value``, ``exchange``, ``rate`` or ``size``), detail: what could
      not be worked out, and why.
    """

    values: pl.DataFrame
    lines: pl.DataFrame
    gaps: pl.DataFrame


def assess(frame: pl.DataFrame, tables: TariffTables) -> Assessment:
    """Work out value and taxes of a frame with the goods-item columns."""
    ordered = frame.with_row_index("row")
    valued = _values(ordered, tables)
    due = valued.filter(
        pl.col("declaration_type").str.slice(0, 2) != "EX",
        pl.col("procedure").str.slice(0, 2).is_in(sorted(tables.due_procedures)),
        pl.col("commodity").is_not_null(),
    )
    rated = due.filter(pl.col("value").is_not_null())
    lines: list[pl.DataFrame] = []
    gaps = [_value_gaps(due)]
    for place, tax in enumerate(tables.taxes):
        named = pl.format("{} for {}", pl.lit(tax.type), pl.col("commodity"))
        found = _best_rates(rated, tables.rates, tax.type)
        missing = rated.join(found.select("row"), on="row", how="anti")
        charged = _with_amount(_with_base(found, tax, lines))
        large = charged.filter(pl.col("amount").is_null())
        gaps += [_gap(missing, "rate", named), _gap(large, "size", named)]
        lines.append(_lines(charged.filter(pl.col("amount").is_not_null()), place, tables))
        # Nothing more is worked out for an item whose duty has no amount: its other taxes stand on it.
        rated = rated.join(large.select("row"), on="row", how="anti", maintain_order="left")
    return Assessment(
        values=valued.select(*_ITEM, "value"),
        lines=pl.concat(lines).sort("row", "place").drop("row", "place"),
        gaps=pl.concat(gaps).sort("row", "gap", "detail").drop("row"),
    )


def _values(frame: pl.DataFrame, tables: TariffTables) -> pl.DataFrame:
    """Add ``value`` in minor units: the item price, else the statistical value, at the rate of the day."""
    minor = 10**tables.minor_digits
    stated = frame.with_columns(
        pl.coalesce("item_amount", "statistical_amount").alias("stated"),
        pl.when(pl.col("item_amount").is_not_null())
        .then(pl.col("currency"))
        .otherwise(pl.col("statistical_currency"))
        .fill_null(tables.currency)
        .alias("stated_currency"),
        pl.col("occurred").dt.date().alias("day"),
    )
    rates = (
        stated.select("row", "day", "stated_currency")
        .join(tables.exchange, left_on="stated_currency", right_on="currency", how="inner")
        .filter(_in_force("day", "exchange_from", "exchange_until"))
        .sort("row", "exchange_from")
        .unique("row", keep="last", maintain_order=True)
        .select("row", "exchange")
    )
    own = pl.col("stated_currency") == tables.currency
    exchanged = stated.join(rates, on="row", how="left").with_columns(
        pl.when(own).then(pl.lit(EXCHANGE_SCALE, pl.Int64)).otherwise(pl.col("exchange")).alias("exchange")
    )
    amount = pl.col("stated").cast(pl.Int128) * (EXCHANGE_SCALE * minor)
    value = _half_up(amount, pl.col("exchange").cast(pl.Int128) * MONEY_SCALE)
    return exchanged.with_columns(_bounded(value).alias("value")).sort("row")


def _best_rates(items: pl.DataFrame, rates: pl.DataFrame, tax: str) -> pl.DataFrame:
    """Join each item with the one rate that fits it best.

    A rate for an additional code that is stated goes before one without, a preference that is claimed before
    the rate for everyone, however far each is spelt out; then the longest beginning of the commodity code,
    the rate of the origin, the latest, and the last in the table.
    """
    of_tax = rates.filter(pl.col("tax") == tax)
    lengths = sorted(set(of_tax["prefix"].str.len_bytes()) & set(range(MAX_CODE + 1)))
    if not lengths:
        return items.clear().join(of_tax.clear(), how="cross")
    candidates = pl.concat(
        items.with_columns(pl.col("commodity").str.slice(0, length).alias("prefix"))
        .join(of_tax.filter(pl.col("prefix").str.len_bytes() == length), on="prefix", suffix="_rate")
        .with_columns(pl.lit(length).alias("length"))
        for length in lengths
    )
    additional = (pl.lit(" ") + pl.col("additional_code").fill_null("") + pl.lit(" ")).str.contains(
        pl.lit(" ") + pl.col("additional_code_rate") + pl.lit(" "), literal=True
    )
    return (
        candidates.filter(
            _in_force("day", "rate_from", "rate_until"),
            pl.col("origin_rate").is_null() | (pl.col("origin_rate") == _origin()),
            pl.col("preference_rate").is_null() | (pl.col("preference_rate") == pl.col("preference")),
            pl.col("additional_code_rate").is_null() | additional,
        )
        .with_columns(
            pl.col("additional_code_rate").is_not_null().alias("by_additional"),
            pl.col("preference_rate").is_not_null().alias("by_preference"),
            pl.col("origin_rate").is_not_null().alias("by_origin"),
        )
        .sort("row", "by_additional", "by_preference", "length", "by_origin", "rate_from", "rate_row")
        .unique("row", keep="last", maintain_order=True)
    )


def _origin() -> pl.Expr:
    """Return the origin that counts: the preferential one where preference is claimed."""
    claimed = pl.col("preference").fill_null("100").str.starts_with("1").not_()
    return pl.when(claimed).then(pl.coalesce("preferential_origin", "origin")).otherwise(pl.col("origin"))


def _with_base(items: pl.DataFrame, tax: Tax, earlier: list[pl.DataFrame]) -> pl.DataFrame:
    """Add ``base`` in 128 bits: the value, and the amounts of the taxes this one is charged on."""
    on = [lines.filter(pl.col("tax").is_in(list(tax.on))).select("row", "amount") for lines in earlier]
    if not on or not tax.on:
        return items.with_columns(pl.col("value").cast(pl.Int128).alias("base"))
    added = pl.concat(on).group_by("row").agg(pl.col("amount").cast(pl.Int128).sum().alias("added"))
    return items.join(added, on="row", how="left").with_columns(
        (pl.col("value") + pl.col("added").fill_null(0)).alias("base")
    )


def _with_amount(items: pl.DataFrame) -> pl.DataFrame:
    """Add ``amount``, which is null where it or the base is larger than an amount may be."""
    amount = _bounded(_half_up(pl.col("base") * pl.col("rate"), pl.lit(100 * RATE_SCALE, pl.Int128)))
    base = _bounded(pl.col("base"))
    return items.with_columns(base.alias("base"), pl.when(base.is_not_null()).then(amount).alias("amount"))


def _lines(items: pl.DataFrame, place: int, tables: TariffTables) -> pl.DataFrame:
    return items.select(
        "row",
        pl.lit(place).alias("place"),
        *_ITEM,
        "tax",
        "base",
        "rate",
        "amount",
        _derivation(tables).alias("derivation"),
    )


def _derivation(tables: TariffTables) -> pl.Expr:
    """Say in words how an amount came about, with the values it used."""
    exchanged = (
        pl.when(pl.col("stated_currency") == tables.currency)
        .then(pl.lit(""))
        .otherwise(
            pl.format(
                "; {} {} at {} to one {}",
                _shown(pl.col("stated"), 3, keep=2),
                pl.col("stated_currency"),
                _shown(pl.col("exchange"), 6),
                pl.lit(tables.currency),
            )
        )
    )
    by = pl.when(pl.col("prefix") == "").then(pl.lit("all goods")).otherwise(pl.col("prefix"))
    return pl.format(
        "{} % of {} {} for {} from {} ({}){}",
        _shown(pl.col("rate"), 4),
        _shown(pl.col("base"), tables.minor_digits, keep=tables.minor_digits),
        pl.lit(tables.currency),
        by,
        pl.col("rate_from"),
        pl.col("source"),
        exchanged,
    )


def _shown(units: pl.Expr, digits: int, keep: int = 0) -> pl.Expr:
    """Return scaled integers as decimal text, without zeros at the end beyond ``keep`` decimals."""
    sign = pl.when(units < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    whole, part = units.abs() // 10**digits, (units.abs() % 10**digits).cast(pl.String).str.zfill(digits)
    kept, loose = part.str.slice(0, keep), part.str.slice(keep).str.strip_chars_end("0")
    part = kept + loose
    return pl.concat_str(
        sign, whole.cast(pl.String), pl.when(part == "").then(pl.lit("")).otherwise(pl.lit(".") + part)
    )


def _half_up(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Return numerator / denominator rounded half up, away from zero; both are Int128."""
    size = (2 * numerator.abs() + denominator) // (2 * denominator)
    # Polars negates Int128 columns but not scalars: a frame of one row needs the subtraction.
    return pl.when(numerator < 0).then(pl.lit(0, pl.Int128) - size).otherwise(size)


def _bounded(units: pl.Expr) -> pl.Expr:
    """Return 128-bit units in 64 bits, null where they are larger than ``LARGEST``."""
    return pl.when(units.abs() <= LARGEST).then(units).cast(pl.Int64)


def _in_force(day: str, start: str, end: str) -> pl.Expr:
    return (pl.col(start) <= pl.col(day)) & (pl.col(end).is_null() | (pl.col(day) <= pl.col(end)))


def _value_gaps(due: pl.DataFrame) -> pl.DataFrame:
    without = due.filter(pl.col("value").is_null())
    stated, exchanged = pl.col("stated").is_not_null(), pl.col("exchange").is_not_null()
    on_day = pl.format("{} on {}", pl.col("stated_currency"), pl.col("day"))
    return pl.concat(
        [
            _gap(without.filter(~stated), "value", pl.lit("")),
            _gap(without.filter(stated & ~exchanged), "exchange", on_day),
            _gap(without.filter(stated & exchanged), "size", pl.lit("the value")),
        ]
    )


def _gap(items: pl.DataFrame, gap: str, detail: pl.Expr) -> pl.DataFrame:
    return items.select("row", *_ITEM, pl.lit(gap).alias("gap"), detail.alias("detail"))
