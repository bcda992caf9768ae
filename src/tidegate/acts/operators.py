"""Acts about who may: operators and their devices, and who may act for whom."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from tidegate.acts.act import Act

Role = Literal["trader", "broker", "carrier", "platform", "device_owner"]
Representation = Literal["direct", "indirect"]


class OperatorRegistered(Act, frozen=True, kw_only=True):
    """An operator registered with customs under its number (an EORI, say), in one role or several."""

    KIND: ClassVar[str] = "operator.registered"

    operator: str
    roles: tuple[Role, ...]
    name: str = ""


class OperatorSuspended(Act, frozen=True, kw_only=True):
    """Customs suspended an operator: until it is reinstated it can lodge, ask and see nothing here."""

    KIND: ClassVar[str] = "operator.suspended"

    operator: str
    reason: str


class OperatorReinstated(Act, frozen=True, kw_only=True):
    """Customs reinstated an operator that was suspended."""

    KIND: ClassVar[str] = "operator.reinstated"

    operator: str
    reason: str = ""


class DeviceRegistered(Act, frozen=True, kw_only=True):
    """A device (a seal, a scanner, a weighbridge) was registered under the operator who answers for it."""

    KIND: ClassVar[str] = "device.registered"

    device: str
    owner: str
    type: str = ""


class DeviceRetired(Act, frozen=True, kw_only=True):
    """A device was retired: what it says from then on is not heard."""

    KIND: ClassVar[str] = "device.retired"

    device: str
    owner: str
    reason: str = ""


class AuthorisationGranted(Act, frozen=True, kw_only=True):
    """A principal let a representative act for it, directly (in its name) or indirectly (in its own name).

    The authorisation is known by its position. ``procedures`` are the beginnings of the customs procedures
    (requested and previous code in one, as 4000) that it is for; none means all. It holds ``from`` a moment
    on, ``until`` another one, which is not in it.
    """

    KIND: ClassVar[str] = "authorisation.granted"

    principal: str
    representative: str
    representation: Representation
    procedures: tuple[str, ...] = ()
    start: datetime = msgspec.field(name="from")
    until: datetime | None = None


class AuthorisationWithdrawn(Act, frozen=True, kw_only=True):
    """An authorisation, known by its position, was withdrawn; what was lodged under it before stands."""

    KIND: ClassVar[str] = "authorisation.withdrawn"

    authorisation: int
    principal: str
    representative: str
    reason: str = ""
