"""Places in an entry summary declaration by the tags of its message, and the declaration with one changed.

A place is written ``GOOITEGDS[1]/PACGS2[2]/NumOfPacGS24``: groups that repeat are numbered from 1, and
``SEAID529[1..9]`` is nine of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tidegate.declarations.ens.layout import LAYOUTS, Group, Leaf

if TYPE_CHECKING:
    from tidegate.declarations.ens.words import EntrySummaryDeclaration
    from tidegate.declarations.stated import Stated

_STEP = re.compile(r"(\w+)(?:\[([1-9]\d{0,4})(?:\.\.([1-9]\d{0,4}))?\])?", re.ASCII)

_NOTHING = (-1, None, None)


class UnknownEntryPlaceError(Exception):
    """A place that the message does not have, or a number past the end of a group that repeats."""

    code = "unknown-place"

    def __init__(self, place: str) -> None:
        super().__init__(f"an entry summary declaration has no place {place!r}")
        self.place = place


def with_entry_value(
    declaration: EntrySummaryDeclaration, place: str, stated: str | None
) -> EntrySummaryDeclaration:
    """Return a copy with this text at a place, or with what stands there taken away where it is None.

    Groups on the way that are not there yet are made; the number after the last of a group adds one. A
    text at the place of a group puts an empty group there.

    Raises:
        UnknownEntryPlaceError: the message has no such place.
    """
    changed: EntrySummaryDeclaration = _put(declaration, LAYOUTS[declaration.kind], place, place, stated)
    return changed


def _put(value: Any, group: Group, rest: str, place: str, stated: str | None) -> Any:
    step, _, below = rest.partition("/")
    found = _STEP.fullmatch(step)
    _, leaf, below_it = group.by_tag.get(found[1], _NOTHING) if found else _NOTHING
    part = leaf or below_it
    if found is None or part is None or (below and isinstance(part, Leaf)):
        raise UnknownEntryPlaceError(place)
    held: Any = getattr(value, part.attribute)
    if isinstance(part, Leaf):
        return value.altered(**{part.attribute: stated})
    index = int(found[2] or 1) - 1
    every = [*held] if part.many else [held] if held is not None else []
    if index > len(every):
        raise UnknownEntryPlaceError(place)
    one: Stated | None = every[index] if index < len(every) else part.of()
    if below:
        one = _put(one, part, below, place, stated)
    elif stated is None:
        one = None
    else:
        one = part.of()
    last = int(found[3] or index + 1)
    every[index:last] = [one] * max(last - index, 1) if one is not None else []
    return value.altered(**{part.attribute: tuple(every) if part.many else (every[0] if every else None)})
