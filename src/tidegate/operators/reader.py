"""From acts about operators to the tables that say who is registered and who may act for whom."""

from __future__ import annotations

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
    decode,
)
from tidegate.operators.model import OPERATOR_KINDS, fold_device, fold_operator, granted, withdrawn
from tidegate.operators.queries import authorisation, device, operator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import apsw

    from tidegate.journal import Entry

_ENCODER = msgspec.json.Encoder()


class OperatorsReader:
    """Folds who registered, was suspended, owns a device, or was authorised by whom."""

    name = "operators"
    version = 1
    kinds: frozenset[str] | None = OPERATOR_KINDS
    schema = """
CREATE TABLE operators (number TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE devices (device TEXT PRIMARY KEY, owner TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX devices_by_owner ON devices (owner, device);
CREATE TABLE authorisations (
    number INTEGER PRIMARY KEY, principal TEXT NOT NULL, representative TEXT NOT NULL, record BLOB NOT NULL
);
CREATE INDEX authorisations_by_pair ON authorisations (representative, principal, number);
CREATE INDEX authorisations_by_representative ON authorisations (representative, number);
CREATE INDEX authorisations_by_principal ON authorisations (principal, number);
"""

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the tables."""
        for entry in entries:
            if entry.body is not None:
                act = decode(entry.kind, entry.version, entry.body)
                _fold(tables, act, entry.position, entry.occurred)


def _fold(tables: apsw.Connection, act: Act, position: int, occurred: datetime) -> None:
    if isinstance(act, OperatorRegistered | OperatorSuspended | OperatorReinstated):
        one = fold_operator(operator(tables, act.operator), act, occurred)
        if one is not None:
            row = (one.number, _ENCODER.encode(one))
            tables.execute("INSERT OR REPLACE INTO operators VALUES (?, ?)", row)
    elif isinstance(act, DeviceRegistered | DeviceRetired):
        thing = fold_device(device(tables, act.device), act, occurred)
        if thing is not None:
            described = (thing.device, thing.owner, _ENCODER.encode(thing))
            tables.execute("INSERT OR REPLACE INTO devices VALUES (?, ?, ?)", described)
    elif isinstance(act, AuthorisationGranted | AuthorisationWithdrawn):
        if isinstance(act, AuthorisationGranted):
            leave = granted(act, position)
        else:
            before = authorisation(tables, act.authorisation)
            if before is None:
                return
            leave = withdrawn(before, occurred)
        tables.execute(
            "INSERT OR REPLACE INTO authorisations VALUES (?, ?, ?, ?)",
            (leave.number, leave.principal, leave.representative, _ENCODER.encode(leave)),
        )
