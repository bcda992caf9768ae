"""Acts about goods on the ground: their arrival, the channel they take, their control, their release."""

from __future__ import annotations

from typing import ClassVar, Literal

from tidegate.acts.act import Act

Channel = Literal["green", "yellow", "red", "blue"]
Outcome = Literal["conform", "irregular"]
Stratum = Literal["random", "profile", "none"]


class ChannelAssigned(Act, frozen=True, kw_only=True):
    """Customs assigned a consignment its channel, by the random stratum, by profile, or for lack of both."""

    KIND: ClassVar[str] = "channel.assigned"

    mrn: str
    channel: Channel
    stratum: Stratum
    grounds: str
    office: str
    probability: float | None = None


class GoodsArrived(Act, frozen=True, kw_only=True):
    """The goods of a pre-lodged declaration were presented at the place where customs can examine them."""

    KIND: ClassVar[str] = "goods.arrived"

    mrn: str
    place: str = ""
    told_by: str = ""


class ControlRecorded(Act, frozen=True, kw_only=True):
    """An officer examined documents or goods and recorded what the control found."""

    KIND: ClassVar[str] = "control.recorded"

    mrn: str
    outcome: Outcome
    found: str
    hours: float = 0.0


class GoodsReleased(Act, frozen=True, kw_only=True):
    """Customs released the goods to the procedure they were declared for."""

    KIND: ClassVar[str] = "goods.released"

    mrn: str
