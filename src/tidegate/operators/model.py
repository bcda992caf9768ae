"""The words of the room: an operator, a device, an authorisation, and the fold of acts into each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    Act,
    AuthorisationGranted,
    AuthorisationWithdrawn,
    DeviceRegistered,
    DeviceRetired,
    OperatorRegistered,
    OperatorReinstated,
    OperatorSuspended,
    Representation,
    Role,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

OPERATOR_KINDS = frozenset(
    act.KIND
    for act in (
        OperatorRegistered,
        OperatorSuspended,
        OperatorReinstated,
        DeviceRegistered,
        DeviceRetired,
        AuthorisationGranted,
        AuthorisationWithdrawn,
    )
)


class Operator(msgspec.Struct, frozen=True, omit_defaults=True):
    """An operator as its acts say: its number, its roles, whether it is suspended and why."""

    number: str
    roles: tuple[Role, ...]
    registered: datetime
    name: str = ""
    suspended: datetime | None = None
    reason: str = ""


class Device(msgspec.Struct, frozen=True, omit_defaults=True):
    """A device and the operator who answers for it."""

    device: str
    owner: str
    registered: datetime
    type: str = ""
    retired: datetime | None = None


class Authorisation(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Leave to act for a principal; ``number`` is the position of the act that granted it."""

    number: int
    principal: str
    representative: str
    representation: Representation
    start: datetime
    until: datetime | None = None
    procedures: tuple[str, ...] = ()
    withdrawn: datetime | None = None

    def in_force(self, when: datetime) -> bool:
        """Tell whether it holds at a moment: from its start on, before its end, while nobody withdrew it."""
        ended = self.until is not None and when >= self.until
        withdrawn = self.withdrawn is not None and when >= self.withdrawn
        return self.start <= when and not ended and not withdrawn

    def covers(self, procedures: Sequence[str]) -> bool:
        """Tell whether it is for all of these customs procedures."""
        return not self.procedures or all(one.startswith(self.procedures) for one in procedures)


def fold_operator(operator: Operator | None, act: Act, occurred: datetime) -> Operator | None:
    """Fold one act into an operator."""
    if isinstance(act, OperatorRegistered):
        return operator or Operator(act.operator, act.roles, occurred, act.name)
    if operator is None:
        return None
    if isinstance(act, OperatorSuspended):
        return msgspec.structs.replace(operator, suspended=occurred, reason=act.reason)
    if isinstance(act, OperatorReinstated):
        return msgspec.structs.replace(operator, suspended=None, reason=act.reason)
    return operator


def fold_device(device: Device | None, act: Act, occurred: datetime) -> Device | None:
    """Fold one act into a device; one that was retired may be registered again, under another owner too."""
    if isinstance(act, DeviceRegistered) and (device is None or device.retired is not None):
        return Device(act.device, act.owner, occurred, act.type)
    if isinstance(act, DeviceRetired) and device is not None:
        return msgspec.structs.replace(device, retired=occurred)
    return device


def granted(act: AuthorisationGranted, position: int) -> Authorisation:
    """Return the authorisation that an act grants at its position."""
    return Authorisation(
        number=position,
        principal=act.principal,
        representative=act.representative,
        representation=act.representation,
        start=act.start,
        until=act.until,
        procedures=act.procedures,
    )


def withdrawn(authorisation: Authorisation, occurred: datetime) -> Authorisation:
    """Return an authorisation as it is once it was withdrawn."""
    return msgspec.structs.replace(authorisation, withdrawn=authorisation.withdrawn or occurred)
