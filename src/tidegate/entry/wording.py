"""Keys, bounds and the sentences of what is refused before arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.declarations.findings import Finding
from tidegate.journal import Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.acts import AlterationRequested
    from tidegate.entry.model import Announcement

MOST_FINDINGS = 50  # in the body of an act


def entry_key(mrn: str) -> Key:
    """Return the key of an entry summary declaration."""
    return Key(f"entry:{mrn}")


def conveyance_key(conveyance: str) -> Key:
    """Return the key of a conveyance on its journey."""
    return Key(f"conveyance:{conveyance}")


def findings_within(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], int]:
    """Return as many findings as an act holds, and how many more there are."""
    kept = tuple(findings[:MOST_FINDINGS])
    return kept, len(findings) - len(kept)


def refusal(held: Announcement | None, act: AlterationRequested) -> Finding | None:
    """Return why an entry may not be amended so, or None."""
    place = "/ie:CC313A[1]/HEAHEA[1]/DocNumHEA5[1]"
    if held is None:
        return Finding("TG-ENS-UNKNOWN", place, "No entry summary declaration has this number. Check it.")
    if held.person != act.person:
        text = "Only who lodged the entry summary declaration may amend it."
        return Finding("TG-ENS-PERSON", "/ie:CC313A[1]/PERLODSUMDEC[1]/TINPLD1[1]", text)
    if not held.ahead:
        text = f"It is {held.state} already and cannot be amended. {_INSTEAD[held.state]}"
        return Finding("TG-ENS-CLOSED", place, text)
    return None


_INSTEAD = {
    "lodged": "Wait for the answer to the lodgement.",
    "rejected": "Lodge a new one.",
    "arrived": "Tell the office where the goods are.",
    "released": "Tell the office where the goods are.",
}
