"""The life of a consignment: one table of transitions, and the fold of acts over it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from tidegate.acts import (
    AccountDrawn,
    AccountRefused,
    Act,
    AmendmentRequested,
    AssessmentOverridden,
    ChannelAssigned,
    ConsignmentReferred,
    ControlOrdered,
    ControlRecorded,
    DeclarationAccepted,
    DeclarationAmended,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationLodged,
    DeclarationRejected,
    Direction,
    DocumentsDelivered,
    DocumentsRequested,
    DocumentsSupplied,
    DwellEnded,
    GoodsArrived,
    GoodsExited,
    GoodsReleased,
    InvalidationRequested,
    InventoryAnswered,
    PaymentCalled,
    PaymentRecorded,
    QueryAnswered,
    QueryRaised,
    RepaymentGranted,
    RequestRefused,
)

State = Literal[
    "received",
    "registered",
    "accepted",
    "rejected",
    "assessed",
    "selected",
    "under_control",
    "held",
    "released",
    "cleared",
    "exited",
    "invalidated",
    "expired",
]
Outstanding = Literal[
    "arrival", "inventory", "control", "officer", "documents", "query", "request", "dwell", "payment"
]

_OPEN: tuple[State, ...] = ("selected", "under_control", "held")
_WAITING: tuple[State, ...] = ("registered", *_OPEN)
_AFTER: tuple[State, ...] = ("released", "cleared")

# What is noted and changes no state, by the states in which it may happen.
_NOTED: dict[str, tuple[State, ...]] = {
    "goods.arrived": _WAITING,
    "payment.recorded": (*_OPEN, *_AFTER),
    "payment.called": (*_OPEN, "cleared"),
    "account.drawn": (*_OPEN, *_AFTER),
    "account.refused": (*_OPEN, *_AFTER),
    "repayment.granted": (*_OPEN, *_AFTER, "exited", "invalidated"),
    "documents.requested": ("assessed", *_OPEN),
    "documents.delivered": _OPEN,
    "documents.supplied": _OPEN,
    "query.raised": ("assessed", *_WAITING),
    "query.answered": _WAITING,
    "inventory.answered": _WAITING,
    "dwell.ended": _OPEN,
    "consignment.referred": _OPEN,
    "quota.allocated": ("released",),
    "declaration.assessed": (*_WAITING, "cleared"),
    "assessment.overridden": _WAITING,
    "assessment.overridden reviewed": (*_WAITING, *_AFTER, "exited"),
    "declaration.amended": (*_WAITING, "cleared"),
    "amendment.requested": _WAITING,
    "amendment.requested export": ("cleared",),
    "amendment.requested late": ("cleared",),
    "invalidation.requested": _WAITING,
    "invalidation.requested export": ("cleared",),
    "invalidation.requested late": ("cleared",),
    "request.refused": (*_WAITING, "cleared"),
    "review.requested": ("rejected", *_WAITING, *_AFTER, "exited", "invalidated", "expired"),
    "review.decided": ("rejected", *_WAITING, *_AFTER, "exited", "invalidated", "expired"),
}

# What happens to a consignment, by the state it is in. An act that is not in the table for a state changes
# nothing there, and acting.py refuses to append it. Some acts are allowed for one direction of trade only.
TRANSITIONS: dict[tuple[State | None, str], State] = {
    (None, "declaration.lodged"): "received",
    ("received", "declaration.registered"): "registered",
    ("received", "declaration.accepted"): "accepted",
    ("received", "declaration.rejected"): "rejected",
    ("registered", "declaration.accepted"): "accepted",
    ("registered", "declaration.rejected"): "rejected",
    ("registered", "declaration.expired"): "expired",
    ("accepted", "declaration.assessed"): "assessed",
    ("assessed", "channel.assigned green"): "selected",
    ("assessed", "channel.assigned blue"): "selected",
    ("assessed", "channel.assigned yellow"): "under_control",
    ("assessed", "channel.assigned red"): "under_control",
    ("selected", "channel.assigned yellow"): "under_control",
    ("selected", "channel.assigned red"): "under_control",
    ("under_control", "channel.assigned red"): "under_control",
    ("under_control", "control.recorded conform"): "selected",
    ("under_control", "control.recorded irregular"): "held",
    ("held", "control.recorded conform"): "selected",
    ("selected", "control.ordered yellow"): "under_control",
    ("selected", "control.ordered red"): "under_control",
    ("under_control", "control.ordered red"): "under_control",
    ("held", "control.ordered red"): "under_control",
    ("selected", "goods.released"): "released",
    ("released", "declaration.cleared"): "cleared",
    ("cleared", "goods.exited export"): "exited",
    ("released", "goods.exited export"): "exited",
    **{(state, "declaration.invalidated"): "invalidated" for state in _WAITING},
    ("cleared", "declaration.invalidated"): "invalidated",
    **{(state, event): state for event, states in _NOTED.items() for state in states},
}

# The last letter of a declaration type that says the goods have not arrived: D, E, F and K stand for the
# pre-lodged forms of A, B, C and J (EU and UK data element 1/2, additional declaration type).
PRE_LODGED = frozenset("DEFK")


class Consignment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the acts about one declaration come to, as far as they are folded.

    ``original`` is the digest of the attachment that holds the version in force, ``place`` where it says that
    the goods can be examined. Of what is owed, ``borne`` lies on the account ``bearer``, ``paid`` came as
    money, ``pending`` is called for, and ``refused`` is the call that the account could not bear last.
    """

    mrn: str
    lrn: str
    declarant: str
    type: str
    office: str
    items: int
    state: State
    lodged: datetime
    direction: Direction = "import"
    version: int = 1
    original: str = ""
    place: str = ""
    accepted: datetime | None = None
    arrived: datetime | None = None
    released: datetime | None = None
    cleared: datetime | None = None
    exited: datetime | None = None
    dwell: datetime | None = None
    channel: str | None = None
    stratum: str | None = None
    score: float = 0.0
    due: Decimal = Decimal(0)
    secured: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    currency: str = ""
    deferred: bool = False
    calculated: bool = True
    quota: bool = False
    provisional: bool = False
    account: str = ""
    called: bool = False
    pending: Decimal = Decimal(0)
    borne: Decimal = Decimal(0)
    bearer: str = ""
    refused: Decimal = Decimal(0)
    mismatched: bool = False
    documents: bool = False
    delivered: bool = False
    query: bool = False
    requests: int = 0
    outcome: str | None = None
    controls: int = 0
    referred: str = ""
    findings: int = 0
    positions: tuple[int, ...] = ()

    @property
    def pre_lodged(self) -> bool:
        """Whether the declaration was lodged before the goods arrived."""
        return self.type[-1:] in PRE_LODGED

    @property
    def excess(self) -> Decimal:
        """What is paid and borne beyond what is owed and secured; below zero, what is missing."""
        return self.borne + self.paid - self.due - self.secured

    @property
    def outstanding(self) -> tuple[Outstanding, ...]:
        """What release still waits for, in the order in which it is asked for."""
        if self.state not in _WAITING:
            return ()
        waits: dict[Outstanding, bool] = {
            "arrival": self.arrived is None and self.pre_lodged,
            "inventory": self.mismatched,
            "control": self.state == "under_control",
            "officer": self.state == "held",
            "documents": self.documents,
            "query": self.query,
            "request": self.requests > 0,
            "dwell": self.dwell is not None,
            "payment": self._owes(),
        }
        return tuple(what for what, open_ in waits.items() if open_)

    def _owes(self) -> bool:
        """Tell whether money must come first: at once, or from the account that was called on."""
        if self.called:
            return self.excess < 0
        return self.due > self.paid and not self.deferred


def event_of(act: Act) -> str:
    """Return the name under which the table of transitions knows an act."""
    if isinstance(act, ChannelAssigned | ControlOrdered):
        return f"{act.KIND} {act.channel}"
    if isinstance(act, ControlRecorded):
        return f"{act.KIND} {act.outcome}"
    if isinstance(act, AmendmentRequested | InvalidationRequested) and act.late:
        return f"{act.KIND} late"
    if isinstance(act, AssessmentOverridden) and act.review >= 0:
        return f"{act.KIND} reviewed"
    return act.KIND


def allowed(consignment: Consignment | None, act: Act) -> bool:
    """Tell whether the table of transitions has a way for this act from the state the consignment is in."""
    return _next(consignment, act) is not None


def possible(consignment: Consignment) -> frozenset[str]:
    """Return the events that the table of transitions has a way for from the state a consignment is in."""
    own = f" {consignment.direction}"
    return frozenset(event.removesuffix(own) for state, event in TRANSITIONS if state == consignment.state)


def _next(consignment: Consignment | None, act: Act) -> State | None:
    """Return the state an act leads to, None where the table has no way for it."""
    event = event_of(act)
    if consignment is None:
        return TRANSITIONS.get((None, event))
    found = TRANSITIONS.get((consignment.state, event))
    return found or TRANSITIONS.get((consignment.state, f"{event} {consignment.direction}"))


def advance(
    consignment: Consignment | None,
    act: Act,
    position: int,
    occurred: datetime,
    attached: tuple[str, ...] = (),
) -> Consignment | None:
    """Fold one act into a consignment. An act the table does not allow leaves all but its position out.

    ``attached`` are the attachments of its entry: the first of a lodging is the declaration as it came.
    """
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
            direction=act.direction,
            original=attached[0] if attached else "",
            place=act.place,
            state="received",
            lodged=occurred,
            positions=(position,) if position >= 0 else (),
        )
    changes = _changes(consignment, act, occurred) if allowed(consignment, act) else {}
    if position >= 0:
        changes["positions"] = (*consignment.positions, position)
    return msgspec.structs.replace(consignment, **changes)


def _changes(consignment: Consignment, act: Act, occurred: datetime) -> dict[str, object]:
    changes: dict[str, object] = {"state": _next(consignment, act)}
    match act:
        case DeclarationRejected():
            changes["findings"] = len(act.findings) + act.further
        case DeclarationAccepted():
            # The arrival that makes a pre-lodged declaration a legal one makes a new version of it too.
            raised = consignment.version + (consignment.state == "registered")
            changes |= {"accepted": occurred, "dwell": act.until, "version": raised}
        case DeclarationAssessed() | AssessmentOverridden():
            changes |= _assessed(act)
        case ChannelAssigned() | ControlOrdered() | ControlRecorded() | ConsignmentReferred():
            changes |= _controlled(consignment, act)
        case GoodsArrived():
            changes["arrived"] = consignment.arrived or occurred
        case PaymentRecorded():
            changes["paid"] = consignment.paid + act.amount
        case GoodsReleased():
            changes |= {"released": occurred, "provisional": act.provisional}
        case DeclarationCleared() | GoodsExited():
            changes["cleared" if isinstance(act, DeclarationCleared) else "exited"] = occurred
        case _:
            changes |= _noted(consignment, act)
    return changes


def _controlled(
    consignment: Consignment, act: ChannelAssigned | ControlOrdered | ControlRecorded | ConsignmentReferred
) -> dict[str, object]:
    match act:
        case ChannelAssigned():
            return {"channel": act.channel, "stratum": act.stratum, "office": act.office}
        case ControlOrdered():
            return {"channel": act.channel}
        case ConsignmentReferred():
            return {"referred": act.to}
    return {"outcome": act.outcome, "controls": consignment.controls + 1, "referred": ""}


def _assessed(act: DeclarationAssessed | AssessmentOverridden) -> dict[str, object]:
    if isinstance(act, AssessmentOverridden):
        return {"due": act.due, "currency": act.currency}
    return {
        "due": act.due,
        "secured": act.secured,
        "currency": act.currency,
        "deferred": act.deferred,
        "score": act.score,
        "findings": len(act.findings) + act.further,
        "calculated": act.calculated,
        "quota": act.quota,
        "account": act.account,
    }


def _noted(consignment: Consignment, act: Act) -> dict[str, object]:
    """Return what an act changes that leaves the state as it is."""
    changes: dict[str, object] = {}
    match act:
        case AmendmentRequested() | InvalidationRequested():
            changes["requests"] = consignment.requests + 1
        case RequestRefused():
            changes["requests"] = max(consignment.requests - 1, 0)
        case DeclarationAmended():
            changes["requests"] = max(consignment.requests - 1, 0)
            changes |= {"version": act.version, "original": act.original, "items": act.items}
            changes["place"] = act.place or consignment.place
        case DocumentsRequested() | DocumentsDelivered() | DocumentsSupplied():
            changes |= _documents(consignment, act)
        case QueryRaised():
            changes["query"] = True
        case DwellEnded():
            changes["dwell"] = None
        case QueryAnswered():
            changes["query"] = False
        case InventoryAnswered():
            changes["mismatched"] = not act.matched
        case _:
            changes |= _settled(consignment, act)
    return changes


def _documents(
    consignment: Consignment, act: DocumentsRequested | DocumentsDelivered | DocumentsSupplied
) -> dict[str, object]:
    """Return what an act changes of the documents that are waited for: asked for, handed in, examined."""
    if isinstance(act, DocumentsDelivered):
        return {"delivered": True}
    asked = isinstance(act, DocumentsRequested) and (consignment.documents or act.blocking)
    return {"documents": asked, "delivered": False}


def _settled(consignment: Consignment, act: Act) -> dict[str, object]:
    """Return what an act changes of the money that is called for, borne, and given back."""
    match act:
        case PaymentCalled():
            return {"called": True, "pending": consignment.pending + act.amount}
        case AccountDrawn():
            left = max(consignment.pending - act.amount, Decimal(0))
            borne = {"borne": consignment.borne + act.amount, "bearer": act.account}
            return {**borne, "pending": left, "refused": Decimal(0)}
        case AccountRefused():
            left = max(consignment.pending - act.amount, Decimal(0))
            return {"pending": left, "refused": act.amount}
        case RepaymentGranted():
            came_from = "borne" if act.account else "paid"
            return {came_from: getattr(consignment, came_from) - act.amount}
    return {}
