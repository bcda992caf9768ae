"""What a receiver checks: that each field shared is one that the clause shares, in the form that it gives.

The receiver does not see the rows as the sender has them. It refuses what it can see to be outside of the
clause: other fields, other forms, values that contradict a constraint over a field that is shared as it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tidegate.exchange.reading import scaled
from tidegate.exchange.reference import holds
from tidegate.exchange.refusals import MessageRefusedError
from tidegate.exchange.rendering import PSEUDONYM_DIGITS
from tidegate.exchange.terms import FIELDS, STATUS_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.exchange.model import Agreement, Permission, Transform

_PSEUDONYM = re.compile(f"[0-9a-f]{{{PSEUDONYM_DIGITS}}}")
_SPANS = {
    "day": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "month": re.compile(r"[0-9]{4}-[0-9]{2}"),
    "year": re.compile(r"[0-9]{4}"),
}


def check_rows(rows: Sequence[dict[str, str]], agreement: Agreement, clause: Permission) -> None:
    """Raise ``out_of_scope`` for the first field or value that a clause does not let out."""
    for row in rows:
        if clause.aggregate is not None:
            _check_totals(row, clause)
            continue
        for name, text in row.items():
            how = clause.fields.get(name)
            if clause.action == "status" and name in STATUS_FIELDS:
                continue
            if how is None:
                raise _outside(clause, f"the clause does not share {name!r}")
            if not _formed(name, text, how):
                raise _outside(clause, f"{name!r} is not in the form that the clause gives ({how.way})")
        _check_constraints(row, agreement, clause)


def _check_totals(row: dict[str, str], clause: Permission) -> None:
    assert clause.aggregate is not None
    allowed = {*clause.aggregate.by, *(f"total_{name}" for name in clause.aggregate.total), "declarations"}
    for name in row:
        if name not in allowed:
            raise _outside(clause, f"the clause does not share {name!r}")
    count = row.get("declarations", "")
    if not count.isdecimal() or int(count) < clause.aggregate.minimum_cell:
        raise _outside(clause, f"a cell has fewer declarations than {clause.aggregate.minimum_cell}")


def _formed(name: str, text: str, how: Transform) -> bool:
    if how.way == "pseudonym":
        return bool(_PSEUDONYM.fullmatch(text))
    if how.length is not None:
        return len(text) <= how.length
    if how.span is not None:
        return bool(_SPANS[how.span].fullmatch(text))
    if how.step is None:
        return _value(name, text) is not None
    try:
        return Decimal(text) % Decimal(how.step) == 0
    except InvalidOperation:
        return False


def _check_constraints(row: dict[str, str], agreement: Agreement, clause: Permission) -> None:
    """Raise where what is shared as it is contradicts what the clause, or a prohibition, says of it."""
    plain = {name for name, how in clause.fields.items() if how.way == "plain"}
    values: dict[str, Any] = dict.fromkeys(FIELDS)
    values |= {name: _value(name, text) for name, text in row.items() if name in plain}
    if any(holds(one, values) is False for one in clause.constraint):
        raise _outside(clause, "a row contradicts the constraints of the clause")
    for one in agreement.prohibition:
        if one.action != "disclose" or one.assigner != clause.assigner:
            continue
        if one.target not in {"any", clause.target}:
            continue
        if all(holds(part, values) is True for part in one.constraint) and (
            not one.fields or set(one.fields) & set(row)
        ):
            raise _outside(clause, f"{one.uid} forbids it")


def _value(name: str, text: str) -> str | int | datetime | None:
    """Return a value as rows have it; None where the text is none of the field's kind."""
    kind = FIELDS[name].kind
    try:
        if kind == "number":
            return scaled(name, text)
        return datetime.fromisoformat(text).astimezone(UTC) if kind == "moment" else text
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _outside(clause: Permission, why: str) -> MessageRefusedError:
    return MessageRefusedError("out_of_scope", f"{clause.uid}: {why}.", clause=clause.uid)
