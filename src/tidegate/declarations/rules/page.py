"""The rules as a page, written from the rules themselves: ``python -m tidegate.declarations.rules.page``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tidegate.declarations.rules import RULES
from tidegate.declarations.stated import Beyond

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tidegate.declarations.rules.rule import Case, Rule

_HEAD = """\
# Rules

Every declaration is judged by these rules before it is accepted. This page is written from the rules: do not
edit it. A rule of severity error stops acceptance; the others are told to the declarant and stop nothing.
The examples are changes to one complete and valid declaration, and they are the tests of the rule.
"""

_LONGEST = 60


def rules_page(rules: Iterable[Rule]) -> str:
    """Return the page about some rules as Markdown."""
    return "\n".join([_HEAD, *(line for rule in rules for line in _section(rule))])


def _section(rule: Rule) -> Iterator[str]:
    yield f"## {rule.code}\n"
    yield f"> {rule.text}\n"
    yield f"- severity: {rule.severity}"
    yield f"- applies to: {', '.join(sorted(rule.applies))}"
    yield f"- in force: {_days(rule)}{f', in {rule.country}' if rule.country else ''}"
    yield f"- source: {rule.reference}\n"
    yield "| example | change | found at |"
    yield "|---|---|---|"
    for case in rule.cases:
        found = f"`{case.at or 'Declaration'}`" if case.at is not None else "nothing"
        yield f"| {case.said} | {_change(case)} | {found} |"
    yield ""


def _days(rule: Rule) -> str:
    if rule.valid_from is None and rule.valid_until is None:
        return "always"
    return f"from {rule.valid_from or 'the beginning'} until {rule.valid_until or 'further notice'}"


def _change(case: Case) -> str:
    if not case.edits:
        return "none"
    return "; ".join(f"`{place or 'Declaration'}` {_put(stated)}" for place, stated in case.edits.items())


def _put(stated: object) -> str:
    if stated is None:
        return "taken away"
    if isinstance(stated, Beyond):
        name = stated.element.name.rpartition("}")[2] if stated.element is not None else stated.text
        return f"with the {stated.kind} `{name}`"
    text = ascii(stated)[1:-1]
    return f"is `{text if len(text) <= _LONGEST else f'{text[:10]}... ({len(text)} characters)'}`"


if __name__ == "__main__":
    sys.stdout.write(rules_page(RULES))
