"""Charges the taxes of one tariff, in their order, each on its base, with what is relieved or secured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.tariff.amounts import charged
from tidegate.tariff.derivation import derivation
from tidegate.tariff.matching import best, fitting, keyed
from tidegate.tariff.measures import RATE_SCALE
from tidegate.tariff.quantities import quantities
from tidegate.tariff.restrictions import not_proven, stands_against, supplementary_units

if TYPE_CHECKING:
    from tidegate.tariff.tables import TariffTables, Tax

LINE_COLUMNS: dict[str, pl.DataType] = {
    "declaration": pl.String(),
    "item": pl.Int32(),
    "tax": pl.String(),
    "regime": pl.String(),  # the duty regime under which it was charged
    "base": pl.Int64(),
    "rate": pl.Int64(),
    "rate_text": pl.String(),
    "amount": pl.Int64(),  # assessed, after what is deducted
    "deducted": pl.Int64(),  # relieved
    "payable": pl.Int64(),
    "secured": pl.Int64(),  # held as security instead of paid
    "derivation": pl.String(),
}
_ROW = ["row", "place", "measure", "duty"]


class Charged(msgspec.Struct, frozen=True):
    """The lines of a tariff, with row, place, measure and duty beside LINE_COLUMNS; and the gaps, by row."""

    lines: pl.DataFrame
    gaps: pl.DataFrame


def charge_tariff(due: pl.DataFrame, tariff: str, reliefs: pl.DataFrame, tables: TariffTables) -> Charged:
    """Charge items, with their values and situations, under one tariff."""
    items, keys = keyed(due.with_columns(_regime(tariff, tables).alias("regime")))
    fits = fitting(keys, tables.measures, tables.groups)
    units = items.select("row", "key").join(supplementary_units(fits), on="key").select("row", "unit")
    counted = _of_parts(quantities(items, units, tables.contents), items)
    gaps = [stands_against(items, fits), not_proven(items, tables)]
    rated = items.filter(pl.col("value").is_not_null())
    totals = rated.group_by("declaration").agg(pl.col("value").sum().alias("consignment_value"))
    rated = rated.join(totals, on="declaration", how="left", maintain_order="left")
    lines: list[pl.DataFrame] = []
    unknown: dict[str, pl.DataFrame] = {}
    held, stated = set(fits["tax"]), rated["declared_taxes"].null_count() < rated.height
    for place, tax in enumerate(tables.taxes_in(tariff)):
        if not tax.by_code and not tax.needed and tax.type not in held and not stated:
            continue  # nobody owes it, and nobody says so
        found, missing = _matched(rated, fits, tax)
        standing, unsupported = _based(found, tax, lines, unknown)
        amounts = charged(standing, tables.measures.components, counted, tables)
        done = amounts.filter(pl.col("amount").is_not_null())
        lacking = amounts.filter(pl.col("amount").is_null())
        waived = _waived(rated, tax, reliefs)
        missing, unsupported, lacking = (
            rows.join(waived, on="row", how="anti", maintain_order="left")
            for rows in (missing, unsupported, lacking)
        )
        unknown[tax.type] = pl.concat(
            [frame.select("row") for frame in (missing, unsupported, lacking)]
        ).unique()
        gaps += _gaps(missing, unsupported, lacking, tax)
        if tax.duty and tax.needed:
            gaps.append(_not_granted(found))
        if tax.if_base:
            done = done.filter(pl.col("base_units") != 0)
        lines.append(_lines(_relieved(done, tax, reliefs, tables), tax, place, tables))
    return Charged(pl.concat(lines), pl.concat(gaps))


def _of_parts(counted: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return the quantities of parts of items: their share, rounded down to the millionth."""
    share = items.select("row", "part", "part_of")
    quantity = pl.col("quantity").cast(pl.Int128) * pl.col("part") // pl.col("part_of")
    return counted.join(share, on="row", maintain_order="left").select("row", "unit", quantity.cast(pl.Int64))


def _regime(tariff: str, tables: TariffTables) -> pl.Expr:
    """Return the duty regime claimed under a tariff: what its own statement says, else what is declared."""
    statement = tables.preference_statements.get(tariff)
    if statement is None:
        return pl.col("declared_regime")
    stated = pl.col("statements").str.extract(rf"(?:^| ){statement}=(\w+)")
    return pl.coalesce(stated, "declared_regime")


def _matched(rated: pl.DataFrame, fits: pl.DataFrame, tax: Tax) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return items with the measure of a tax that fits, and those that owe the tax and have none.

    Both have ``type``, the type the tax goes by.
    """
    if tax.by_code:
        codes = (
            pl.col("additional_code")
            .str.split(" ")
            .list.eval(
                pl.element().filter(
                    pl.element().str.starts_with(tax.by_code) & ~pl.element().is_in(list(tax.free_codes))
                )
            )
        )
        called = rated.with_columns(codes.list.first().alias("calling")).filter(
            pl.col("calling").is_not_null()
        )
        called = called.with_columns(pl.col("calling").str.slice(len(tax.by_code)).alias("type"))
        types = called["type"].unique().to_list()
        chosen = pl.concat([best(fits, [one], several=tax.several) for one in types] or [fits.clear()])
        found = called.join(chosen, left_on=["key", "type"], right_on=["key", "tax"])
        found = found.with_columns(pl.col("type").alias("tax"))
        return found, called.join(found.select("row"), on="row", how="anti")
    typed = rated.with_columns(pl.lit(tax.type).alias("type"))
    found = typed.join(best(fits, [tax.type], several=tax.several), on="key", maintain_order="left")
    stated = pl.concat_str(pl.lit(" "), pl.col("declared_taxes").fill_null("")).str.contains(f" {tax.type}=")
    owing = typed if tax.needed else typed.filter(stated)
    return found, owing.join(found.select("row"), on="row", how="anti")


def _based(
    found: pl.DataFrame, tax: Tax, lines: list[pl.DataFrame], unknown: dict[str, pl.DataFrame]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add ``base`` in 128 bits; also return the items whose base stands on something that is not known."""
    lacking = [unknown[on].with_columns(stands_on=pl.lit(on)) for on in tax.on if on in unknown]
    if lacking:
        lacks = pl.concat(lacking).unique("row", keep="first", maintain_order=True)
        unsupported = found.join(lacks, on="row").unique("row")
        found = found.join(lacks, on="row", how="anti", maintain_order="left")
    else:
        unsupported = found.clear().with_columns(stands_on=pl.lit(None, pl.String))
    base = pl.col("value").cast(pl.Int128) * int(tax.value)
    if tax.charges and f"charge_{tax.charges}" in found.columns:
        base = base + pl.col(f"charge_{tax.charges}")
    if not tax.on or not lines:
        return found.with_columns(base.alias("base")), unsupported
    on = pl.concat(lines).filter(pl.col("entry").is_in(list(tax.on)))
    added = on.group_by("row").agg(pl.col("amount").cast(pl.Int128).sum().alias("added_amounts"))
    based = found.join(added, on="row", how="left", maintain_order="left")
    return based.with_columns((base + pl.col("added_amounts").fill_null(0)).alias("base")), unsupported


def _waived(rated: pl.DataFrame, tax: Tax, reliefs: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that a relief frees from a tax whatever their value: its amount is not asked for."""
    frees = pl.col("effect").is_in(["relieved", "nil"]) & pl.col("up_to").is_null()
    of_tax = reliefs.filter(pl.col("relieved_tax").is_in(["", tax.type]) & frees)
    return rated.select("row", "situation").join(of_tax, on="situation", how="semi").select("row")


def _relieved(done: pl.DataFrame, tax: Tax, reliefs: pl.DataFrame, tables: TariffTables) -> pl.DataFrame:
    """Add what is deducted, payable and secured, and the words for it."""
    of_tax = reliefs.filter(pl.col("relieved_tax").is_in(["", tax.type]))
    if of_tax.is_empty():
        relieved = done.with_columns(
            pl.lit(None, pl.String).alias("effect"), pl.lit(None, pl.String).alias("relief_source")
        )
    else:
        fits = done.select("row", "situation", "consignment_value").join(of_tax, on="situation")
        fits = fits.filter(pl.col("up_to").is_null() | (pl.col("consignment_value") <= pl.col("up_to")))
        first = fits.unique("row", keep="first", maintain_order=True).select("row", "effect", "relief_source")
        relieved = done.join(first, on="row", how="left", maintain_order="left")
    amount, effect = pl.col("amount"), pl.col("effect").fill_null("")
    secured = _method(tax).is_in(sorted(tables.secured_methods)).fill_null(value=False)
    nothing = effect.is_in(["relieved", "nil"])
    return relieved.with_columns(
        pl.when(nothing).then(0).otherwise(amount).alias("amount"),
        pl.when(effect == "relieved").then(amount).otherwise(0).alias("deducted"),
        pl.when(nothing | (effect == "suspended") | secured).then(0).otherwise(amount).alias("payable"),
        pl.when(secured & (effect != "nil")).then(amount).otherwise(0).alias("secured"),
    )


def _method(tax: Tax) -> pl.Expr:
    """Return the method of payment of a tax: its own, else the one stated first."""
    own = pl.concat_str(pl.lit(" "), pl.col("declared_taxes")).str.extract(rf" {tax.type}=(\w)")
    return pl.coalesce(own, "payment_method")


def _lines(done: pl.DataFrame, tax: Tax, place: int, tables: TariffTables) -> pl.DataFrame:
    exact = pl.col("share").cast(pl.Int128) * (100 * RATE_SCALE)
    rate = pl.when(exact % pl.col("whole") == 0).then(exact // pl.col("whole")).cast(pl.Int64)
    return done.select(
        "row",
        pl.lit(place).alias("place"),
        "measure",
        pl.lit(tax.duty).alias("duty"),
        pl.lit(tax.type).alias("entry"),
        "tax",
        "regime",
        pl.col("base_units").alias("base"),
        rate.alias("rate"),
        "rate_text",
        "amount",
        "deducted",
        "payable",
        "secured",
        derivation(tables).alias("derivation"),
    )


def _not_granted(found: pl.DataFrame) -> pl.DataFrame:
    """Tell which items claim a preference that no measure grants them."""
    claimed = ~pl.col("regime").str.starts_with("1") & pl.col("for_preference").is_null()
    words = pl.format(
        "{} for {} of {}", "regime", "commodity", pl.col("claimed_origin").fill_null("no origin stated")
    )
    return found.filter(claimed).select("row", pl.lit("preference").alias("gap"), words.alias("detail"))


def _gaps(
    missing: pl.DataFrame, unsupported: pl.DataFrame, lacking: pl.DataFrame, tax: Tax
) -> list[pl.DataFrame]:
    named = pl.format("{} for {}", "type", "commodity")
    more = pl.when(pl.col("lack") == "").then(named).otherwise(pl.format("{}: {}", named, "lack"))
    return [
        missing.select("row", pl.lit("rate").alias("gap"), named.alias("detail")),
        unsupported.select(
            "row",
            pl.lit("base").alias("gap"),
            pl.format("{}: {}", pl.lit(tax.type), "stands_on").alias("detail"),
        ),
        lacking.select("row", pl.col("lacking").alias("gap"), more.alias("detail")),
    ]
