"""What an agreement must not be: every contradiction, and every word that its place has no use for."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import msgspec

from tidegate.exchange.terms import CONTEXT, FIELDS, PROFILE, SERVICES, SHAREABLE, fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.exchange.model import Agreement, Constraint, Permission, Prohibition, Transform

_DEEPEST = 8
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_ORDERED = ("lt", "lteq", "gt", "gteq")


def faults_of(agreement: Agreement) -> Iterator[str]:
    """Yield what is wrong with an agreement that could be read, one sentence each."""
    yield from _frame(agreement)
    clauses: list[Permission | Prohibition] = [*agreement.permission, *agreement.prohibition]
    names = {party.uid for party in agreement.party}
    if len({clause.uid for clause in clauses}) != len(clauses):
        yield "every clause needs a uid of its own."
    for clause in clauses:
        if {clause.assigner, clause.assignee} != names:
            yield f"{clause.uid}: assigner and assignee must be the two parties."
    for permission in agreement.permission:
        yield from (f"{permission.uid}: {fault}" for fault in _permission(permission))
    for prohibition in agreement.prohibition:
        yield from (f"{prohibition.uid}: {fault}" for fault in _prohibition(prohibition))
    yield from _outcomes(agreement)


def _frame(agreement: Agreement) -> Iterator[str]:
    if agreement.context != CONTEXT or agreement.profile != PROFILE:
        yield f"@context and profile must be those of {PROFILE}; the agreement names {agreement.profile}."
    if agreement.valid_from.tzinfo is None or agreement.valid_until.tzinfo is None:
        yield "validFrom and validUntil need a time zone."
    elif agreement.valid_from >= agreement.valid_until:
        yield "validFrom must lie before validUntil."
    if agreement.party[0].uid == agreement.party[1].uid:
        yield "the two parties must differ."


def _outcomes(agreement: Agreement) -> Iterator[str]:
    for outcome in agreement.expected_outcome:
        if (outcome.at_least is None) == (outcome.at_most is None):
            yield f"{outcome.uid}: name either atLeast or atMost."
        elif not _NUMBER.fullmatch(outcome.at_least or outcome.at_most or ""):
            yield f"{outcome.uid}: atLeast and atMost are decimals in text."
        if outcome.clause and agreement.clause(outcome.clause) is None:
            yield f"{outcome.uid}: there is no clause {outcome.clause}."


def _permission(clause: Permission) -> Iterator[str]:
    if not clause.purpose:
        yield "name the purpose."
    if clause.action == "disclose":
        yield from _disclosing(clause)
    elif clause.action in SERVICES:
        yield from _serving(clause)
    elif clause.fields or clause.aggregate or clause.constraint or clause.target != "received":
        yield "distribute has the target `received`, and neither fields nor constraints."


def _disclosing(clause: Permission) -> Iterator[str]:
    if clause.target not in SHAREABLE:
        yield f"{clause.target!r} cannot be shared; what can: {', '.join(SHAREABLE)}."
        return
    known = fields_of(clause.target)
    yield from _constraints(clause.constraint, known)
    if clause.aggregate is not None:
        if clause.fields:
            yield "a clause has either fields or an aggregate."
        yield from _named((*clause.aggregate.by, *clause.aggregate.total), known)
        if not clause.aggregate.total:
            yield "an aggregate needs something to total."
        for name in clause.aggregate.total:
            if name in known and FIELDS[name].kind != "number":
                yield f"{name} is no number and cannot be totalled."
        return
    yield from _transforms(clause.fields, known)


def _serving(clause: Permission) -> Iterator[str]:
    wanted = {"verify": "declaration", "mirror": "export", "status": "operator", "assist": "case"}
    if clause.target != wanted[clause.action]:
        yield f"{clause.action} has the target {wanted[clause.action]!r}."
    if clause.aggregate is not None:
        yield "a service has no aggregate."
    if clause.action in {"verify", "mirror"}:
        known = fields_of("declaration.lodged")
        yield from _constraints(clause.constraint, known)
        yield from _transforms(clause.fields, known)
    elif clause.fields or clause.constraint:
        yield f"{clause.action} has neither fields nor constraints."


def _prohibition(clause: Prohibition) -> Iterator[str]:
    if clause.action == "distribute":
        if clause.fields or clause.constraint or clause.target != "received":
            yield "distribute has the target `received`, and neither fields nor constraints."
        return
    if clause.target != "any" and clause.target not in SHAREABLE:
        yield f"the target is `any` or one of {', '.join(SHAREABLE)}."
        return
    known = frozenset(FIELDS) if clause.target == "any" else fields_of(clause.target)
    yield from _named(clause.fields, known)
    yield from _constraints(clause.constraint, known)


def _named(names: tuple[str, ...], known: frozenset[str]) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{name!r} is no field of the target."


def _transforms(fields: dict[str, Transform], known: frozenset[str]) -> Iterator[str]:
    if not fields:
        yield "name the fields that are shared."
    yield from _named(tuple(fields), known)
    for name, transform in fields.items():
        if name in known:
            yield from (f"{name}: {fault}" for fault in _transform(name, transform))


def _transform(name: str, transform: Transform) -> Iterator[str]:
    kind = FIELDS[name].kind
    needed = {"truncate": ("length", "text"), "round": ("step", "number"), "period": ("span", "moment")}
    parameter, wanted = needed.get(transform.way, ("", ""))
    for part in ("length", "step", "span"):
        if (getattr(transform, part) is not None) != (part == parameter):
            yield f"`{transform.way}` takes {parameter or 'no parameter'}: look at `{part}`."
    if wanted and kind != wanted:
        yield f"`{transform.way}` is for a {wanted}, and {name} is a {kind}."
    if transform.way == "pseudonym" and kind != "text":
        yield f"a {kind} cannot be a pseudonym."
    if transform.step is not None and kind == "number":
        yield from _number(name, transform.step)
        if _NUMBER.fullmatch(transform.step) and Decimal(transform.step) <= 0:
            yield "a step is above 0."


def _constraints(constraints: tuple[Constraint, ...], known: frozenset[str], depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        yield f"constraints are nested deeper than {_DEEPEST}."
        return
    for one in constraints:
        plain = bool(one.left_operand) or one.operator is not None or one.right_operand is not None
        if plain + bool(one.all_of) + bool(one.any_of) != 1:
            yield "a constraint is either a comparison, or `and`, or `or`."
        elif plain:
            yield from _comparison(one, known)
        else:
            yield from _constraints(one.all_of or one.any_of, known, depth + 1)


def _comparison(one: Constraint, known: frozenset[str]) -> Iterator[str]:
    name, operator, right = one.left_operand, one.operator, one.right_operand
    if name not in known:
        yield f"{name!r} is no field of the target."
        return
    if operator is None or right is None:
        yield f"{name}: a comparison needs operator and rightOperand."
        return
    several = operator in {"isAnyOf", "isNoneOf"}
    if several != isinstance(right, tuple) or right == ():
        yield f"{name}: {operator} takes {'a list of texts' if several else 'one text'}."
        return
    kind = FIELDS[name].kind
    if operator == "startsWith" and kind != "text":
        yield f"{name}: startsWith compares texts, and this is a {kind}."
    if operator in _ORDERED and kind == "text":
        yield f"{name}: {operator} compares numbers and moments; this is a text."
    for value in right if isinstance(right, tuple) else (right,):
        if kind == "number":
            yield from _number(name, value)
        elif kind == "moment" and not _is_moment(value):
            yield f"{name}: {value!r} is no moment like 2026-01-31T00:00:00Z."


def _number(name: str, text: str) -> Iterator[str]:
    try:
        fits = bool(_NUMBER.fullmatch(text)) and (Decimal(text) * FIELDS[name].scale) % 1 == 0
    except InvalidOperation:
        fits = False
    if not fits:
        yield f"{name}: {text!r} is no decimal in whole units of 1/{FIELDS[name].scale}."


def _is_moment(text: str) -> bool:
    if not _MOMENT.fullmatch(text):
        return False
    try:
        msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        return False
    return True
