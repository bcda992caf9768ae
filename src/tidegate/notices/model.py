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
    Step,
    TaxLine,
)

# The arrival of an export tells anew where it can be examined: by its name, its kind, and the kind and
# country of its address. Pointers and reason are those of published notifications
# (TT_EX011a, TT_EX013a, TT_EX026a).
_WAY = (Step("42A"), Step("67A"), Step("28A"))
_ARRIVED_AT = tuple(
    Change((*_WAY, *steps), "16")
    for steps in (
        (Step("64A", tag="L016"),),
        (Step("64A", tag="L110"),),
        (Step("64A"), Step("04A", tag="242")),
        (Step("64A"), Step("04A", tag="410")),
    )
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
        told = _ARRIVED_AT if case.direction == "export" else ()
        changed = case.changed or bool(told)
        changes = (*case.changes, *told)
        return {"registered": False, "version": case.version + 1, "changed": changed, "changes": changes}
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
