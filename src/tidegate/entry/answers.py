"""What a carrier is told: each act that answers it, as the message of the import control system it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from tidegate.acts import (
    AdvanceDecided,
    AlterationRefused,
    EntryAccepted,
    EntryAmended,
    EntryRejected,
)
from tidegate.declarations.findings import Finding
from tidegate.entry.acting import entry_now
from tidegate.entry.register import acts_about_entry

if TYPE_CHECKING:
    from tidegate.acts import Act
    from tidegate.journal import Journal

# Types of the import control system: acknowledged, rejected, amended, amendment rejected, intervention.
AnswerType = Literal["CC328A", "CC316A", "CC304A", "CC305A", "CC351A"]


class EntryAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message to who lodged: which, about what, since when, and what it says."""

    type: AnswerType
    mrn: str
    lrn: str
    position: int
    text: str
    findings: tuple[Finding, ...] = ()


def answers_of(journal: Journal, mrn: str) -> list[EntryAnswer]:
    """Return the messages about an entry, in the order of the acts they tell of.

    Raises:
        EntryRefusedError: nothing was lodged under this number.
    """
    held, _ = entry_now(journal, mrn)
    told = []
    for one, act in acts_about_entry(journal, mrn):
        said = _said(act) if act is not None else None
        if said is not None:
            kind, text, findings = said
            told.append(EntryAnswer(kind, mrn, held.lrn, one.position, text, findings))
    return told


def _said(act: Act) -> tuple[AnswerType, str, tuple[Finding, ...]] | None:
    match act:
        case EntryAccepted():
            late = (
                f" It was due by {act.due:%Y-%m-%d %H:%M} UTC and came late." if act.late and act.due else ""
            )
            return "CC328A", f"Accepted under the number {act.mrn}.{late}", ()
        case EntryRejected():
            return "CC316A", _count(act, "Rejected"), act.findings
        case EntryAmended():
            return "CC304A", f"The amendment of {act.mrn} is accepted.", ()
        case AlterationRefused():
            return "CC305A", _count(act, "The amendment is refused"), act.findings
        case AdvanceDecided() if act.decision != "proceed":
            asked = _ASKED[act.decision]
            return "CC351A", asked, ()
        case _:
            return None


_ASKED = {
    "do not load": "Do not load these goods. We will contact you.",
    "control at arrival": "Present these goods for control when they arrive.",
}


def _count(act: Any, said: str) -> str:
    number = len(act.findings) + act.further
    return f"{said}: {number} thing{'' if number == 1 else 's'} to put right."
