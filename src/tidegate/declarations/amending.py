"""Amending: a declaration with the changes made that a request names by pointers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from tidegate.declarations.declaration import Declaration
from tidegate.declarations.findings import Finding
from tidegate.declarations.places import UnknownPlaceError, value_at, with_value
from tidegate.declarations.stated import Amount, DateTime, Measure, plain_decimal
from tidegate.declarations.wire.pointers import UnknownPointerError, place_of

if TYPE_CHECKING:
    from tidegate.declarations.declaration import Amendment

_NOWHERE = "TG-POINTER"


class Amended(msgspec.Struct, frozen=True):
    """What came of a request: the new version, or the findings for which there is none."""

    declaration: Declaration | None
    findings: tuple[Finding, ...] = ()


def amend(declaration: Declaration, request: Declaration) -> Amended:
    """Return a declaration with the changes that a request's amendments point at.

    What stands in the request at the place of a pointer is put there; where nothing stands in the request,
    what was declared is taken away. The new version keeps the amendments that made it. A pointer that leads
    nowhere is a finding, and then nothing is changed.
    """
    findings: list[Finding] = []
    put: list[tuple[int, str, object]] = []
    taken: list[str] = []
    if not request.amendment:
        text = "The request names no change. Point at each change in an Amendment with its Pointers."
        return Amended(None, (Finding(_NOWHERE, "Amendment", text),))
    for number, one in enumerate(request.amendment, start=1):
        try:
            place, stated = _change(one, declaration, request)
        except (UnknownPointerError, UnknownPlaceError) as error:
            findings.append(_nowhere(number, f"{error}"))
            continue
        if stated is not None:
            put.append((number, place, stated))
        elif _stands(declaration, place):
            taken.append(place)
        else:
            findings.append(_nowhere(number, f"there is nothing at {place}, neither declared nor to be put"))
    new = declaration
    for number, place, stated in put:
        try:
            new = with_value(new, place, stated)
        except UnknownPlaceError:
            findings.append(_nowhere(number, f"{place} is past the end of its row"))
    for place in sorted(taken, key=_depth_and_row, reverse=True):
        new = with_value(new, place, None)
    if findings:
        return Amended(None, tuple(findings))
    return Amended(new.altered(amendment=(*declaration.amendment, *request.amendment)))


def _change(one: Amendment, declaration: Declaration, request: Declaration) -> tuple[str, object]:
    """Return the place of a change, and what the request puts there (None: it is taken away)."""
    place = place_of(one.pointer, declaration)
    stated = value_at(request, place_of(one.pointer, request))
    return place, _as_text(stated)


def _stands(declaration: Declaration, place: str) -> bool:
    return value_at(declaration, place) not in (None, ())


def _as_text(stated: object) -> object:
    """Return a leaf as it would be written, without a trace of what was there; classes as they are."""
    if isinstance(stated, Decimal):
        return plain_decimal(stated)
    if isinstance(stated, DateTime):
        return f"{stated.text} {stated.format_code or ''}".rstrip()
    if isinstance(stated, Amount | Measure):
        typed = stated.currency_id if isinstance(stated, Amount) else stated.unit_code
        digits = plain_decimal(stated.value) if stated.value is not None else ""
        return f"{digits} {typed or ''}".rstrip()
    return None if stated == () else stated


def _depth_and_row(place: str) -> list[tuple[str, int]]:
    """Return a key that puts the last of a row last, so that taking one away moves none still to be taken."""
    steps = [step.partition("[") for step in place.split("/")]
    return [(name, int(row.rstrip("]") or 0)) for name, _, row in steps]


def _nowhere(number: int, why: str) -> Finding:
    text = f"The amendment cannot be made: {why}. Point by section codes, places in their rows and a tag."
    return Finding(_NOWHERE, f"Amendment[{number}]", text)
