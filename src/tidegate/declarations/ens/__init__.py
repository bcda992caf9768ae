"""Entry summary declarations: CC315A (lodged) and CC313A (amended), read, judged and written.

``read_entry`` takes whatever arrives and never raises: what the schema does not allow are findings.
``judge_entry`` finds what the rules of the import control system find, number by number, place by place;
``check_entry`` does both. ``write_entry`` writes a message from its values.
"""

from __future__ import annotations

from tidegate.declarations.ens.archives import ArchiveLimits, UnreadableArchiveError, read_archive
from tidegate.declarations.ens.cases import CaseOutcome, EntryCheck, check_entry, compare_cases
from tidegate.declarations.ens.places import UnknownEntryPlaceError, with_entry_value
from tidegate.declarations.ens.reading import EntryMessage, is_entry, read_entry
from tidegate.declarations.ens.rules import ENTRY_RULES, EntryRule, judge_entry
from tidegate.declarations.ens.sample import sample_entry
from tidegate.declarations.ens.words import EntryItem, EntrySummaryDeclaration, Trader
from tidegate.declarations.ens.writing import write_entry

__all__ = [
    "ENTRY_RULES",
    "ArchiveLimits",
    "CaseOutcome",
    "EntryCheck",
    "EntryItem",
    "EntryMessage",
    "EntryRule",
    "EntrySummaryDeclaration",
    "Trader",
    "UnknownEntryPlaceError",
    "UnreadableArchiveError",
    "check_entry",
    "compare_cases",
    "is_entry",
    "judge_entry",
    "read_archive",
    "read_entry",
    "sample_entry",
    "with_entry_value",
    "write_entry",
]
