"""What notifications are written from: one row a declaration, folded from its acts."""

from __future__ import annotations

import msgspec

from tidegate.acts import (
    Act,
    Change,
    ControlRecorded,
    DeclarationAccepted,
    DeclarationAmended,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationLodged,
    DeclarationRegistered,
    Direction,
    DocumentsSupplied,
    TaxLine,
)


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """A declaration as its declarant hears of it.

    ``changes`` are those not yet told of as the declaration that stands; ``taxes`` those last worked out.
    """

    mrn: str
    lrn: str
    operator: str
    direction: Direction
    version: int = 1
    registered: bool = False
    cleared: bool = False
    controlled: bool = False
    calculated: bool = False
    changed: bool = False
    changes: tuple[Change, ...] = ()
    further: int = 0
    taxes: tuple[TaxLine, ...] = ()
    taxes_elsewhere: int = 0
    assessed: int = -1


def fold(case: Case | None, act: Act, position: int) -> Case | None:
    """Fold one act into a case."""
    if isinstance(act, DeclarationLodged):
        return Case(act.mrn, act.lrn, act.declarant, act.direction)
    if case is None:
        return None
    return msgspec.structs.replace(case, **_changes(case, act, position))


def told(case: Case) -> Case:
    """Return a case when its changes have been told of."""
    return msgspec.structs.replace(case, changed=False, changes=(), further=0)


def _changes(case: Case, act: Act, position: int) -> dict[str, object]:
    if isinstance(act, DeclarationAccepted) and case.registered:
        # The arrival is told of as a change of an export: its place is now the one it arrived at.
        exported = case.direction == "export"
        return {"registered": False, "version": case.version + 1, "changed": case.changed or exported}
    if isinstance(act, DeclarationAmended):
        return {
            "version": act.version,
            "changed": True,
            "changes": (*case.changes, *act.changes),
            "further": case.further + act.further,
        }
    if isinstance(act, DeclarationAssessed):
        return {
            "calculated": act.calculated,
            "taxes": act.taxes,
            "taxes_elsewhere": act.taxes_attached,
            "assessed": position,
        }
    flags: dict[type[Act], str] = {
        DeclarationRegistered: "registered",
        ControlRecorded: "controlled",
        DocumentsSupplied: "controlled",
        DeclarationCleared: "cleared",
    }
    flag = flags.get(type(act))
    return {flag: True} if flag else {}
