"""Acts about goods on the ground: their arrival, the channel they take, their control, their release."""

from __future__ import annotations

from typing import ClassVar, Literal

from tidegate.acts.act import Act

Channel = Literal["green", "yellow", "red", "blue"]
Outcome = Literal["conform", "irregular"]
Stratum = Literal["random", "exploring", "targeted", "profile", "none"]


class ChannelAssigned(Act, frozen=True, kw_only=True):
    """Customs assigned a consignment its channel: at random, to explore, by a model, by profile, or by none.

    ``probability`` is that with which its stratum took it, where that is a draw; ``random_share`` the
    probability with which the random stratum could have taken it, whatever took it.
    """

    KIND: ClassVar[str] = "channel.assigned"

    mrn: str
    channel: Channel
    stratum: Stratum
    grounds: str
    office: str
    probability: float | None = None
    random_share: float | None = None


class GoodsArrived(Act, frozen=True, kw_only=True):
    """The goods of a pre-lodged declaration were presented at the place where customs can examine them.

    ``acknowledged`` is whether the message of arrival named its sender, who then hears that it was received.
    """

    KIND: ClassVar[str] = "goods.arrived"

    mrn: str
    place: str = ""
    told_by: str = ""
    reference: str = ""
    acknowledged: bool = False


class InventoryAnswered(Act, frozen=True, kw_only=True):
    """The inventory of a port told whether a consignment is there as its declaration states it.

    Where they do not match, the declaration stands still until they do. ``about`` is the version it was asked
    about, as the message says it.
    """

    KIND: ClassVar[str] = "inventory.answered"

    mrn: str
    matched: bool
    told_by: str = ""
    reference: str = ""
    about: str = ""


class ControlOrdered(Act, frozen=True, kw_only=True):
    """An officer ordered a control of documents or goods, on grounds of their own."""

    KIND: ClassVar[str] = "control.ordered"

    mrn: str
    channel: Literal["yellow", "red"]
    grounds: str


class ConsignmentReferred(Act, frozen=True, kw_only=True):
    """An officer referred a consignment to somebody else: another office, a supervisor, another agency."""

    KIND: ClassVar[str] = "consignment.referred"

    mrn: str
    to: str
    words: str


class WorkTaken(Act, frozen=True, kw_only=True):
    """An officer took a consignment up: others see who is on it. It locks nothing.

    It is about the officers' work and not about the consignment, so that nobody who acts on it is overtaken.
    """

    KIND: ClassVar[str] = "work.taken"

    mrn: str


class WorkReturned(Act, frozen=True, kw_only=True):
    """The officer who was on a consignment gave it back to whoever takes it up next."""

    KIND: ClassVar[str] = "work.returned"

    mrn: str


class ControlRecorded(Act, frozen=True, kw_only=True):
    """An officer examined documents or goods and recorded what the control found."""

    KIND: ClassVar[str] = "control.recorded"

    mrn: str
    outcome: Outcome
    found: str
    hours: float = 0.0


class GoodsReleased(Act, frozen=True, kw_only=True):
    """Customs released the goods to the procedure they were declared for.

    ``provisional`` says that the debt is not fixed yet: a quota has still to be allocated.
    """

    KIND: ClassVar[str] = "goods.released"

    mrn: str
    provisional: bool = False


class DeclarationCleared(Act, frozen=True, kw_only=True):
    """Customs cleared a declaration: the goods are released and the debt is entered."""

    KIND: ClassVar[str] = "declaration.cleared"

    mrn: str


class QuotaAllocated(Act, frozen=True, kw_only=True):
    """The quota that a declaration claims was allocated, so that its debt can be fixed."""

    KIND: ClassVar[str] = "quota.allocated"

    mrn: str


class GoodsExited(Act, frozen=True, kw_only=True):
    """Exported goods left the territory."""

    KIND: ClassVar[str] = "goods.exited"

    mrn: str
    place: str = ""
    told_by: str = ""
    reference: str = ""


class ConsignmentAssociated(Act, frozen=True, kw_only=True):
    """A consignment was put under a master: whatever moves the master moves it."""

    KIND: ClassVar[str] = "consignment.associated"

    ucr: str
    master: str


class MasterShut(Act, frozen=True, kw_only=True):
    """A master consignment was shut: nothing more is put under it."""

    KIND: ClassVar[str] = "master.shut"

    master: str
