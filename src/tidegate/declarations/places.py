"""Places in a declaration by their WCO names: what stands there, and the declaration with it changed.

A place is written ``GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]/CountryCode``; repeated classes are
numbered from 1.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

from tidegate.declarations.classes import FieldPlan, class_plan
from tidegate.declarations.stated import (
    Amount,
    Beyond,
    DateTime,
    Measure,
    Stated,
    exact_decimal,
    plain_decimal,
)

S = TypeVar("S", bound=Stated)

_STEP = re.compile(r"(\w+)(?:\[([1-9]\d{0,5})\])?", re.ASCII)


class UnknownPlaceError(Exception):
    """A place that the declaration does not have, or that names a repeated class without its number."""

    code = "unknown-place"

    def __init__(self, place: str, step: str) -> None:
        super().__init__(f"there is no {step!r} at that point of {place!r}")
        self.place = place
        self.step = step


def value_at(value: Stated, place: str) -> object:
    """Return what stands at a place, None where nothing does; raises UnknownPlaceError for a wrong name."""
    at: object = value
    for step in place.split("/") if place else ():
        if not isinstance(at, Stated):
            return None
        field, index = _field(at, step, place)
        held = getattr(at, field.attribute)
        if field.many and index is not None:
            held = held[index] if index < len(held) else None
        at = held
    return at


def with_value(value: S, place: str, stated: object) -> S:
    """Return a copy of ``value`` with ``stated`` at a place; text becomes what the place holds.

    ``stated`` is a value, or text as it would be written: ``12.5 GBP`` for an amount, ``5 KGM`` for a
    measure. None takes the place away. A Beyond is added to the class that stands at the place. A class on
    the way that is not there yet is made; the number after the last of a repeated class adds one.

    Raises:
        UnknownPlaceError: a name is no field of its class, or a number is past the end.
    """
    if not place:
        if not isinstance(stated, Beyond):
            raise UnknownPlaceError(place, place)
        return value.altered(beyond=(*value.beyond, stated))
    step, _, rest = place.partition("/")
    field, index = _field(value, step, place)
    held: Any = getattr(value, field.attribute)
    if rest or isinstance(stated, Beyond):
        if field.holds is None or (field.many and index is None):
            raise UnknownPlaceError(place, step)
        one = (held[index] if index < len(held) else None) if field.many and index is not None else held
        new: object = with_value(one if one is not None else field.holds(), rest, stated)
    elif isinstance(stated, str) and field.kind != "class":
        return _with_text(value, field, stated)
    else:
        new = stated
    if field.many and index is not None:
        if index > len(held):
            raise UnknownPlaceError(place, step)
        kept = [*held]
        kept[index : index + 1] = [] if new is None else [new]
        new = tuple(kept)
    elif field.many and new is None:
        new = ()
    return value.altered(**{field.attribute: new})


def _field(value: Stated, step: str, place: str) -> tuple[FieldPlan, int | None]:
    found = _STEP.fullmatch(step)
    field = class_plan(type(value)).by_name().get(found[1]) if found else None
    if found is None or field is None or (found[2] is not None and not field.many):
        raise UnknownPlaceError(place, step)
    return field, int(found[2]) - 1 if found[2] is not None else None


def _with_text(value: S, field: FieldPlan, text: str) -> S:
    """Return a copy with a leaf as if its text had been read; what is no number is kept beyond."""
    if field.kind == "text":
        return value.altered(**{field.attribute: text})
    word, _, typed = text.partition(" ")
    if field.kind == "time":
        return value.altered(**{field.attribute: DateTime(word, typed or None)})
    number = exact_decimal(word)
    held: object = number
    if field.kind != "number":
        held = (Amount if field.kind == "amount" else Measure)(number, typed or None)
    beyond = tuple(one for one in value.beyond if not (one.at == field.name and one.kind == "lexical"))
    if number is None or plain_decimal(number) != word:
        beyond = (*beyond, Beyond("lexical", field.name, text=word))
    return value.altered(**{field.attribute: held, "beyond": beyond})
