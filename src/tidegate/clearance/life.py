"""The life of a consignment: one table of transitions, and the fold of acts over it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from tidegate.acts import (
    Act,
    ChannelAssigned,
    ControlRecorded,
    DeclarationAssessed,
    DeclarationLodged,
    DeclarationRejected,
    GoodsArrived,
    GoodsReleased,
    PaymentRecorded,
)

State = Literal[
    "received", "accepted", "rejected", "assessed", "selected", "under_control", "held", "released"
]
Outstanding = Literal["arrival", "control", "payment", "officer"]

# What happens to a consignment, by the state it is in. An act that is not in the table for a state changes
# nothing there, and acting.py refuses to append it. Arrival and payment are noted and change no state.
TRANSITIONS: dict[tuple[State | None, str], State] = {
    (None, "declaration.lodged"): "received",
    ("received", "declaration.accepted"): "accepted",
    ("received", "declaration.rejected"): "rejected",
    ("accepted", "declaration.assessed"): "assessed",
    ("assessed", "channel.assigned green"): "selected",
    ("assessed", "channel.assigned blue"): "selected",
    ("assessed", "channel.assigned yellow"): "under_control",
    ("assessed", "channel.assigned red"): "under_control",
    ("under_control", "control.recorded conform"): "selected",
    ("under_control", "control.recorded irregular"): "held",
    ("held", "control.recorded conform"): "selected",
    ("selected", "goods.released"): "released",
    ("selected", "goods.arrived"): "selected",
    ("under_control", "goods.arrived"): "under_control",
    ("held", "goods.arrived"): "held",
    ("selected", "payment.recorded"): "selected",
    ("under_control", "payment.recorded"): "under_control",
    ("held", "payment.recorded"): "held",
    ("released", "payment.recorded"): "released",
}

# The last letter of a declaration type that says the goods have not arrived: D, E, F and K stand for the
# pre-lodged forms of A, B, C and J (EU and UK data element 1/2, additional declaration type).
PRE_LODGED = frozenset("DEFK")


class Consignment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the acts about one declaration come to, as far as they are folded."""

    mrn: str
    lrn: str
    declarant: str
    type: str
    office: str
    items: int
    state: State
    lodged: datetime
    arrived: datetime | None = None
    released: datetime | None = None
    channel: str | None = None
    stratum: str | None = None
    score: float = 0.0
    due: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    currency: str = ""
    deferred: bool = False
    outcome: str | None = None
    controls: int = 0
    findings: int = 0
    positions: tuple[int, ...] = ()

    @property
    def outstanding(self) -> tuple[Outstanding, ...]:
        """What release still waits for, in the order in which it is asked for."""
        if self.state in ("received", "accepted", "rejected", "assessed", "released"):
            return ()
        waits: list[Outstanding] = []
        if self.arrived is None and self.type[-1:] in PRE_LODGED:
            waits.append("arrival")
        if self.state == "under_control":
            waits.append("control")
        if self.state == "held":
            waits.append("officer")
        if self.due > self.paid and not self.deferred:
            waits.append("payment")
        return tuple(waits)


def event_of(act: Act) -> str:
    """Return the name under which the table of transitions knows an act."""
    if isinstance(act, ChannelAssigned):
        return f"{act.KIND} {act.channel}"
    if isinstance(act, ControlRecorded):
        return f"{act.KIND} {act.outcome}"
    return act.KIND


def allowed(consignment: Consignment | None, act: Act) -> bool:
    """Tell whether the table of transitions has a way for this act from the state the consignment is in."""
    state = consignment.state if consignment is not None else None
    return (state, event_of(act)) in TRANSITIONS


def advance(
    consignment: Consignment | None, act: Act, position: int, occurred: datetime
) -> Consignment | None:
    """Fold one act into a consignment. An act the table does not allow leaves all but its position out."""
    if consignment is None:
        if not isinstance(act, DeclarationLodged):
            return None
        return Consignment(
            mrn=act.mrn,
            lrn=act.lrn,
            declarant=act.declarant,
            type=act.type,
            office=act.office,
            items=act.items,
            state="received",
            lodged=occurred,
            positions=(position,) if position >= 0 else (),
        )
    changes = _changes(consignment, act, occurred) if allowed(consignment, act) else {}
    if position >= 0:
        changes["positions"] = (*consignment.positions, position)
    return msgspec.structs.replace(consignment, **changes)


def _changes(consignment: Consignment, act: Act, occurred: datetime) -> dict[str, object]:
    changes: dict[str, object] = {"state": TRANSITIONS[consignment.state, event_of(act)]}
    match act:
        case DeclarationRejected():
            changes["findings"] = len(act.findings) + act.further
        case DeclarationAssessed():
            changes |= {
                "due": act.due,
                "currency": act.currency,
                "deferred": act.deferred,
                "score": act.score,
                "findings": len(act.findings) + act.further,
            }
        case ChannelAssigned():
            changes |= {"channel": act.channel, "stratum": act.stratum, "office": act.office}
        case GoodsArrived():
            changes["arrived"] = consignment.arrived or occurred
        case ControlRecorded():
            changes |= {"outcome": act.outcome, "controls": consignment.controls + 1}
        case PaymentRecorded():
            changes["paid"] = consignment.paid + act.amount
        case GoodsReleased():
            changes["released"] = occurred
    return changes
