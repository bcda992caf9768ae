"""Which entries want something, and what: not to be loaded, a control at arrival, or something to meet."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
from django.utils.translation import gettext_lazy as _

from tidegate.entry import Announcement, LooseEnd, announcements, loose_ends
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate_web.node import node

if TYPE_CHECKING:
    from collections.abc import Iterable

WANTS = {
    "loading": _("Do not load"),
    "control": _("Control at arrival"),
    "loose": _("Loose ends"),
}
# Reasons that time alone does not settle; what is on its way or not answered yet wants nothing of an officer.
_LOOSE = frozenset({"missed", "elsewhere", "undeclared", "unannounced"})


class Wanting(msgspec.Struct, frozen=True):
    """One line of the list: goods announced (or not), and what they want of an officer."""

    want: str
    text: str
    mrn: str = ""
    subject: str = ""
    entry: Announcement | None = None


def wants(office: str) -> list[Wanting]:
    """Return what wants something at an office (at all, where none is named), the newest lodged first.

    Goods that came unannounced stand at the end: nobody lodged them.
    """
    try:
        connection = tables(node().reader("entry"), node().read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return []
    with closing(connection):
        held = {one.mrn: one for one in announcements(connection)}
        ends = loose_ends(connection)
    found = [*_decided(held.values()), *_ends(ends, held)]
    own = [one for one in found if not office or one.entry is None or one.entry.office == office]
    return sorted(own, key=_newest)


def _newest(one: Wanting) -> tuple[bool, float, str]:
    since = one.entry.lodged.timestamp() if one.entry is not None else 0.0
    return one.entry is None, -since, one.mrn or one.subject


def want_of(entry: Announcement) -> str:
    """Return what is still asked for: that goods are not loaded, a control, or nothing."""
    if entry.state == "arrived":
        return "control"
    if entry.ahead and entry.decision == "do not load":
        return "loading"
    return "control" if entry.ahead and entry.decision == "control at arrival" else ""


def _decided(held: Iterable[Announcement]) -> Iterable[Wanting]:
    for one in held:
        want = want_of(one)
        if want:
            yield Wanting(want, str(WANTS[want]), one.mrn, one.mrn, one)


def _ends(ends: Iterable[LooseEnd], held: dict[str, Announcement]) -> Iterable[Wanting]:
    for end in ends:
        entry = held.get(end.subject) if end.what == "entry" else None
        if end.reason in _LOOSE and (entry is None or not want_of(entry)):
            yield Wanting("loose", end.text, entry.mrn if entry else "", end.subject, entry)
