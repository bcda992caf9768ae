"""Constraints over frames: what an agreement says about rows, as Polars expressions chosen from a closed set.

A comparison with what was not stated is neither true nor false. A permission takes that for no, a prohibition
for yes: nothing is shared by mistake.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from tidegate.exchange.reading import scaled
from tidegate.exchange.terms import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tidegate.exchange.model import Constraint

_COMPARISONS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "eq": lambda left, right: left == right,
    "neq": lambda left, right: left != right,
    "lt": lambda left, right: left < right,
    "lteq": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "gteq": lambda left, right: left >= right,
}


def all_hold(constraints: Sequence[Constraint]) -> pl.Expr:
    """Return the expression that is true where all constraints hold, and null where that is not known."""
    return reduce(lambda left, right: left & right, map(_expression, constraints), pl.lit(value=True))


def operand(name: str, text: str) -> str | int | datetime:
    """Return what a constraint compares with, as rows have it."""
    kind = FIELDS[name].kind
    if kind == "number":
        return scaled(name, text)
    return datetime.fromisoformat(text).astimezone(UTC) if kind == "moment" else text


def _expression(one: Constraint) -> pl.Expr:
    if one.all_of:
        return all_hold(one.all_of)
    if one.any_of:
        return reduce(lambda left, right: left | right, map(_expression, one.any_of))
    return _comparison(one)


def _comparison(one: Constraint) -> pl.Expr:
    column, name, right = pl.col(one.left_operand), one.left_operand, one.right_operand
    assert one.operator is not None
    assert right is not None
    if isinstance(right, tuple):
        found = reduce(lambda left, further: left | further, (column == _lit(name, text) for text in right))
        return found if one.operator == "isAnyOf" else ~found
    if one.operator == "startsWith":
        return column.str.starts_with(right)
    return _COMPARISONS[one.operator](column, _lit(name, right))


def _lit(name: str, text: str) -> pl.Expr:
    value = operand(name, text)
    if isinstance(value, datetime):
        return pl.lit(value, dtype=pl.Datetime("us", "UTC"))
    return pl.lit(value, dtype=pl.Int64()) if isinstance(value, int) else pl.lit(value)
