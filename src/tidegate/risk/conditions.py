"""The language of conditions: SQL expressions about one goods item, in a closed vocabulary.

Polars would take more: aggregates and windows look at other rows, so that the answer would depend on the
batch; `NOW()` reads a clock. So every word is looked up before Polars sees it. What is not known is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection

_TOKEN = re.compile(
    r"(?P<text>'(?:[^']|'')*')"
    r'|"(?P<quoted>[a-z_]+)"'
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<sign>--|/\*|<=|>=|<>|!=|\|\||!~|[-+*/%<>=~(),])"
    r"|(?P<space>\s+)",
    re.ASCII,
)
_KEYWORDS = frozenset(
    "AND OR NOT IN IS NULL TRUE FALSE LIKE ILIKE BETWEEN CASE WHEN THEN ELSE END TRY_CAST AS "  # noqa: SIM905 - to read
    "INT INTEGER BIGINT FLOAT DOUBLE VARCHAR TEXT BOOLEAN DATE".split()
)
FUNCTIONS = frozenset(
    "ABS CEIL COALESCE CONCAT DATE_PART ENDS_WITH FLOOR GREATEST LEAST LEFT LENGTH LOWER LTRIM MOD "  # noqa: SIM905 - to read
    "NULLIF REPLACE RIGHT ROUND RTRIM SIGN STARTS_WITH STRPOS SUBSTR TRIM UPPER".split()
)
LONGEST = 4_000


class BadConditionError(ValueError):
    """A text that is not a condition; says what is not understood."""


def condition_of(text: str, columns: Collection[str]) -> pl.Expr:
    """Return the expression that a condition stands for; it looks at one row alone.

    Raises:
        BadConditionError: a word is neither a column, a function nor a word of SQL known here, or the whole
            is not an expression.
    """
    if len(text) > LONGEST:
        raise BadConditionError(f"the condition is longer than {LONGEST} characters")
    _check_words(text, columns)
    try:
        return pl.sql_expr(text)
    except pl.exceptions.PolarsError as error:
        raise BadConditionError(f"the condition is not an SQL expression: {error}") from None


def _check_words(text: str, columns: Collection[str]) -> None:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or found["sign"] in ("--", "/*"):
            raise BadConditionError(
                f"the condition has {text[place : place + 10]!r}, which is not known here"
            )
        place = found.end()
        if found["quoted"] and found["quoted"] not in columns:
            raise BadConditionError(f"the condition names {found['quoted']}: no such column")
        word = found["word"]
        if word and word not in columns and word.upper() not in _KEYWORDS | FUNCTIONS:
            raise BadConditionError(
                f"the condition names {word}: no such column, and no function that looks at one item alone"
            )
