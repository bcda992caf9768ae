"""Entry summary declarations read from attachments, judged by schema and rules, assessed together."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from tidegate.declarations.ens.cases import check_entry
from tidegate.declarations.ens.words import EntrySummaryDeclaration
from tidegate.declarations.findings import Finding
from tidegate.declarations.wire.xml import XmlLimits
from tidegate.entry.security import Announced, Assessed, assess_entries
from tidegate.journal import AttachmentErasedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.acts import AlterationRequested, EntryLodged
    from tidegate.journal import Entry, Journal
    from tidegate.risk import Profile

_NO_LIMITS = XmlLimits(octets=sys.maxsize, depth=sys.maxsize)  # it was measured when it was received
_ERASED = Finding("TG-ERASED", "", "What was lodged was erased: it cannot be decided on.")


class Examined(msgspec.Struct, frozen=True):
    """What was read at a position, what is wrong with it, and the assessment where nothing is."""

    entry: EntrySummaryDeclaration | None
    findings: tuple[Finding, ...]
    assessed: Assessed | None = None


def examine(
    lodged: Sequence[tuple[Entry, EntryLodged | AlterationRequested]],
    journal: Journal,
    profiles: Sequence[Profile],
) -> dict[int, Examined]:
    """Return what comes of each message by its position; what comes of one never depends on the others."""
    examined = {entry.position: _judged(entry, journal) for entry, _ in lodged}
    sound = [
        Announced(str(entry.position), entry.occurred, one)
        for entry, _ in lodged
        if (one := examined[entry.position].entry) is not None and not examined[entry.position].findings
    ]
    assessed = assess_entries(sound, profiles) if sound else {}
    return {
        position: msgspec.structs.replace(one, assessed=assessed.get(str(position)))
        for position, one in examined.items()
    }


def _judged(entry: Entry, journal: Journal) -> Examined:
    try:
        data = journal.attachment(entry.attachments[0])
    except AttachmentErasedError:
        return Examined(None, (_ERASED,))
    checked = check_entry(data, _NO_LIMITS)
    return Examined(checked.message.declaration, (*checked.message.faults, *checked.findings))
