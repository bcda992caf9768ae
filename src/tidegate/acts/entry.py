"""Acts before arrival: what a carrier announced, what customs decided in advance, what came, what met."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from tidegate.acts.act import Act
from tidegate.acts.declarations import Reason
from tidegate.acts.goods import Outcome
from tidegate.declarations.findings import Finding

Advance = Literal["proceed", "control at arrival", "do not load"]
ReferenceKind = Literal["entry", "document", "ucr", "container"]


class GoodsReference(msgspec.Struct, frozen=True, order=True):
    """What goods are known by: a transport document, a UCR, a container, or their entry's own number."""

    kind: ReferenceKind
    id: str


class EntryLodged(Act, frozen=True, kw_only=True):
    """A carrier stated what goods it will bring, and customs gave the statement a movement reference number.

    The message lies in the attachment. ``conveyance`` is the ship, flight, train or lorry on its journey.
    """

    KIND: ClassVar[str] = "entry.lodged"

    mrn: str
    lrn: str
    person: str
    mode: str
    conveyance: str
    office: str
    expected: datetime
    items: int


class EntryAccepted(Act, frozen=True, kw_only=True):
    """Customs accepted an entry summary declaration: the goods are announced by these references.

    ``due`` is until when it was to be lodged, where that is known; ``late`` says that it came after. Beyond
    what fits, ``further`` counts the references left out; they are not matched.
    """

    KIND: ClassVar[str] = "entry.accepted"

    mrn: str
    references: tuple[GoodsReference, ...]
    further: int = 0
    due: datetime | None = None
    late: bool = False


class EntryRejected(Act, frozen=True, kw_only=True):
    """Customs rejected an entry summary declaration, and said what was wrong with it."""

    KIND: ClassVar[str] = "entry.rejected"

    mrn: str
    findings: tuple[Finding, ...]
    further: int = 0


class AdvanceDecided(Act, frozen=True, kw_only=True):
    """Customs decided before arrival: goods may proceed, are controlled at arrival, or must not be loaded."""

    KIND: ClassVar[str] = "advance.decided"

    mrn: str
    decision: Advance
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()
    further_reasons: int = 0


class AlterationRequested(Act, frozen=True, kw_only=True):
    """A carrier asked to amend an entry summary declaration; the new statement lies in the attachment."""

    KIND: ClassVar[str] = "alteration.requested"

    mrn: str
    person: str
    mode: str
    conveyance: str
    office: str
    expected: datetime
    items: int


class EntryAmended(Act, frozen=True, kw_only=True):
    """Customs took an amendment: from now on the goods are announced as it says.

    ``request`` is the position of the request, in whose attachment the message lies.
    """

    KIND: ClassVar[str] = "entry.amended"

    mrn: str
    request: int
    conveyance: str
    mode: str
    office: str
    expected: datetime
    items: int
    references: tuple[GoodsReference, ...]
    further: int = 0


class AlterationRefused(Act, frozen=True, kw_only=True):
    """Customs refused to amend an entry summary declaration, and said why; it stands as it was."""

    KIND: ClassVar[str] = "alteration.refused"

    mrn: str
    request: int
    findings: tuple[Finding, ...]
    further: int = 0


class EntryDiverted(Act, frozen=True, kw_only=True):
    """The goods of an entry summary declaration will come to another office than it was told."""

    KIND: ClassVar[str] = "entry.diverted"

    mrn: str
    office: str
    expected: datetime
    told_by: str = ""


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place on a conveyance's itinerary, with its times of arrival and departure where they are known."""

    place: str
    arrives: datetime | None = None
    departs: datetime | None = None


class ConveyanceAnnounced(Act, frozen=True, kw_only=True):
    """An operator told of a journey: the ship, aircraft, train or lorry, its itinerary, who is on board."""

    KIND: ClassVar[str] = "conveyance.announced"

    conveyance: str
    mode: str
    operator: str
    itinerary: tuple[Call, ...]
    crew: int = 0
    passengers: int = 0


class ConveyanceArrived(Act, frozen=True, kw_only=True):
    """A ship, aircraft, train or lorry arrived at an office, and told what goods it discharges there.

    ``discharged`` names transport documents and containers. Where they are many it is empty, and the first
    attachment holds them as a JSON array.
    """

    KIND: ClassVar[str] = "conveyance.arrived"

    conveyance: str
    office: str
    discharged: tuple[str, ...]
    crew: int = 0
    passengers: int = 0


class EntryArrived(Act, frozen=True, kw_only=True):
    """Goods announced by an entry summary declaration arrived; ``by`` is what they were recognised by."""

    KIND: ClassVar[str] = "entry.arrived"

    mrn: str
    conveyance: str
    office: str
    by: str


class EntryMissed(Act, frozen=True, kw_only=True):
    """A conveyance arrived without the goods that an entry summary declaration had announced on it."""

    KIND: ClassVar[str] = "entry.missed"

    mrn: str
    conveyance: str
    office: str


class GoodsUnannounced(Act, frozen=True, kw_only=True):
    """A conveyance discharged goods that no accepted entry summary declaration had announced."""

    KIND: ClassVar[str] = "goods.unannounced"

    conveyance: str
    office: str
    reference: str


class EntryMatched(Act, frozen=True, kw_only=True):
    """An entry summary declaration and a later declaration speak of the same goods."""

    KIND: ClassVar[str] = "entry.matched"

    mrn: str
    declaration: str
    by: GoodsReference


class EntryControlled(Act, frozen=True, kw_only=True):
    """An officer examined announced goods for safety and security, and recorded what was found."""

    KIND: ClassVar[str] = "entry.controlled"

    mrn: str
    outcome: Outcome
    found: str


class EntryReleased(Act, frozen=True, kw_only=True):
    """Safety and security let arrived goods go on; what a later declaration owes is another matter."""

    KIND: ClassVar[str] = "entry.released"

    mrn: str
    grounds: str
