"""Columns and rules of the reduced data set as a page: ``tidegate.declarations.rules.reduced_page``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tidegate.declarations.reduced import REDUCED_COLUMNS
from tidegate.declarations.rules.reduced import REDUCED_RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.declarations.rules.reduced_rule import ReducedRule, RowCase

_HEAD = """\
# The reduced data set: columns and rules

Every row of an upload of low-value consignments ([bulk.md](bulk.md)) has these columns and is judged by these
rules. This page is written from the code: do not edit it. A rule of severity error stops acceptance of its
row; the others stop nothing. The examples are changes to one sound row, and they are the tests of the rule.
"""
_LONGEST = 60


def reduced_page() -> str:
    """Return the page as Markdown."""
    lines = [_HEAD, "## Columns\n", "| column | needed | what it says | its place in a full declaration |"]
    lines.append("|---|---|---|---|")
    for name, column in REDUCED_COLUMNS.items():
        lines.append(f"| `{name}` | {'yes' if column.needed else ''} | {column.meaning} | `{column.place}` |")
    lines.append("")
    return "\n".join([*lines, *(line for rule in REDUCED_RULES for line in _section(rule))])


def _section(rule: ReducedRule) -> Iterator[str]:
    yield f"## {rule.code}\n"
    yield f"> {rule.text}\n"
    yield f"- severity: {rule.severity}"
    yield (
        f"- looks at: what is {rule.looks_at}"
        if rule.looks_at == "stated"
        else f"- looks at: {rule.looks_at}"
    )
    yield f"- source: {rule.reference}\n"
    yield "| example | change | found at |"
    yield "|---|---|---|"
    for case in rule.cases:
        found = f"`{case.at or 'the row'}`" if case.at is not None else "nothing"
        yield f"| {case.said} | {_change(case)} | {found} |"
    yield ""


def _change(case: RowCase) -> str:
    if not case.edits:
        return "none"
    return "; ".join(f"`{column}` {_put(stated)}" for column, stated in case.edits.items())


def _put(stated: object) -> str:
    if stated is None:
        return "taken away"
    text = ascii(stated).strip("'")
    return f"is `{text if len(text) <= _LONGEST else f'{text[:10]}... ({len(text)} characters)'}`"


if __name__ == "__main__":
    sys.stdout.write(reduced_page())
