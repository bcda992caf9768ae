"""Customs value: the price paid, what is added to it and deducted, in the accounting currency.

The methods of the WTO agreement are taken as the declarant states them; what they are applied to is, in this
order, the price of the item, its statistical value, the customs value stated. Additions and deductions are
those of the item and the item's part of those of the whole shipment; freight of the whole shipment is one
where the delivery terms leave it out of the price.

Roundings: the price and each charge are converted and rounded once, to minor units, as the administration
rounds values. What the items of a shipment share is split by their prices in whole minor units, rounded
down; what is left over falls to the item with the highest price, the first of these by number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.declarations.frame import MONEY_SCALE
from tidegate.tariff.exact import LARGEST, bounded, divided
from tidegate.tariff.exchange import EXCHANGE_SCALE, exchange_on
from tidegate.tariff.terms import WITHOUT_FREIGHT, WITHOUT_INSURANCE

if TYPE_CHECKING:
    from tidegate.tariff.rules import ChargeRule
    from tidegate.tariff.tables import TariffTables

_CHARGES = ["row", "declaration", "day", "code", "amount", "currency", "shared"]


def valued(items: pl.DataFrame, tables: TariffTables) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add values to items with ``row`` and ``day``; also return what stood in the way, by row.

    Added: ``stated`` and ``stated_currency`` (what is converted, in thousandths), ``exchange``, ``price``,
    ``added`` and ``value`` (minor units; value is null where it could not be worked out) and one column
    ``charge_BASE`` for each base beside the value that charges go into. The second frame has ``row``,
    ``gap`` and ``detail``.
    """
    priced = _priced(items, tables)
    if not _any_charges(priced):
        return _plainly_valued(priced, tables)
    charges = _charges(priced, tables)
    gaps = [
        _price_gaps(priced, tables.currency),
        _charge_gaps(charges, priced),
        _term_gaps(priced, charges, tables),
    ]
    amounts = _amounts(priced, charges)
    unknown = pl.concat([gap.filter(pl.col("gap") != "terms").select("row") for gap in gaps]).unique()
    bases = sorted({rule.into for rule in tables.charges} | {"value"})
    for base in bases:
        of_base = (
            amounts.filter(pl.col("into") == base).group_by("row").agg(pl.col("minor").sum().alias(base))
        )
        priced = priced.join(
            of_base.rename({base: f"charge_{base}"}), on="row", how="left", maintain_order="left"
        ).with_columns(pl.col(f"charge_{base}").fill_null(0))
    total = pl.col("price").cast(pl.Int128) + pl.col("charge_value")
    known = priced.join(unknown.with_columns(known=False), on="row", how="left", maintain_order="left")
    value = pl.when(pl.col("known").is_null()).then(bounded(total)).alias("value")
    return known.with_columns(value, pl.col("charge_value").alias("added")).drop("known"), pl.concat(gaps)


def _any_charges(items: pl.DataFrame) -> bool:
    """Tell whether there is anything beside prices: charges, or terms that leave out a part of the value."""
    stated = any(items[column].null_count() < items.height for column in ("charges", "shipment_charges"))
    return stated or bool(items["incoterm"].is_in(list(WITHOUT_INSURANCE)).any())


def _plainly_valued(priced: pl.DataFrame, tables: TariffTables) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the columns that ``valued`` adds, where the value is the price: most goods."""
    gaps = _price_gaps(priced, tables.currency)
    nothing = [pl.lit(0, pl.Int64).alias(f"charge_{rule.into}") for rule in tables.charges]
    value = pl.when(pl.col("price") >= 0).then("price").alias("value")
    return priced.with_columns(
        *{str(one): one for one in nothing}.values(), value, pl.lit(0).alias("added")
    ), gaps


def _priced(items: pl.DataFrame, tables: TariffTables) -> pl.DataFrame:
    currency = (
        pl.when(pl.col("item_amount").is_not_null())
        .then(pl.col("currency"))
        .when(pl.col("statistical_amount").is_not_null())
        .then(pl.col("statistical_currency"))
        .otherwise(pl.col("stated_value_currency"))
        .fill_null(tables.currency)
    )
    stated = items.with_columns(
        pl.coalesce("item_amount", "statistical_amount", "stated_value").alias("stated"),
        currency.alias("stated_currency"),
    )
    rates = exchange_on(
        stated.select("day", pl.col("stated_currency").alias("currency")), tables.exchange, tables.currency
    )
    return stated.with_columns(rates["exchange"]).with_columns(
        _minor(pl.col("stated"), tables).alias("price")
    )


def _minor(amount: pl.Expr, tables: TariffTables) -> pl.Expr:
    """Convert thousandths at ``exchange`` to minor units."""
    numerator = amount.cast(pl.Int128) * (EXCHANGE_SCALE * 10**tables.minor_digits)
    return bounded(
        divided(numerator, pl.col("exchange").cast(pl.Int128) * MONEY_SCALE, tables.rounding.value)
    )


def _charges(priced: pl.DataFrame, tables: TariffTables) -> pl.DataFrame:
    """Return each charge: the columns of _CHARGES, what its code means, exchange and minor units.

    A charge of a shipment stands once, with the row of the shipment's first item.
    """
    firsts = priced.unique("declaration", keep="first", maintain_order=True)
    freight = firsts.filter(
        pl.col("incoterm").is_in(list(WITHOUT_FREIGHT))
        & pl.col("freight_amount").is_not_null()
        & (pl.lit(tables.value_basis) == "CIF")
    ).select(
        "row",
        "declaration",
        "day",
        pl.lit("freight").alias("code"),
        pl.col("freight_amount").alias("amount"),
        pl.col("freight_currency").alias("currency"),
        pl.lit(value=True).alias("shared"),
    )
    stated = pl.concat([_exploded(priced, "charges"), _exploded(firsts, "shipment_charges"), freight])
    stated = stated.with_columns(pl.col("currency").fill_null(tables.currency))
    stated = exchange_on(stated, tables.exchange, tables.currency)
    meanings = _meanings(stated, tables.charges)
    return stated.join(meanings, on=["code", "day"], how="left", nulls_equal=True).with_columns(
        (_minor(pl.col("amount"), tables) * pl.col("sign")).alias("minor")
    )


def _exploded(items: pl.DataFrame, column: str) -> pl.DataFrame:
    shared = pl.lit(column == "shipment_charges").alias("shared")
    if items[column].null_count() == items.height:
        return items.head(0).select(
            "row",
            "declaration",
            "day",
            pl.lit(None, pl.String).alias("code"),
            pl.lit(None, pl.Int64).alias("amount"),
            pl.lit(None, pl.String).alias("currency"),
            shared,
        )
    one_each = items.select("row", "declaration", "day", column).explode(column).drop_nulls(column)
    return one_each.unnest(column).select(*_CHARGES[:-1], shared)


def _meanings(stated: pl.DataFrame, rules: tuple[ChargeRule, ...]) -> pl.DataFrame:
    """Return what each code means on each day it is stated; a code that means nothing then has no row."""
    found = []
    for code, day in stated.select("code", "day").unique(maintain_order=True).iter_rows():
        if code == "freight":
            found.append((code, day, 1, "value", "freight"))
        of_code = [rule for rule in rules if rule.code == code and rule.in_force(day)]
        found += [(code, day, rule.sign, rule.into, rule.kind) for rule in of_code[-1:]]
    schema = {
        "code": pl.String(),
        "day": pl.Date(),
        "sign": pl.Int64(),
        "into": pl.String(),
        "kind": pl.String(),
    }
    return pl.DataFrame(found, schema=schema, orient="row")


def _amounts(priced: pl.DataFrame, charges: pl.DataFrame) -> pl.DataFrame:
    """Return row, into, minor: charges of items as they are, those of shipments split over the items."""
    known = charges.filter(pl.col("minor").is_not_null())
    own = known.filter(~pl.col("shared")).select("row", "into", "minor")
    shared = known.filter("shared").group_by("declaration", "into").agg(pl.col("minor").sum().alias("whole"))
    if shared.is_empty():
        return own
    items = priced.select("row", "declaration", "item", pl.col("price").fill_null(0).clip(0).alias("weight"))
    split = items.join(shared, on="declaration").with_columns(
        pl.col("weight").sum().over("declaration", "into").alias("weights"),
        pl.len().over("declaration", "into").alias("count"),
    )
    # Where no item has a price of its own, they share alike.
    weight = pl.when(pl.col("weights") == 0).then(1).otherwise(pl.col("weight")).cast(pl.Int128)
    weights = (
        pl.when(pl.col("weights") == 0).then(pl.col("count")).otherwise(pl.col("weights")).cast(pl.Int128)
    )
    part = divided(pl.col("whole") * weight, weights, "down").cast(pl.Int64)
    split = split.with_columns(part.alias("part")).sort(
        "declaration", "into", "weight", "item", "row", descending=[False, False, True, False, False]
    )
    left = pl.col("whole") - pl.col("part").sum().over("declaration", "into")
    first = pl.int_range(pl.len()).over("declaration", "into") == 0
    minor = pl.col("part") + pl.when(first).then(left).otherwise(0)
    return pl.concat([own, split.select("row", "into", minor.alias("minor"))])


def _price_gaps(priced: pl.DataFrame, currency: str) -> pl.DataFrame:
    without = priced.filter(pl.col("price").is_null())
    stated, exchanged = pl.col("stated").is_not_null(), pl.col("exchange").is_not_null()
    on_day = pl.format("{} on {}", pl.col("stated_currency"), pl.col("day"))
    negative = priced.filter(pl.col("price") < 0)
    below = pl.format("{} {}", pl.col("stated") / MONEY_SCALE, pl.col("stated_currency").fill_null(currency))
    return pl.concat(
        [
            _gap(without.filter(~stated), "value", pl.lit("")),
            _gap(without.filter(stated & ~exchanged), "exchange", on_day),
            _gap(without.filter(stated & exchanged), "size", pl.lit("the value")),
            _gap(negative, "negative", below),
        ]
    )


def _charge_gaps(charges: pl.DataFrame, priced: pl.DataFrame) -> pl.DataFrame:
    """Tell which charges could not be taken into account; one of a shipment is in the way of every item."""
    everywhere = (
        charges.filter("shared").drop("row").join(priced.select("declaration", "row"), on="declaration")
    )
    charges = pl.concat([charges.filter(~pl.col("shared")), everywhere.select(charges.columns)])
    meant, exchanged = pl.col("sign").is_not_null(), pl.col("exchange").is_not_null()
    on_day = pl.format("{} on {}", pl.col("currency"), pl.col("day"))
    unvalued = meant & exchanged & pl.col("minor").is_null()
    return pl.concat(
        [
            _gap(charges.filter(~meant), "charge", pl.col("code").fill_null("without a code")),
            _gap(charges.filter(meant & ~exchanged), "exchange", on_day),
            _gap(charges.filter(unvalued), "size", pl.format("the charge {}", pl.col("code"))),
        ]
    )


def _term_gaps(priced: pl.DataFrame, charges: pl.DataFrame, tables: TariffTables) -> pl.DataFrame:
    """Tell where the delivery terms leave out of the price what belongs to the value, and none is added."""
    if tables.value_basis != "CIF":
        return _gap(priced.head(0), "terms", pl.lit(""))
    told = []
    for kind, terms in (("freight", WITHOUT_FREIGHT), ("insurance", WITHOUT_INSURANCE)):
        added = charges.filter((pl.col("kind") == kind) & (pl.col("sign") > 0)).select("declaration").unique()
        lacking = priced.filter(pl.col("incoterm").is_in(list(terms))).join(
            added, on="declaration", how="anti"
        )
        told.append(_gap(lacking, "terms", pl.format("{}: {}", pl.col("incoterm"), pl.lit(kind))))
    return pl.concat(told)


def _gap(rows: pl.DataFrame, gap: str, detail: pl.Expr) -> pl.DataFrame:
    return rows.select("row", pl.lit(gap).alias("gap"), detail.cast(pl.String).alias("detail"))


assert LARGEST * LARGEST < 2**127, "a charge times the price of an item fits into 128 bits"
