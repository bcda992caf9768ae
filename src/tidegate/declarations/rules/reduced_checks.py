"""What rules of the reduced data set look at: expressions that are true where a row does not keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tidegate.declarations.rules.reduced_rule import FrameCheck, ReducedContext


def read(check: pl.Expr) -> pl.Expr:
    """Return a check that says nothing of a row that was not read."""
    return pl.col("unread").is_null() & check


def absent(column: str) -> FrameCheck:
    """Return the check that a column is not stated."""
    return lambda _context: read(pl.col(column).is_null())


def not_like(column: str, pattern: str) -> FrameCheck:
    """Return the check that what is stated does not have a form."""
    return lambda _context: ~pl.col(column).str.contains(pattern)


def without_transport(_context: ReducedContext) -> pl.Expr:
    """Neither transport document nor UCR is stated."""
    return read(pl.col("transport_document").is_null() & pl.col("ucr").is_null())


def no_country(column: str) -> FrameCheck:
    """Return the check that a code is on no list of countries."""

    def check(context: ReducedContext) -> pl.Expr:
        codes = context.codes
        known = codes.countries | codes.further_countries | {codes.country}
        return ~pl.col(column).is_in(sorted(known))

    return check


def no_currency(context: ReducedContext) -> pl.Expr:
    """The currency is on no list."""
    return ~pl.col("currency").is_in(sorted(context.codes.currencies))


def no_procedure(context: ReducedContext) -> pl.Expr:
    """The procedure is none that the administration takes so."""
    return ~pl.col("procedure").is_in(sorted(context.low_value.procedures))


def _words() -> pl.Expr:
    return pl.col("additional_procedure").str.split(" ")


def _among(codes: Iterable[str]) -> pl.Expr:
    """Return how many of the additional procedures are among these codes."""
    return _words().list.set_intersection(sorted(codes)).list.len()


def no_ground(context: ReducedContext) -> pl.Expr:
    """The additional procedures name not one ground, but none or several."""
    return _among(one.code for one in context.low_value.grounds) != 1


def strange_procedure(context: ReducedContext) -> pl.Expr:
    """An additional procedure is neither a ground nor a scheme."""
    low_value = context.low_value
    known = [one.code for one in low_value.grounds] + [one.code for one in low_value.schemes]
    return _words().list.set_difference(known).list.len() > 0


def _needs_number(context: ReducedContext) -> pl.Expr:
    return _among(one.code for one in context.low_value.schemes if one.needs_number) > 0


def no_number(context: ReducedContext) -> pl.Expr:
    """A scheme needs a number, and none is stated."""
    return _needs_number(context) & pl.col("fiscal_reference").is_null()


def not_registered(context: ReducedContext) -> pl.Expr:
    """A scheme needs a number, and the one stated is not registered."""
    registered = [one.number for one in context.low_value.platforms]
    return _needs_number(context) & ~pl.col("fiscal_reference").is_in(registered)


def excluded(context: ReducedContext) -> pl.Expr:
    """Goods of this code are left out."""
    begins = [pl.col("commodity").str.starts_with(one.commodity) for one in context.low_value.excluded]
    return pl.any_horizontal(begins) if begins else pl.lit(value=False)


def limit(context: ReducedContext) -> pl.Expr:
    """Return the largest value in minor units by the ground stated; null where none is."""
    unit = 10**context.minor_digits
    limits = [
        pl.when(_words().list.contains(one.code)).then(pl.lit(int(one.up_to * unit), pl.Int64))
        for one in context.low_value.grounds
    ]
    return pl.min_horizontal(limits) if limits else pl.lit(None, pl.Int64)


def above(context: ReducedContext) -> pl.Expr:
    """The value is above the limit of its ground."""
    return pl.col("value") > limit(context)


def money(of: pl.Expr, context: ReducedContext) -> pl.Expr:
    """Return minor units as an amount with its currency."""
    unit, digits = 10**context.minor_digits, context.minor_digits
    whole = (of // unit).cast(pl.String)
    part = pl.lit(".") + (of % unit).cast(pl.String).str.zfill(digits) if digits else pl.lit("")
    return pl.concat_str(whole, part, pl.lit(f" {context.currency}"))
