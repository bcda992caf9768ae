"""WCO pointers: from section codes, places in a row and tags to places by name, and back."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from tidegate.declarations.classes import FieldPlan, class_plan
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.goods import GovernmentAgencyGoodsItem, Pointer
from tidegate.declarations.wire.tags import SECTIONS, TAGS, TAGS_BY_CLASS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.declarations.stated import Stated

_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?", re.ASCII)


class UnknownPointerError(Exception):
    """A pointer that leads nowhere: a section or tag that the class at that point does not have."""

    code = "unknown_pointer"

    def __init__(self, pointer: Sequence[Pointer]) -> None:
        said = " ".join(
            f"{step.document_section_code or '?'}"
            f"{'' if step.sequence_numeric is None else f'[{step.sequence_numeric:f}]'}"
            f"{f'/{step.tag_id}' if step.tag_id else ''}"
            for step in pointer
        )
        super().__init__(f"the pointer {said} leads to nothing that a declaration has")


def place_of(pointer: Sequence[Pointer], declaration: Declaration) -> str:
    """Return the place that a pointer means in a declaration, as ``places`` writes it.

    A goods item is meant by its own number, which stays when another item is taken away; other classes that
    repeat are meant by their place in the row. What does not repeat may carry a number, which means nothing.
    A number that no item has means the place after the last.

    Raises:
        UnknownPointerError: the pointer is empty, or a step of it is not in the class before.
    """
    if not pointer or pointer[0].document_section_code != SECTIONS["Declaration"]:
        raise UnknownPointerError(pointer)
    steps: list[str] = []
    of: type[Stated] = Declaration
    at: Stated | None = declaration
    owner = "Declaration"
    for number, step in enumerate(pointer):
        if number:
            field = _fields_by_section(of).get(step.document_section_code or "")
            if field is None or field.holds is None:
                raise UnknownPointerError(pointer)
            index = _index(at, field, step.sequence_numeric)
            steps.append(f"{field.name}[{index + 1}]" if field.many else field.name)
            at = _held(at, field, index)
            of, owner = field.holds, field.name
        if step.tag_id:
            leaf = _fields_by_tag(of, owner).get(step.tag_id)
            if leaf is None or number + 1 < len(pointer):
                raise UnknownPointerError(pointer)
            steps.append(leaf.name)
    return "/".join(steps)


def pointer_to(place: str) -> tuple[Pointer, ...]:
    """Return the pointer to a place by name: as much of it as the model has numbers for."""
    steps = [Pointer(document_section_code=SECTIONS["Declaration"])]
    of: type[Stated] = Declaration
    owner = "Declaration"
    for word in place.split("/") if place else ():
        found = _STEP.fullmatch(word)
        field = class_plan(of).by_name().get(found[1]) if found else None
        if found is None or field is None:
            break
        if field.holds is None:
            tag = tag_of(owner, field.name)
            if tag is not None:
                steps[-1] = steps[-1].altered(tag_id=tag)
            break
        section = SECTIONS.get(field.name)
        if section is None:
            break
        sequence = Pointer(document_section_code=section)
        steps.append(sequence.altered(sequence_numeric=Decimal(found[2])) if found[2] else sequence)
        of, owner = field.holds, field.name
    return tuple(steps)


def tag_of(owner: str, element: str) -> str | None:
    """Return the tag of an element of a class, or None where the model gives none."""
    return TAGS.get(element) or TAGS_BY_CLASS.get(element, {}).get(owner)


@cache
def _fields_by_section(of: type[Stated]) -> dict[str, FieldPlan]:
    fields = (field for field in class_plan(of).fields if field.holds is not None)
    return {SECTIONS[field.name]: field for field in fields if field.name in SECTIONS}


@cache
def _fields_by_tag(of: type[Stated], owner: str) -> dict[str, FieldPlan]:
    leaves = (field for field in class_plan(of).fields if field.holds is None)
    return {tag: field for field in leaves if (tag := tag_of(owner, field.name)) is not None}


def _index(at: Stated | None, field: FieldPlan, number: Decimal | None) -> int:
    """Return the place in the row, from 0, that a step means."""
    if field.holds is GovernmentAgencyGoodsItem and number is not None:
        items = getattr(at, field.attribute) if at is not None else ()
        numbers = [item.sequence_numeric for item in items]
        if number in numbers:
            return numbers.index(number)
        # Items that carry no number are in the order of their numbers.
        return int(number) - 1 if items and not any(numbers) and number >= 1 else len(items)
    return max(int(number) - 1, 0) if number is not None else 0


def _held(at: Stated | None, field: FieldPlan, index: int) -> Stated | None:
    held = getattr(at, field.attribute) if at is not None else None
    if field.many:
        return held[index] if held and index < len(held) else None
    return held
