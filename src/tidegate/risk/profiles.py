"""Risk profiles: an analyst's conditions over goods items, dated, owned, with a reason for the officer.

A condition is a Polars SQL *expression* over the goods-item columns and the features. Expressions only: a
query context could read files.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.declarations.frame import GOODS_ITEM_COLUMNS
from tidegate.risk.features import FEATURE_COLUMNS, PROFILE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIELD = re.compile(r"\{([a-z_]+)\}")


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
    for column in _FIELD.findall(profile.reason):
        if column not in PROFILE_COLUMNS:
            raise BadProfileError(profile.code, f"the reason names {{{column}}}, which is not a column")
    condition = _condition(profile)
    unknown = sorted(set(condition.meta.root_names()) - set(PROFILE_COLUMNS))
    if unknown:
        raise BadProfileError(profile.code, f"the condition names {', '.join(unknown)}: no such column")
    empty = pl.DataFrame(schema={**GOODS_ITEM_COLUMNS, **FEATURE_COLUMNS})
    try:
        answer = empty.select(condition.alias("answer")).schema["answer"]
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
    found = pl.concat(hits) if hits else _hits(items.clear(), _NONE)
    of_item = found.group_by("declaration", "item").agg(
        (1 - (1 - pl.col("weight")).log().sum().exp()).alias("item_score"),
        pl.col("weight").max().alias("heaviest"),
    )
    scores = of_item.group_by("declaration").agg(
        pl.max_horizontal(pl.col("item_score").max(), pl.col("heaviest").max()).round(6).alias("score")
    )
    return Risk(
        scores=order.join(scores, on="declaration", how="left", maintain_order="left").with_columns(
            pl.col("score").fill_null(0.0)
        ),
        reasons=found.sort(
            "declaration", "weight", "item", "profile", descending=[False, True, False, False]
        ),
    )


def _hits(items: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    return items.filter(profile.in_force() & _condition(profile)).select(
        "declaration",
        "item",
        pl.lit(profile.code).alias("profile"),
        pl.lit(profile.weight, pl.Float64).alias("weight"),
        _sentence(profile.reason).alias("text"),
    )


def _condition(profile: Profile) -> pl.Expr:
    try:
        return pl.sql_expr(profile.condition)
    except pl.exceptions.PolarsError as error:
        raise BadProfileError(profile.code, f"the condition is not an SQL expression: {error}") from None


def _sentence(reason: str) -> pl.Expr:
    """Return the reason as an expression with the values of each item in their places."""
    columns = _FIELD.findall(reason)
    shown = [
        pl.col(name).round(2).cast(pl.String) if FEATURE_COLUMNS.get(name) == pl.Float64() else pl.col(name)
        for name in columns
    ]
    filled = [one.cast(pl.String).fill_null("none stated") for one in shown]
    return pl.format(_FIELD.sub("{}", reason), *filled) if filled else pl.lit(reason)


_NONE = Profile(code="", purpose="", owner="", condition="false", weight=1, reason="", start=date(1970, 1, 1))
