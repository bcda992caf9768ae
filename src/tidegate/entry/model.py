"""An entry as its acts come to: what was announced, what was decided, what came, and what it met."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import msgspec

from tidegate.acts import (
    Act,
    Advance,
    AdvanceDecided,
    EntryAccepted,
    EntryAmended,
    EntryArrived,
    EntryControlled,
    EntryDiverted,
    EntryLodged,
    EntryMatched,
    EntryMissed,
    EntryRejected,
    EntryReleased,
    GoodsReference,
)

State = Literal["lodged", "accepted", "rejected", "missed", "arrived", "released"]


class Announcement(msgspec.Struct, frozen=True, omit_defaults=True):
    """An entry summary declaration's own story, as far as it has gone. Times are UTC."""

    mrn: str
    lrn: str
    person: str
    state: State
    mode: str
    conveyance: str
    office: str
    expected: datetime
    lodged: datetime
    items: int
    due: datetime | None = None
    late: bool = False
    decision: Advance | None = None
    references: tuple[GoodsReference, ...] = ()
    further: int = 0
    codes: tuple[str, ...] = ()  # of the findings it was rejected for
    declarations: tuple[str, ...] = ()
    versions: int = 1
    diverted: int = 0
    arrived: datetime | None = None
    outcome: str | None = None

    @property
    def stands(self) -> bool:
        """Whether the goods are announced by it: it was accepted, whatever came after."""
        return self.state not in ("lodged", "rejected")

    @property
    def ahead(self) -> bool:
        """Whether the goods are still on their way."""
        return self.state in ("accepted", "missed")


def fold(held: Announcement | None, act: Act, occurred: datetime) -> Announcement | None:
    """Return what an act makes of an entry; acts about other things leave it as it is."""
    if isinstance(act, EntryLodged):
        return Announcement(
            mrn=act.mrn,
            lrn=act.lrn,
            person=act.person,
            state="lodged",
            mode=act.mode,
            conveyance=act.conveyance,
            office=act.office,
            expected=act.expected,
            lodged=occurred,
            items=act.items,
        )
    change = _CHANGES.get(type(act))
    if held is None or change is None:
        return held
    return msgspec.structs.replace(held, **change(held, act, occurred))


def _accepted(held: Announcement, act: EntryAccepted, occurred: datetime) -> dict[str, object]:
    del held, occurred
    told = {"references": act.references, "further": act.further, "due": act.due, "late": act.late}
    return {"state": "accepted", **told}


def _rejected(held: Announcement, act: EntryRejected, occurred: datetime) -> dict[str, object]:
    del held, occurred
    return {"state": "rejected", "codes": tuple(dict.fromkeys(finding.code for finding in act.findings))}


def _amended(held: Announcement, act: EntryAmended, occurred: datetime) -> dict[str, object]:
    del occurred
    again = ("mode", "conveyance", "office", "expected", "items", "references", "further")
    return {name: getattr(act, name) for name in again} | {"state": "accepted", "versions": held.versions + 1}


def _diverted(held: Announcement, act: EntryDiverted, occurred: datetime) -> dict[str, object]:
    del occurred
    told = {"office": act.office, "expected": act.expected}
    return {"state": "accepted", "diverted": held.diverted + 1, **told}


def _matched(held: Announcement, act: EntryMatched, occurred: datetime) -> dict[str, object]:
    del occurred
    return {"declarations": tuple(dict.fromkeys((*held.declarations, act.declaration)))}


_Change = Callable[[Announcement, Any, datetime], dict[str, object]]
_CHANGES: dict[type[Act], _Change] = {
    EntryAccepted: _accepted,
    EntryRejected: _rejected,
    EntryAmended: _amended,
    EntryDiverted: _diverted,
    EntryMatched: _matched,
    AdvanceDecided: lambda _, act, __: {"decision": act.decision},
    EntryArrived: lambda _, __, occurred: {"state": "arrived", "arrived": occurred},
    EntryMissed: lambda _, __, ___: {"state": "missed"},
    EntryControlled: lambda _, act, __: {"outcome": act.outcome},
    EntryReleased: lambda _, __, ___: {"state": "released"},
}
