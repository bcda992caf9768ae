"""Which entries want something, and what: not to be loaded, a control at arrival, or something to meet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing

import msgspec
from django.utils.translation import gettext_lazy as _

from tidegate.entry import Place, Want, Wanting, wanting, wanting_counts
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate_web.node import node

WORDS = {
    "loading": _("Do not load"),
    "control": _("Control at arrival"),
    "loose": _("Loose ends"),
}
_PLACE = re.compile(r"(\d{1,18})!([^!]{1,140})!([^!]{0,140})")


class Listed(msgspec.Struct, frozen=True):
    """A part of the list; ``further`` is the mark of the line to go on after, empty where it ends."""

    rows: list[Wanting]
    counts: Mapping[Want, int]
    further: str


def listed(office: str, want: str, after: str, rows: int) -> Listed:
    """Return so many lines of what wants something at an office (anywhere, where none is named)."""
    try:
        connection = tables(node().reader("entry"), node().read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return Listed([], {}, "")
    with closing(connection):
        counts = wanting_counts(connection, office=office)
        chosen = want if want in WORDS else ""
        found = wanting(connection, office=office, want=chosen, after=_place(after), limit=rows + 1)
    further = _mark(found[rows - 1].place) if len(found) > rows else ""
    return Listed(found[:rows], counts, further)


def _mark(place: Place) -> str:
    return f"{place.lodged}!{place.subject}!{place.conveyance}"


def _place(mark: str) -> Place | None:
    said = _PLACE.fullmatch(mark)
    return Place(int(said[1]), said[2], said[3]) if said else None
