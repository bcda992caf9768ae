"""An agreement as values: the ODRL 2.2 terms that the profile uses, and what it adds to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tidegate.acts import PartnerKind
from tidegate.exchange.terms import Action, Purpose

Uid = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:/-]{1,120}$")]
Name = Annotated[str, Meta(pattern=r"^[^\s+]{1,120}$")]
Operator = Literal["eq", "neq", "lt", "lteq", "gt", "gteq", "isAnyOf", "isNoneOf", "startsWith"]
Text = Annotated[str, Meta(max_length=2000)]
Way = Literal["plain", "pseudonym", "truncate", "round", "period"]
Span = Literal["day", "month", "year"]
Measure = Literal["sent", "received", "receipts", "answered", "answer_hours", "hits", "refused"]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A part of an agreement: a member that it does not know makes the whole agreement unreadable."""


class Constraint(_Part, frozen=True):
    """A comparison of a field, or several constraints of which all (``and``) or one (``or``) must hold."""

    left_operand: str = ""
    operator: Operator | None = None
    right_operand: str | tuple[str, ...] | None = None
    all_of: tuple[Constraint, ...] = msgspec.field(default=(), name="and")
    any_of: tuple[Constraint, ...] = msgspec.field(default=(), name="or")


class Transform(_Part, frozen=True):
    """How a field leaves the node: as it is, as a pseudonym, cut to a length, in steps, or to a period."""

    way: Way = msgspec.field(name="as")
    length: Annotated[int, Meta(ge=1, le=64)] | None = None
    step: str | None = None
    span: Span | None = None


class Aggregate(_Part, frozen=True):
    """Only totals are shared: per ``period`` and group, of cells of so many declarations at least."""

    by: tuple[str, ...]
    total: tuple[str, ...]
    period: Literal["day", "month"]
    minimum_cell: Annotated[int, Meta(ge=2, le=1_000_000)]


class Duty(_Part, frozen=True):
    """What the assignee must do within a time: erase what it received, or answer."""

    action: Literal["delete", "answer"]
    within: Annotated[str, Meta(pattern=r"^P([1-9][0-9]{0,3}D|T[1-9][0-9]{0,3}H)$")]


class Permission(_Part, frozen=True):
    """A clause that allows: what the assigner may share with the assignee, or do for it when asked."""

    uid: Uid
    action: Action
    assigner: Name
    assignee: Name
    target: str
    purpose: tuple[Purpose, ...]
    constraint: tuple[Constraint, ...] = ()
    fields: dict[str, Transform] = {}
    aggregate: Aggregate | None = None
    duty: tuple[Duty, ...] = ()


class Prohibition(_Part, frozen=True):
    """A clause that forbids, whatever others allow: rows, fields of rows, or to hand on what was received."""

    uid: Uid
    action: Literal["disclose", "distribute"]
    assigner: Name
    assignee: Name
    target: str
    constraint: tuple[Constraint, ...] = ()
    fields: tuple[str, ...] = ()


class Party(_Part, frozen=True):
    """A party: the name under which its node signs, and what it is."""

    uid: Name
    kind: PartnerKind


class Outcome(_Part, frozen=True):
    """What is hoped for: a measure that the acts themselves will tell, of a clause or of all, in a year."""

    uid: Uid
    text: Text
    measure: Measure
    at_least: str | None = None
    at_most: str | None = None
    clause: str = ""


class Agreement(_Part, frozen=True, kw_only=True):
    """An agreement between two parties, in force ``valid_from`` a moment on and until another."""

    context: tuple[str, ...] = msgspec.field(name="@context")
    type: Literal["Agreement"] = msgspec.field(name="@type")
    uid: Uid
    profile: str
    version: Annotated[int, Meta(ge=1, le=10_000)]
    title: Text
    legal_basis: Text
    valid_from: datetime
    valid_until: datetime
    party: tuple[Party, Party]
    permission: Annotated[tuple[Permission, ...], Meta(min_length=1, max_length=200)]
    prohibition: Annotated[tuple[Prohibition, ...], Meta(max_length=200)] = ()
    expected_outcome: tuple[Outcome, ...] = ()

    def partner_of(self, name: str) -> str:
        """Return the other party."""
        first, second = self.party
        return second.uid if name == first.uid else first.uid

    def clause(self, uid: str) -> Permission | None:
        """Return a permission by its uid, or None."""
        return next((one for one in self.permission if one.uid == uid), None)

    def holds_at(self, moment: datetime) -> bool:
        """Tell whether the dates of the agreement cover a moment."""
        return self.valid_from <= moment < self.valid_until
