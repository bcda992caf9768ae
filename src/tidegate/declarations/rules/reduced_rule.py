"""A rule about rows of the reduced data set: like any rule, but its checks are expressions over a frame."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

import msgspec
import polars as pl

from tidegate.declarations.findings import Severity
from tidegate.declarations.reduced import LowValue
from tidegate.declarations.rules.rule import RuleContext

if TYPE_CHECKING:
    from collections.abc import Iterable

FINDING_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "code": pl.String(),
    "column": pl.String(),
    "severity": pl.String(),
    "text": pl.String(),
}

_LONGEST_WORD = 80  # of what was stated, as a finding repeats it
_FIELD = re.compile(r"\{([a-z_]+)\}")


class ReducedContext(msgspec.Struct, frozen=True):
    """What a rule knows beside the row: day, country, codes, and what the administration takes that day.

    ``minor_digits`` are those of the accounting currency, in whose minor units ``value`` is.
    """

    codes: RuleContext
    low_value: LowValue
    currency: str
    minor_digits: int


FrameCheck = Callable[[ReducedContext], pl.Expr]


class RowCase(msgspec.Struct, frozen=True):
    """An edit to the sample row and what must come of it: a finding at column ``at``, or none."""

    said: str
    edits: Mapping[str, object]
    at: str | None = None


class ReducedRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule over rows.

    ``checks`` says for each column the expression that is true where the rule is not kept; null is kept.
    ``text`` is what the declarant sees: ``{value}`` is what the column states, ``{name}`` what another column
    does, or one of ``words``, expressions that say more. ``looks_at`` is when the rule is asked: of what is
    stated; of the customs value, for rows that keep the rules before; of references, for rows that would be
    accepted.
    """

    code: str
    text: str
    reference: str
    checks: Mapping[str, FrameCheck]
    cases: tuple[RowCase, ...]
    severity: Severity = "error"
    words: Mapping[str, FrameCheck] = {}
    looks_at: Literal["stated", "value", "references"] = "stated"


def judge_rows(rows: pl.DataFrame, context: ReducedContext, rules: Iterable[ReducedRule]) -> pl.DataFrame:
    """Return what the rules find in rows, in FINDING_COLUMNS, by row in the order of the rules."""
    asked = [(rule, column, check) for rule in rules for column, check in rule.checks.items()]
    marks = rows.select(check(context).alias(str(n)) for n, (_, _, check) in enumerate(asked))
    found = [pl.DataFrame(schema=FINDING_COLUMNS)]
    for n, (rule, column, _) in enumerate(asked):
        mark = marks[str(n)]
        if mark.any():
            # In one piece: Polars 2.1 stops at empty pieces when it joins texts.
            found.append(_findings(rows.filter(mark).rechunk(), rule, column, context))
    return pl.concat(found).sort("row", maintain_order=True)


def _findings(broken: pl.DataFrame, rule: ReducedRule, column: str, context: ReducedContext) -> pl.DataFrame:
    return broken.select(
        "row",
        pl.lit(rule.code).alias("code"),
        pl.lit(column).alias("column"),
        pl.lit(rule.severity).alias("severity"),
        _sentence(rule, column, context).alias("text"),
    )


def _sentence(rule: ReducedRule, column: str, context: ReducedContext) -> pl.Expr:
    """Return the text of a rule with the words of each row in their places."""
    names = _FIELD.findall(rule.text)
    if not names:
        return pl.lit(rule.text)
    return pl.format(_FIELD.sub("{}", rule.text), *(_word(rule, name, column, context) for name in names))


def _word(rule: ReducedRule, name: str, column: str, context: ReducedContext) -> pl.Expr:
    if name in rule.words:
        return rule.words[name](context)
    if name == "column":
        return pl.lit(column)
    stated = pl.col(column if name == "value" else name).cast(pl.String).fill_null("")
    short = stated.str.slice(0, _LONGEST_WORD - 3) + pl.lit("...")
    return pl.when(stated.str.len_chars() <= _LONGEST_WORD).then(stated).otherwise(short)
