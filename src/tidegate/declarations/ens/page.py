"""The rules on entry summary declarations as a page: ``python -m tidegate.declarations.ens.page``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tidegate.declarations.ens.rules import ENTRY_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tidegate.declarations.ens.rules import EntryCase, EntryRule

_HEAD = """\
# Rules on entry summary declarations

An entry summary declaration (CC315A) and its amendment (CC313A) are judged by their schema first, then by these
rules. This page is written from the rules: do not edit it. The sentence is what a carrier sees. Number and place
are those that the import control system of the United Kingdom publishes, with the condition or rule of the
European specification that each comes from. The examples are changes to one complete and valid message, and they
are the tests of the rule; a place is written below the message, as in `GOOITEGDS[1]/PACGS2[1]`.
"""


def entry_rules_page(rules: Iterable[EntryRule] = ENTRY_RULES) -> str:
    """Return the page about the rules as Markdown."""
    return "\n".join([_HEAD, *(line for rule in rules for line in _section(rule))])


def _section(rule: EntryRule) -> Iterator[str]:
    yield f"## {rule.number}\n"
    yield f"> {rule.text}\n"
    yield f"Source: UK import control business rule {rule.number}; {rule.source}.\n"
    yield "| example | change | found at |"
    yield "|---|---|---|"
    for case in rule.cases:
        yield f"| {case.said} | {_change(case)} | {_found(case)} |"
    yield ""


def _change(case: EntryCase) -> str:
    return "; ".join(f"`{place}` {_put(stated)}" for place, stated in case.edits.items())


def _put(stated: str | None) -> str:
    if stated is None:
        return "taken away"
    return f"is `{stated}`" if stated else "put there, empty"


def _found(case: EntryCase) -> str:
    if not case.at:
        return "nothing"
    return ", ".join(f"`{place}`" if place else "the message" for place in case.at)


if __name__ == "__main__":
    sys.stdout.write(entry_rules_page())
