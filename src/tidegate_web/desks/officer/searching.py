"""Looking for consignments: by their own number, or by anything they are known by."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tidegate.clearance import consignment, found_by
from tidegate.entry import EntryReader, announcement
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate_web.desks.officer.parties import known_party
from tidegate_web.desks.officer.queueing import desk_tables
from tidegate_web.desks.officer.story import reading
from tidegate_web.node import node
from tidegate_web.people.consulting import note_consulted
from tidegate_web.people.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tidegate.clearance import Consignment, Found

_ROWS = 50
_LONGEST = 128
_ROW = re.compile(r"(\d{1,12})#(\d{1,6})", re.ASCII)
KINDS = {
    "lrn": _("trader's reference"),
    "operator": _("operator"),
    "entry": _("entry before arrival"),
    "document": _("transport document"),
    "ucr": _("UCR"),
    "container": _("container"),
}


@page("see a consignment")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Lead to a consignment by its MRN, else show those known by what was typed, the latest first."""
    said = request.GET.get("q", request.GET.get("mrn", ""))[:_LONGEST].strip()
    number = "".join(said.split()).upper()
    if not number:
        return render(request, "officer/found.html", {"said": ""})
    row = _ROW.fullmatch(number)
    if row is not None:
        return redirect("officer:parcel", int(row[1]), int(row[2]))
    with closing(reading()) as connection:
        if consignment(connection, number) is not None:
            return redirect("officer:consignment", number)
    if _is_entry(number):
        return redirect("entries:entry", number)
    return _known_by(request, said)


def _known_by(request: HttpRequest, said: str) -> HttpResponse:
    before = request.GET.get("before", "")
    last = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None  # noqa: PLR2004 - digits
    found = _found(said, last)
    with closing(reading()) as connection:
        rows = [(one, consignment(connection, one.mrn)) for one in found[:_ROWS]]
    operator = any(one.kind == "operator" for one in found)
    if operator:
        note_consulted(request, said.upper(), "officer:find")
    shown = {
        "said": said,
        "rows": [_row(one, held) for one, held in rows],
        "further": found[_ROWS - 1].position if len(found) > _ROWS else "",
        "party": operator,
        "found_parties": [known_party(said.upper())] if operator else [],
    }
    return render(request, "officer/found.html", shown, status=200 if found else 404)


def _row(found: Found, held: Consignment | None) -> dict[str, object]:
    return {"found": found, "kind": KINDS.get(found.kind, found.kind), "one": held}


def _found(said: str, before: int | None) -> list[Found]:
    desk = desk_tables()
    if desk is None:
        return []
    with closing(desk):
        return found_by(desk, said, before=before, limit=_ROWS + 1)


def _is_entry(number: str) -> bool:
    try:
        connection = tables(EntryReader(), node().read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return False
    with closing(connection):
        return announcement(connection, number) is not None
