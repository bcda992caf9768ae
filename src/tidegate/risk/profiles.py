"""Risk profiles: an analyst's conditions over goods items, dated, owned, with a reason for the officer.

A condition is a Polars SQL *expression* over the goods-item columns and the features, in the vocabulary of
`conditions.py`. Expressions only: a query context could read files.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.declarations.frame import GOODS_ITEM_COLUMNS
from tidegate.risk.conditions import BadConditionError, condition_of
from tidegate.risk.features import FEATURE_COLUMNS, PROFILE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIELD = re.compile(r"\{([a-z_]+)\}")
_LONGEST_REASON = 500  # characters, filled in; a description may have 512 of its own


class BadProfileError(Exception):
    """A profile that cannot be applied; says which, and what would be right."""

    code = "bad_profile"

    def __init__(self, profile: str, text: str) -> None:
        super().__init__(f"profile {profile}: {text}")
        self.profile = profile


class Profile(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "until"}):
    """One profile: when ``condition`` holds for an item, its risk rises by ``weight`` (0 to 1).

    ``reason`` is the sentence for the officer; ``{column}`` in it is replaced by the item's value.
    """

    code: str
    purpose: str
    owner: str
    condition: str
    weight: float
    reason: str
    start: date
    end: date | None = None

    def in_force(self) -> pl.Expr:
        """Return the expression that tells for each item whether the profile holds on its day."""
        day = pl.col("occurred").dt.date()
        within = day >= self.start
        return within if self.end is None else within & (day <= self.end)


class Risk(msgspec.Struct, frozen=True):
    """What the profiles say.

    - ``scores``: declaration, score (0 to 1; the highest of its items), in the order of the frame.
    - ``reasons``: declaration, item, profile, weight, text; heaviest first within a declaration.
    """

    scores: pl.DataFrame
    reasons: pl.DataFrame


def check_profile(profile: Profile) -> None:
    """Check a profile before it is used.

    Raises:
        BadProfileError: the condition is not an expression over known columns that is true or false, the
            reason names an unknown column, the weight is not above 0 and at most 1, or it ends before it
            begins.
    """
    if not 0 < profile.weight <= 1:
        raise BadProfileError(profile.code, f"weight {profile.weight} must be above 0 and at most 1")
    if profile.end is not None and profile.end < profile.start:
        raise BadProfileError(profile.code, f"it ends on {profile.end}, before it begins on {profile.start}")
    _check_reason(profile)
    condition = _condition(profile)
    try:
        answer = _awkward_items().select(condition.alias("answer")).schema["answer"]
    except pl.exceptions.PolarsError as error:
        raise BadProfileError(profile.code, f"the condition cannot be worked out: {error}") from None
    if answer != pl.Boolean:
        raise BadProfileError(profile.code, f"the condition gives {answer}; it must be true or false")


def apply_profiles(items: pl.DataFrame, profiles: Sequence[Profile]) -> Risk:
    """Return scores and reasons of goods items with their features.

    The score of an item is 1 less the product of (1 - weight) over the profiles that hold; a declaration has
    the highest score of its items. A condition that is null for an item does not hold.
    """
    order = items.select("declaration").unique(maintain_order=True)
    hits = [_hits(items, profile) for profile in profiles]
    # Factor by factor, in the order of the profiles: binary fractions multiplied in another order differ in
    # their last digits, and a score must not depend on how a frame is cut.
    left = pl.lit(1.0)
    for profile in profiles:
        left = left * pl.when(_holds(profile)).then(1 - profile.weight).otherwise(1.0)
    scored = items.select("declaration", (1 - left).round(6).alias("score"))
    scores = scored.group_by("declaration").agg(pl.col("score").max())
    return Risk(
        scores=order.join(scores, on="declaration", how="left", maintain_order="left"),
        reasons=pl.concat(hits or [_hits(items.clear(), _NONE)]).sort(
            "declaration", "weight", "item", "profile", descending=[False, True, False, False]
        ),
    )


def _awkward_items() -> pl.DataFrame:
    """Return items with the values that conditions stumble over: nothing, zero, less than zero, odd words.

    A condition that fails for one item would stop the clearance of all: it is refused before it is used.
    """
    schema = {**GOODS_ITEM_COLUMNS, **FEATURE_COLUMNS}
    moment = datetime(2000, 1, 1, tzinfo=UTC)
    numbers, words = (None, 0, -1, 7, 2**31 - 1), (None, "", "(", "\\", "7x")
    rows = [
        [number if of.is_numeric() else moment if of.is_temporal() else word for of in schema.values()]
        for number, word in zip(numbers, words, strict=True)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _hits(items: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    return items.filter(_holds(profile)).select(
        "declaration",
        "item",
        pl.lit(profile.code).alias("profile"),
        pl.lit(profile.weight, pl.Float64).alias("weight"),
        _sentence(profile.reason).alias("text"),
    )


def _holds(profile: Profile) -> pl.Expr:
    return profile.in_force() & _condition(profile)


def _condition(profile: Profile) -> pl.Expr:
    try:
        return condition_of(profile.condition, PROFILE_COLUMNS)
    except BadConditionError as error:
        raise BadProfileError(profile.code, str(error)) from None


def _check_reason(profile: Profile) -> None:
    for column in _FIELD.findall(profile.reason):
        if column not in PROFILE_COLUMNS:
            raise BadProfileError(profile.code, f"the reason names {{{column}}}, which is not a column")
    if {"{", "}"} & set(_FIELD.sub("", profile.reason)):
        raise BadProfileError(profile.code, "the reason has a { or } that encloses no column")


def _sentence(reason: str) -> pl.Expr:
    """Return the reason as an expression with the values of each item in their places."""
    columns = _FIELD.findall(reason)
    shown = [
        pl.col(name).round(2).cast(pl.String) if FEATURE_COLUMNS.get(name) == pl.Float64() else pl.col(name)
        for name in columns
    ]
    filled = [one.cast(pl.String).fill_null("none stated") for one in shown]
    sentence = pl.format(_FIELD.sub("{}", reason), *filled) if filled else pl.lit(reason)
    short = sentence.str.slice(0, _LONGEST_REASON - 3) + pl.lit("...")
    return pl.when(sentence.str.len_chars() <= _LONGEST_REASON).then(sentence).otherwise(short)


_NONE = Profile(code="", purpose="", owner="", condition="false", weight=1, reason="", start=date(1970, 1, 1))
