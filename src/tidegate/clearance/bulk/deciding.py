"""Decides on rows of the reduced data set over one frame: findings, value, taxes, score, reasons.

The path is that of a single declaration: the same tariff, the same features, the same profiles. Only the
rules are others, for the data set is another. What is decided on a row depends on it and on what its upload
says, never on the rows beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.clearance.decision import Terms
from tidegate.declarations.reduced import LowValue, reduced_items
from tidegate.declarations.rules import RuleContext
from tidegate.declarations.rules.reduced import REFERENCE_RULES, STATED_RULES, VALUE_RULES
from tidegate.declarations.rules.reduced_rule import FINDING_COLUMNS, ReducedContext, judge_rows
from tidegate.risk import Policy, apply_profiles, features
from tidegate.tariff import assess
from tidegate.tariff.exact import shown
from tidegate.tariff.telling import gap_finding

if TYPE_CHECKING:
    from tidegate.declarations.reduced import Lodgement
    from tidegate.tariff import Assessment

_BARS = frozenset({"prohibited"})  # gaps of an assessment that stand against acceptance here
_RATE_DIGITS = 4

FOUND = pl.Struct({name: kind for name, kind in FINDING_COLUMNS.items() if name != "row"})
TAX = pl.Struct({name: pl.String() for name in ("type", "base", "rate", "amount", "payable", "derivation")})
REASON = pl.Struct({"profile": pl.String(), "weight": pl.Float64(), "text": pl.String()})

# What is decided on each row, before its channel is chosen. Money is whole minor units.
DECISION_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "lrn": pl.String(),
    "declaration": pl.String(),
    "accepted": pl.Boolean(),
    "findings": pl.List(FOUND),
    "value": pl.Int64(),
    "taxes": pl.List(TAX),
    "due": pl.Int64(),
    "due_now": pl.Int64(),
    "score": pl.Float64(),
    "reasons": pl.List(REASON),
}

# What the taxes of all rows come to.
TOTAL_COLUMNS: dict[str, pl.DataType] = {"type": pl.String(), "amount": pl.Int64(), "payable": pl.Int64()}


# Told rows that would be accepted (row, lrn), returns what each reference was accepted as: row, earlier.
Known = Callable[[pl.DataFrame], pl.DataFrame]


class BulkTerms(msgspec.Struct, frozen=True, kw_only=True):
    """All that decisions on low-value consignments go by: an administration's terms, and what differs."""

    terms: Terms
    low_value: LowValue
    policy: Policy


class DecidedRows(msgspec.Struct, frozen=True):
    """Decisions on the rows of a part, in DECISION_COLUMNS and their order; totals in TOTAL_COLUMNS."""

    rows: pl.DataFrame
    totals: pl.DataFrame
    findings: dict[str, int]


def decide_rows(rows: pl.DataFrame, lodgement: Lodgement, terms: BulkTerms, known: Known) -> DecidedRows:
    """Decide on rows in ROW_COLUMNS; ``known`` is asked which references were accepted before."""
    context = _context(terms, lodgement)
    found = judge_rows(rows, context, STATED_RULES)
    sound = _without(rows, found)
    platforms = [one.number for one in context.low_value.platforms]
    items = reduced_items(sound, lodgement, platforms)
    assessment = assess(items, terms.terms.tariff)
    numbers = items.select("declaration", row=sound["row"])
    valued = sound.with_columns(assessment.values["value"])
    late = pl.concat([judge_rows(valued, context, VALUE_RULES), _gaps(assessment, numbers)])
    standing = _without(sound, late)
    earlier = known(standing.select("row", "lrn"))
    told = standing.join(earlier, on="row", how="left", maintain_order="left")
    found = pl.concat([found, late, judge_rows(told, context, REFERENCE_RULES)])
    found = found.sort("row", maintain_order=True)
    taxes = _taxes(assessment, sound.join(numbers, on="row"), _paid_later(context, terms, lodgement))
    weighed = _weighed(items, assessment, numbers, terms)
    named = rows.select(
        "row", "lrn", pl.format("{}#{}", pl.lit(lodgement.upload), "row").alias("declaration")
    )
    return _whole(named, found, weighed, taxes, context.minor_digits)


def _without(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that nothing found stands against."""
    stopped = found.filter(pl.col("severity") == "error").select("row").unique()
    return rows.join(stopped, on="row", how="anti", maintain_order="left")


def _context(terms: BulkTerms, lodgement: Lodgement) -> ReducedContext:
    day, plain = lodgement.occurred.date(), terms.terms
    codes = RuleContext(day, plain.country)
    codes = msgspec.structs.replace(
        codes, further_countries=codes.further_countries | plain.further_countries
    )
    tariff = plain.tariff
    return ReducedContext(codes, terms.low_value.on(day), tariff.currency, tariff.minor_digits)


def _gaps(assessment: Assessment, numbers: pl.DataFrame) -> pl.DataFrame:
    """Return what an assessment could not work out as findings; what has no value is told by a rule."""
    gaps = assessment.gaps.filter(~pl.col("gap").is_in(["value", "exchange"])).join(
        numbers, on="declaration", maintain_order="left"
    )
    told = [
        (row, finding.code, "commodity", "error" if gap in _BARS else finding.severity, finding.text)
        for row, gap, detail in gaps.select("row", "gap", "detail").iter_rows()
        for finding in [gap_finding(gap, detail, 1)]
    ]
    return pl.DataFrame(told, schema=FINDING_COLUMNS, orient="row")


def _paid_later(context: ReducedContext, terms: BulkTerms, lodgement: Lodgement) -> pl.Expr:
    """Tell of a line of tax whether it is paid after release: by the upload's method, or by a scheme."""
    later = pl.lit(lodgement.payment_method not in terms.terms.immediate_payment | {""})
    for scheme in context.low_value.schemes:
        named = pl.col("additional_procedure").str.split(" ").list.contains(scheme.code)
        later = later | (named & pl.col("tax").is_in(sorted(scheme.deferred)))
    return later


def _taxes(assessment: Assessment, stated: pl.DataFrame, later: pl.Expr) -> pl.DataFrame:
    """Return the lines of tax by row, with what has to be paid before release as ``now``."""
    columns = stated.select("declaration", "row", "additional_procedure")
    return assessment.lines.join(columns, on="declaration", maintain_order="left").with_columns(
        pl.when(later).then(0).otherwise("payable").alias("now")
    )


def _weighed(
    items: pl.DataFrame, assessment: Assessment, numbers: pl.DataFrame, terms: BulkTerms
) -> pl.DataFrame:
    """Return value, score and reasons by row."""
    plain = terms.terms
    weighed = features(items, assessment.values, assessment.lines, plain.tariff.minor_digits)
    risk = apply_profiles(weighed, plain.profiles)
    reasons = risk.reasons.group_by("declaration", maintain_order=True).agg(
        pl.struct("profile", "weight", "text").alias("reasons")
    )
    return (
        numbers.with_columns(assessment.values["value"])
        .join(risk.scores, on="declaration", how="left", maintain_order="left")
        .join(reasons, on="declaration", how="left", maintain_order="left")
        .drop("declaration")
    )


def _whole(
    named: pl.DataFrame, found: pl.DataFrame, weighed: pl.DataFrame, taxes: pl.DataFrame, digits: int
) -> DecidedRows:
    """Put together what was found and worked out; what is rejected owes nothing and is not weighed."""
    told = found.group_by("row", maintain_order=True).agg(
        pl.struct(name for name in FINDING_COLUMNS if name != "row").alias("findings"),
        (pl.col("severity") == "error").any().alias("stopped"),
    )
    kept = taxes.join(told.filter("stopped"), on="row", how="anti", maintain_order="left")
    lines = kept.group_by("row", maintain_order=True).agg(
        _line(digits).alias("taxes"),
        pl.col("payable").sum().alias("due"),
        pl.col("now").sum().alias("due_now"),
    )
    whole = (
        named.join(told, on="row", how="left", maintain_order="left")
        .join(weighed, on="row", how="left", maintain_order="left")
        .join(lines, on="row", how="left", maintain_order="left")
        .with_columns((~pl.col("stopped").fill_null(value=False)).alias("accepted"))
    )
    counted = found.group_by("code").len().sort("code")
    return DecidedRows(
        rows=whole.select(_decided(name).cast(kind).alias(name) for name, kind in DECISION_COLUMNS.items()),
        totals=kept.group_by("tax")
        .agg(pl.col("amount").sum(), pl.col("payable").sum())
        .sort("tax")
        .rename({"tax": "type"})
        .select(TOTAL_COLUMNS.keys()),
        findings=dict(counted.iter_rows()),
    )


def _decided(name: str) -> pl.Expr:
    """Return a column of the decisions: of rejected rows all but the findings is left out."""
    if name in ("due", "due_now"):
        return pl.when("accepted").then(pl.col(name).fill_null(0))
    return pl.when("accepted").then(name) if name in ("value", "score", "reasons") else pl.col(name)


def _line(digits: int) -> pl.Expr:
    """Return a line of tax as text: money in units of the currency, a rate in per cent or as published."""
    rate = shown(pl.col("rate"), _RATE_DIGITS, keep=2)
    return pl.struct(
        pl.col("tax").alias("type"),
        money_text(pl.col("base"), digits).alias("base"),
        pl.coalesce(rate, "rate_text").alias("rate"),
        money_text(pl.col("amount"), digits).alias("amount"),
        money_text(pl.col("payable"), digits).alias("payable"),
        pl.col("derivation"),
    )


def money_text(units: pl.Expr, digits: int) -> pl.Expr:
    """Return minor units as decimal text with all their digits."""
    return shown(units, digits, keep=digits)
