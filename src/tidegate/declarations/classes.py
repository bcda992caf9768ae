"""The classes of the WCO Data Model as plans: which fields, under which names, of which kind and format.

Wire formats, the flat frame and the structural rules all go by these plans, so that a field added to a class
is read, written and checked without another line.
"""

from __future__ import annotations

import types
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from tidegate.declarations.stated import Amount, DateTime, Format, Measure, Stated, wco_name

if TYPE_CHECKING:
    from collections.abc import Iterator

FieldKind = Literal["text", "number", "amount", "measure", "time", "class"]

_LEAVES: dict[object, FieldKind] = {
    str: "text",
    Decimal: "number",
    Amount: "amount",
    Measure: "measure",
    DateTime: "time",
}


class FieldPlan(msgspec.Struct, frozen=True):
    """One field: its Python and WCO names, what it holds, whether it repeats, and its format."""

    attribute: str
    name: str
    kind: FieldKind
    many: bool
    holds: type[Stated] | None
    format: str | None
    order: int


class ClassPlan(msgspec.Struct, frozen=True):
    """The fields of a class in the order the schema puts them."""

    made_by: type[Stated]
    fields: tuple[FieldPlan, ...]

    def by_name(self) -> dict[str, FieldPlan]:
        """Return the fields by their WCO names."""
        return {field.name: field for field in self.fields}


@cache
def class_plan(of: type[Stated]) -> ClassPlan:
    """Return the plan of a class, read once from its annotations."""
    hints = get_type_hints(of, include_extras=True)
    stated = [field.name for field in msgspec.structs.fields(of) if field.name != "beyond"]
    return ClassPlan(of, tuple(_field_plan(name, hints[name], order) for order, name in enumerate(stated)))


def _field_plan(attribute: str, hint: object, order: int) -> FieldPlan:
    data_format = None
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        data_format = next((extra.text for extra in extras if isinstance(extra, Format)), None)
    many = get_origin(hint) is tuple
    if many:
        hint = get_args(hint)[0]
    elif get_origin(hint) in (Union, types.UnionType):
        hint = next(arm for arm in get_args(hint) if arm is not type(None))
    kind = _LEAVES.get(hint, "class")
    holds = hint if kind == "class" and isinstance(hint, type) else None
    return FieldPlan(attribute, wco_name(attribute), kind, many, holds, data_format, order)


@cache
def classes_below(of: type[Stated]) -> tuple[type[Stated], ...]:
    """Return every class that can stand below and including ``of``, each once, in the order of the schema."""
    found: dict[type[Stated], None] = {of: None}
    for field in class_plan(of).fields:
        if field.holds is not None:
            found.update(dict.fromkeys(classes_below(field.holds)))
    return tuple(found)


def walk(value: Stated, path: str = "") -> Iterator[tuple[str, Stated]]:
    """Yield every class below and including ``value`` with its path, in the order of the schema.

    The path of the first is ``path``; repeated classes are numbered from 1:
    ``GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]``.
    """
    yield path, value
    for field in class_plan(type(value)).fields:
        if field.kind != "class":
            continue
        held = getattr(value, field.attribute)
        if not held:
            continue
        below = f"{path}/{field.name}" if path else field.name
        if field.many:
            for place, one in enumerate(held, start=1):
                yield from walk(one, f"{below}[{place}]")
        else:
            yield from walk(held, below)
