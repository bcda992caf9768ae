"""One consignment as it is measured: its moments, what it waits for, and how long each holder had it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    AccountDrawn,
    AccountRefused,
    AmendmentRequested,
    AssessmentOverridden,
    ChannelAssigned,
    ControlRecorded,
    DeclarationAccepted,
    DeclarationAmended,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationExpired,
    DeclarationInvalidated,
    DeclarationLodged,
    DeclarationRegistered,
    DeclarationRejected,
    DocumentsRequested,
    DocumentsSupplied,
    DwellEnded,
    GoodsArrived,
    GoodsReleased,
    InvalidationRequested,
    InventoryAnswered,
    PaymentRecorded,
    QueryAnswered,
    QueryRaised,
    RequestRefused,
)

if TYPE_CHECKING:
    from tidegate.acts import Act
    from tidegate.insight.model import Holder

# Declarations that are lodged before the goods arrive, by the last letter of their type (data element 1/2).
PRE_LODGED = frozenset("DEFK")
_CONTROLS = ("yellow", "red")
# What may be waited for, in the order in which it decides who has to act; each with its holder.
WAITS: dict[str, Holder] = {
    "officer": "customs",
    "control": "customs",
    "arrival": "carrier",
    "inventory": "carrier",
    "documents": "trader",
    "query": "agency",
    "request": "customs",
    "dwell": "dwell",
    "payment": "trader",
}

_BEGINS = {
    QueryRaised.KIND: "query",
    AmendmentRequested.KIND: "request",
    InvalidationRequested.KIND: "request",
}
_MEETS = {
    DocumentsSupplied.KIND: "documents",
    QueryAnswered.KIND: "query",
    RequestRefused.KIND: "request",
    DeclarationAmended.KIND: "request",
    DwellEnded.KIND: "dwell",
    InventoryAnswered.KIND: "inventory",
}
_ENDS = {
    DeclarationRejected.KIND: "rejected",
    DeclarationInvalidated.KIND: "invalidated",
    DeclarationExpired.KIND: "expired",
}


class Case(msgspec.Struct, kw_only=True, gc=False):
    """A consignment under way; moments are Unix seconds and never go back within one.

    ``since`` is the moment up to which time has been given to holders, ``stuck`` that from which on it waits
    for what it waits for; ``taxes`` are the lines in force, as
    item, type, amount, chapter; ``recorded`` and ``answer`` are in milliseconds, of the journal's clock.
    """

    mrn: str
    position: int
    office: str
    type: str
    direction: str
    lodged: int
    recorded: int
    since: int
    stuck: int
    channel: str = ""
    stratum: str = ""
    state: str = "open"
    outcome: str = ""
    currency: str = ""
    presented: int | None = None
    accepted: int | None = None
    decided: int | None = None
    ordered: int | None = None
    controlled: int | None = None
    paid: int | None = None
    waited: int | None = None
    released: int | None = None
    cleared: int | None = None
    answer: int | None = None
    share: float | None = None
    score: float = 0.0
    likelihood: float | None = None
    due: Decimal = Decimal(0)
    borne: Decimal = Decimal(0)
    deferred: bool = False
    registered: bool = False
    waiting: set[str] = msgspec.field(default_factory=set)
    held: dict[str, int] = msgspec.field(default_factory=dict)
    taxes: list[tuple[int, str, Decimal, str]] = msgspec.field(default_factory=list)

    @property
    def waits(self) -> str:
        """What decides who has to act now; empty where nothing is waited for but customs' own next step."""
        if self.state != "open":
            return ""
        if "control" in self.waiting and "arrival" in self.waiting and self.channel == "red":
            return "arrival"  # goods that are not there cannot be examined
        for what in WAITS:
            if what in self.waiting or (what == "payment" and self._owes()):
                return what
        return ""

    @property
    def holder(self) -> str:
        """Who has to act now; empty once it is released or has ended."""
        if self.state != "open":
            return ""
        return WAITS.get(self.waits, "customs")

    def _owes(self) -> bool:
        return self.decided is not None and not self.deferred and self.due > self.borne

    def pass_time(self, moment: int) -> int:
        """Give the time since the last act to whoever had to act; return the moment, never before that."""
        moment = max(moment, self.since)
        if self.presented is not None and self.state == "open" and moment > self.since:
            holder = self.holder
            self.held[holder] = self.held.get(holder, 0) + moment - self.since
        self.since = moment
        return moment


def begun(act: DeclarationLodged, position: int, moment: int, recorded: int) -> Case:
    """Return the case that a lodging begins."""
    early = act.type[-1:] in PRE_LODGED
    return Case(
        mrn=act.mrn,
        position=position,
        office=act.office,
        type=act.type,
        direction=act.direction,
        lodged=moment,
        recorded=recorded,
        since=moment,
        stuck=moment,
        presented=None if early else moment,
        waiting={"arrival"} if early else set(),
    )


def advance(case: Case, act: Act, moment: int, recorded: int) -> None:
    """Fold one act about a consignment into its case; ``moment`` has passed already."""
    match act:
        case DeclarationAccepted():
            case.accepted = moment if case.accepted is None else case.accepted
            if act.until is not None:
                case.waiting.add("dwell")
        case DeclarationAssessed() | AssessmentOverridden():
            _assess(case, act)
        case ChannelAssigned():
            _assign(case, act, moment, recorded)
        case GoodsArrived():
            _arrive(case, moment)
        case ControlRecorded():
            _control(case, act, moment)
        case PaymentRecorded() | AccountDrawn():
            case.borne += act.amount
            case.paid = moment if case.state == "open" else case.paid
            _met(case, moment, "payment")
        case GoodsReleased() if case.state == "open":
            case.state, case.released = "released", moment
        case DeclarationCleared() if case.cleared is None:
            case.cleared = moment
            case.state = "cleared" if case.state == "released" else case.state
        case _:
            _wait(case, act, moment)


def _assess(case: Case, act: DeclarationAssessed | AssessmentOverridden) -> None:
    case.due, case.currency = act.due, act.currency
    lines = [
        (one.item, one.type, one.amount if one.payable is None else one.payable, one.chapter)
        for one in act.taxes
    ]
    case.taxes = lines or ([(0, "", act.due, "")] if act.due else [])
    if isinstance(act, DeclarationAssessed):
        case.deferred = act.deferred
        case.score, case.likelihood = act.score, act.likelihood


def _assign(case: Case, act: ChannelAssigned, moment: int, recorded: int) -> None:
    case.channel, case.office = act.channel, act.office
    if case.decided is None:
        case.decided = moment
        # A consignment that waited for its goods is not what the node is measured by.
        case.answer = None if case.registered else max(recorded - case.recorded, 0)
    if case.share is None:
        case.share = act.random_share
    if case.stratum != "random":
        case.stratum = act.stratum
    if act.channel in _CONTROLS and "control" not in case.waiting:
        case.waiting.add("control")
        if case.ordered is None:
            case.ordered = moment


def _arrive(case: Case, moment: int) -> None:
    case.waiting.discard("arrival")
    if case.presented is None and case.state == "open":
        case.presented = moment
        if case.ordered is not None and case.controlled is None:
            case.ordered = moment
    case.waited = moment


def _control(case: Case, act: ControlRecorded, moment: int) -> None:
    if case.controlled is None:
        case.controlled, case.outcome = moment, act.outcome
    _met(case, moment, "control", "officer")
    if act.outcome == "irregular":
        case.waiting.add("officer")


def _met(case: Case, moment: int, *what: str) -> None:
    case.waiting.difference_update(what)
    case.waited = moment


def _wait(case: Case, act: Act, moment: int) -> None:
    """Note what is waited for from now on, or no longer, and how it ended."""
    if act.KIND in _BEGINS:
        case.waiting.add(_BEGINS[act.KIND])
    elif act.KIND in _MEETS:
        _met(case, moment, _MEETS[act.KIND])
    elif act.KIND in _ENDS and case.state == "open":
        case.state = _ENDS[act.KIND]
    match act:
        case DeclarationRegistered():
            case.registered = True
        case DocumentsRequested() if act.blocking:
            case.waiting.add("documents")
        case InventoryAnswered() if not act.matched:
            case.waiting.add("inventory")
        case AccountRefused():
            case.deferred = False
        case _:
            return
