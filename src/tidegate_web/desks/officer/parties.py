"""The parties of a consignment: how often they were met, controlled, found wrong; what they owe and may."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from tidegate.clearance import OperatorPast, holdings, operator_past
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate.operators import OperatorsReader, granted_by, granted_to, operator
from tidegate_web.desks.officer.queueing import desk_tables
from tidegate_web.desks.officer.story import reading
from tidegate_web.node import node, now

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tidegate.declarations.parties import Party

_MOST_DEBTS = 200  # consignments of one declarant whose debts are added up


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a party by its number; without a number, only what was declared."""

    roles: tuple[str, ...]
    number: str
    name: str
    country: str
    past: OperatorPast = OperatorPast()
    debts: int = 0
    owed: tuple[str, ...] = ()
    registered: bool = False
    suspended: datetime | None = None
    reason: str = ""
    acts_for: int = 0
    represented_by: int = 0


def known_parties(parties: Iterable[tuple[str, Party]]) -> list[Known]:
    """Return each party once, with its roles, in the order in which they were declared."""
    roles: dict[tuple[str, str], list[str]] = {}
    said: dict[tuple[str, str], Party] = {}
    for role, party in parties:
        key = (party.id or "", "" if party.id else party.name or "")
        roles.setdefault(key, []).append(role)
        said.setdefault(key, party)
        if party.name and not said[key].name:
            said[key] = party
    return [known_party(key[0], tuple(roles[key]), said[key]) for key in roles]


def known_party(number: str, roles: tuple[str, ...] = (), party: Party | None = None) -> Known:
    """Return what is known of a party."""
    address = party.address if party is not None else None
    told = Known(
        roles=roles,
        number=number,
        name=(party.name or "") if party is not None else "",
        country=(address.country_code or "") if address is not None else "",
    )
    if not number:
        return told
    debts, owed = _owed(number)
    told = msgspec.structs.replace(told, past=_past(number), debts=debts, owed=owed)
    return _authorised(told)


def _past(number: str) -> OperatorPast:
    desk = desk_tables()
    if desk is None:
        return OperatorPast()
    with closing(desk):
        return operator_past(desk, number)


def _owed(number: str) -> tuple[int, tuple[str, ...]]:
    """Return on how many consignments an operator's payment is waited for, and the sums by currency."""
    with closing(reading()) as connection:
        held = [
            one.owed for one in holdings(connection, [number], holder="trader", limit=_MOST_DEBTS) if one.owed
        ]
    sums: dict[str, Decimal] = {}
    for one in held:
        amount, _, currency = one.partition(" ")
        sums[currency] = sums.get(currency, Decimal(0)) + Decimal(amount)
    return len(held), tuple(f"{amount} {currency}" for currency, amount in sorted(sums.items()))


def _authorised(told: Known) -> Known:
    """Return what the register of operators has of a party beside."""
    try:
        connection = tables(OperatorsReader(), node().read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return told
    moment = now()
    with closing(connection):
        one = operator(connection, told.number)
        acts_for = sum(leave.in_force(moment) for leave in granted_to(connection, told.number, limit=200))
        represented = sum(leave.in_force(moment) for leave in granted_by(connection, told.number, limit=200))
    return msgspec.structs.replace(
        told,
        registered=one is not None,
        name=told.name or (one.name if one is not None else ""),
        suspended=one.suspended if one is not None else None,
        reason=one.reason if one is not None else "",
        acts_for=acts_for,
        represented_by=represented,
    )
