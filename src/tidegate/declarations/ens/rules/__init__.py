"""The rules of the import control system on entry summary declarations.

``ENTRY_RULES`` are all of them, by number; ``judge_entry`` finds what a carrier got wrong.
"""

from __future__ import annotations

from tidegate.declarations.ens.rules.book import judge_entry
from tidegate.declarations.ens.rules.every import ENTRY_RULES
from tidegate.declarations.ens.rules.rule import Around, Check, EntryCase, EntryRule

__all__ = ["ENTRY_RULES", "Around", "Check", "EntryCase", "EntryRule", "judge_entry"]
