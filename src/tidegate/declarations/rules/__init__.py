"""Rules that carry their own proof: what is judged, why, by which source, with the cases that show it.

``judge`` is the one question most callers have. A room or administration with rules of its own makes a
``RuleBook`` of them and these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.declarations.rules.book import RuleBook
from tidegate.declarations.rules.complete import COMPLETE_RULES
from tidegate.declarations.rules.form import FORM_RULES
from tidegate.declarations.rules.lists import LIST_RULES
from tidegate.declarations.rules.plausible import PLAUSIBLE_RULES
from tidegate.declarations.rules.required import REQUIRED_RULES
from tidegate.declarations.rules.rule import Breach, Case, Check, Rule, RuleContext
from tidegate.declarations.rules.sample import sample_declaration
from tidegate.declarations.rules.united_kingdom import UNITED_KINGDOM_RULES

if TYPE_CHECKING:
    from tidegate.declarations.declaration import Declaration
    from tidegate.declarations.findings import Finding

__all__ = [
    "RULES",
    "Breach",
    "Case",
    "Check",
    "Rule",
    "RuleBook",
    "RuleContext",
    "judge",
    "sample_declaration",
]

RULES: tuple[Rule, ...] = (
    *FORM_RULES,
    *REQUIRED_RULES,
    *LIST_RULES,
    *PLAUSIBLE_RULES,
    *COMPLETE_RULES,
    *UNITED_KINGDOM_RULES,
)

_BOOK = RuleBook(RULES)


def judge(declaration: Declaration, context: RuleContext) -> tuple[Finding, ...]:
    """Judge a declaration by the rules in force on ``context.on``; a finding that ``stops`` bars it."""
    return _BOOK.judge(declaration, context)
