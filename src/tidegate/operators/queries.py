"""What others may ask about operators; answered from the reader's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.operators.model import Authorisation, Device, Operator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import apsw

_OPERATOR = msgspec.json.Decoder(Operator)
_DEVICE = msgspec.json.Decoder(Device)
_AUTHORISATION = msgspec.json.Decoder(Authorisation)


def operator(tables: apsw.Connection, number: str) -> Operator | None:
    """Return an operator by its number, or None."""
    record = tables.execute("SELECT record FROM operators WHERE number = ?", (number,)).get
    return None if record is None else _OPERATOR.decode(record)


def operators(tables: apsw.Connection, after: str = "", limit: int = 100) -> list[Operator]:
    """Return up to ``limit`` operators in the order of their numbers, those after a number."""
    rows = tables.execute(
        "SELECT record FROM operators WHERE number > ? ORDER BY number LIMIT ?", (after, limit)
    )
    return [_OPERATOR.decode(record) for (record,) in rows]


def device(tables: apsw.Connection, name: str) -> Device | None:
    """Return a device by its number, or None."""
    record = tables.execute("SELECT record FROM devices WHERE device = ?", (name,)).get
    return None if record is None else _DEVICE.decode(record)


def devices_of(tables: apsw.Connection, owner: str) -> list[Device]:
    """Return the devices that an operator answers for, the retired ones too."""
    rows = tables.execute("SELECT record FROM devices WHERE owner = ? ORDER BY device", (owner,))
    return [_DEVICE.decode(record) for (record,) in rows]


def authorisation(tables: apsw.Connection, number: int) -> Authorisation | None:
    """Return an authorisation by its number, or None."""
    record = tables.execute("SELECT record FROM authorisations WHERE number = ?", (number,)).get
    return None if record is None else _AUTHORISATION.decode(record)


def granted_by(
    tables: apsw.Connection, principal: str, after: int = -1, limit: int = 10_000
) -> list[Authorisation]:
    """Return the authorisations that a principal ever granted, in their order, those after a number."""
    rows = tables.execute(
        "SELECT record FROM authorisations WHERE principal = ? AND number > ? ORDER BY number LIMIT ?",
        (principal, after, limit),
    )
    return [_AUTHORISATION.decode(record) for (record,) in rows]


def granted_to(
    tables: apsw.Connection, representative: str, after: int = -1, limit: int = 10_000
) -> list[Authorisation]:
    """Return the authorisations that a representative ever had, in their order, those after a number."""
    rows = tables.execute(
        "SELECT record FROM authorisations WHERE representative = ? AND number > ? ORDER BY number LIMIT ?",
        (representative, after, limit),
    )
    return [_AUTHORISATION.decode(record) for (record,) in rows]


def in_force(
    tables: apsw.Connection,
    principal: str,
    representative: str,
    when: datetime,
    procedures: Sequence[str] = (),
) -> list[Authorisation]:
    """Return the authorisations between two that hold at a moment and are for all of these procedures."""
    rows = tables.execute(
        "SELECT record FROM authorisations WHERE representative = ? AND principal = ? ORDER BY number",
        (representative, principal),
    )
    leaves = [_AUTHORISATION.decode(record) for (record,) in rows]
    return [leave for leave in leaves if leave.in_force(when) and leave.covers(procedures)]
