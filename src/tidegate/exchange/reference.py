"""The language of agreements evaluated one row at a time, in plain Python: what the frames are held against.

It is written from the language's description, not from the frame's code, and shares with it only how a value
is written as text. Tests compare the two; nothing else uses it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tidegate.exchange.rendering import pseudonym, rendered
from tidegate.exchange.terms import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tidegate.exchange.model import Agreement, Constraint, Permission, Transform

    Row = Mapping[str, Any]


def holds(constraint: Constraint, row: Row) -> bool | None:
    """Tell whether a constraint holds of a row; None where what it compares was not stated."""
    if constraint.all_of:
        return _both([holds(one, row) for one in constraint.all_of])
    if constraint.any_of:
        told = [holds(one, row) for one in constraint.any_of]
        if True in told:
            return True
        return None if None in told else False
    value = row[constraint.left_operand]
    if value is None:
        return None
    right = constraint.right_operand
    if constraint.operator in {"isAnyOf", "isNoneOf"}:
        among = any(value == _operand(constraint.left_operand, text) for text in right or ())
        return among if constraint.operator == "isAnyOf" else not among
    assert isinstance(right, str)
    return _compared(constraint.operator or "", value, _operand(constraint.left_operand, right))


def shared(row: Row, agreement: Agreement, clause: Permission, key: bytes) -> dict[str, str] | None:
    """Return the fields of one row that a clause shares, as text; None where it shares nothing of the row."""
    target = clause.target if clause.action == "disclose" else "declaration.lodged"
    if row["kind"] != target or _both([holds(one, row) for one in clause.constraint]) is not True:
        return None
    hidden: set[str] = set()
    for prohibition in agreement.prohibition:
        if prohibition.action != "disclose" or prohibition.assigner != clause.assigner:
            continue
        if prohibition.target not in {"any", target}:
            continue
        if _both([holds(one, row) for one in prohibition.constraint]) is False:
            continue
        if not prohibition.fields:
            return None
        hidden.update(prohibition.fields)
    told = {
        name: _told(name, row[name], how, key)
        for name, how in clause.fields.items()
        if name not in hidden and row[name] is not None
    }
    return told or None


def matches_one_by_one(
    rows: Iterable[Row], agreement: Agreement, assigner: str, key: bytes
) -> dict[tuple[str, int], list[dict[str, str]]]:
    """Return by clause and position what each disclosing clause without aggregate lets out."""
    found: dict[tuple[str, int], list[dict[str, str]]] = {}
    for row in rows:
        for clause in agreement.permission:
            if clause.action != "disclose" or clause.assigner != assigner or clause.aggregate is not None:
                continue
            told = shared(row, agreement, clause, key)
            if told is not None:
                found.setdefault((clause.uid, row["position"]), []).append(told)
    return found


def _both(told: Sequence[bool | None]) -> bool | None:
    """Return whether all hold: one that does not settles it, one that is not known leaves it open."""
    if False in told:
        return False
    return None if None in told else True


def _operand(name: str, text: str) -> str | int | datetime:
    field = FIELDS[name]
    if field.kind == "moment":
        return datetime.fromisoformat(text).astimezone(UTC)
    return int(Decimal(text) * field.scale) if field.kind == "number" else text


def _compared(operator: str, value: Any, right: Any) -> bool:
    if operator == "startsWith":
        return str(value).startswith(right)
    return bool(
        {
            "eq": value == right,
            "neq": value != right,
            "lt": operator == "lt" and value < right,
            "lteq": operator == "lteq" and value <= right,
            "gt": operator == "gt" and value > right,
            "gteq": operator == "gteq" and value >= right,
        }[operator]
    )


def _told(name: str, value: Any, how: Transform, key: bytes) -> str:
    if how.way == "pseudonym":
        return pseudonym(key, value)
    if how.way == "truncate":
        return str(value[: how.length])
    if how.way == "round":
        step = int(Decimal(how.step or "1") * FIELDS[name].scale)
        return rendered(name, value - value % step)
    return rendered(name, value, how)
