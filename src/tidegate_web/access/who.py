"""Who may do what: every predicate of the door, in one place.

They are asked through `rules`: `rules.test_rule("see", client, lodged)`. A predicate answers, the guard
refuses. What they know is the journal as it is now, not tables that may lag: who is suspended, or
whose authorisation is withdrawn, is refused with the next request.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
import rules

from tidegate.acts import DeclarationLodged
from tidegate.clearance import acts_about
from tidegate.operators import (
    Authorisation,
    Operator,
    held_now,
    leaves_now,
    operator_now,
    registration_key,
    representative_key,
)
from tidegate_web.node import node, now

if TYPE_CHECKING:
    from tidegate.acts import AuthorisationGranted
    from tidegate_web.access.client import Client

_OPERATOR = "operator:"


class Lodged(msgspec.Struct, frozen=True):
    """Whose a consignment is: under whose number it was lodged, and who lodged it."""

    declarant: str
    lodger: str


def lodged(mrn: str) -> Lodged | None:
    """Return whose the consignment with a number is, or None where nothing was lodged under it."""
    entry, act = next(iter(acts_about(node().journal, mrn)), (None, None))
    if entry is None or not isinstance(act, DeclarationLodged):
        return None
    return Lodged(act.declarant, entry.author.removeprefix(_OPERATOR))


def standing(number: str) -> Operator | None:
    """Return an operator as it is now, or None where none is registered under this number."""
    last = node().journal.last(registration_key(number))
    return None if last is None else _operator_at(str(node().folder), number, last)


def in_good_standing(number: str) -> bool:
    """Tell whether an operator is registered and not suspended."""
    found = standing(number)
    return found is not None and found.suspended is None


@lru_cache(maxsize=4096)
def _operator_at(folder: str, number: str, last: int) -> Operator | None:
    """Return an operator as it was at its last act: read once, and anew as soon as there is another act."""
    del folder, last
    return operator_now(node().journal, number)[0]


def represents(representative: str, principal: str) -> bool:
    """Tell whether one may act for another now, in one procedure or all."""
    leaves = leaves_now(node().journal, principal, representative)
    moment = now()
    return any(leave.in_force(moment) for leave in leaves)


def principals(representative: str) -> frozenset[str]:
    """Return the numbers of all whom one may act for now."""
    last = node().journal.last(representative_key(representative))
    if last is None:
        return frozenset()
    moment = now()
    held = _held_at(str(node().folder), representative, last)
    return frozenset(leave.principal for leave in held if leave.in_force(moment))


@lru_cache(maxsize=256)
def _held_at(folder: str, representative: str, last: int) -> tuple[Authorisation, ...]:
    del folder, last
    return tuple(held_now(node().journal, representative))


@rules.predicate
def is_registered(client: Client) -> bool:
    """Tell whether the client's operator is registered here."""
    return standing(client.operator) is not None


@rules.predicate
def is_in_good_standing(client: Client) -> bool:
    """Tell whether the client's operator is registered and not suspended."""
    return in_good_standing(client.operator)


@rules.predicate
def has_scope(client: Client, scope: str) -> bool:
    """Tell whether the client's credential is for this."""
    return scope in client.scopes


@rules.predicate
def declared_it(client: Client, whose: Lodged) -> bool:
    """Tell whether a consignment was lodged under the client's number."""
    return client.operator == whose.declarant


@rules.predicate
def lodged_it(client: Client, whose: Lodged) -> bool:
    """Tell whether the client's operator lodged it, for whomever."""
    return client.operator == whose.lodger


@rules.predicate
def acts_for_declarant(client: Client, whose: Lodged) -> bool:
    """Tell whether the client's operator may act for who declared it."""
    return represents(client.operator, whose.declarant)


@rules.predicate
def granted_it(client: Client, given: AuthorisationGranted) -> bool:
    """Tell whether the client's operator is the principal of an authorisation."""
    return client.operator == given.principal


@rules.predicate
def was_granted_it(client: Client, given: AuthorisationGranted) -> bool:
    """Tell whether the client's operator is the representative of an authorisation."""
    return client.operator == given.representative


rules.add_rule("enter", is_in_good_standing)
rules.add_rule("use", has_scope)
rules.add_rule("see", declared_it | lodged_it | acts_for_declarant)
rules.add_rule("change", declared_it | acts_for_declarant)
rules.add_rule("end_authorisation", granted_it | was_granted_it)
