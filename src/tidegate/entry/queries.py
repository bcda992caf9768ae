"""What others may ask about what is on its way and what came; answered from the reader's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from tidegate.entry.model import Announcement
from tidegate.entry.register import Journey, Register

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import apsw


class LooseEnd(msgspec.Struct, frozen=True):
    """Something announced or arrived that has met nothing, and why."""

    what: Literal["entry", "goods"]
    subject: str
    reason: str
    text: str


class Picture(msgspec.Struct, frozen=True):
    """A conveyance with what is on it: the journey, its people, goods announced and goods that were not."""

    journey: Journey | None
    entries: tuple[Announcement, ...]
    unannounced: tuple[str, ...]


def announcement(tables: apsw.Connection, mrn: str) -> Announcement | None:
    """Return an entry summary declaration's story, or None."""
    return Register(tables).entry(mrn)


def announcements(tables: apsw.Connection) -> list[Announcement]:
    """Return every entry summary declaration, by its number."""
    return list(Register(tables).entries())


def picture(tables: apsw.Connection, conveyance: str) -> Picture:
    """Return goods, conveyance and people in one picture."""
    register = Register(tables)
    came = tuple(register.came_unannounced(conveyance))
    return Picture(register.journey(conveyance), tuple(register.on_board(conveyance)), came)


def loose_ends(tables: apsw.Connection) -> list[LooseEnd]:
    """Return what has met nothing yet: entries without a declaration, and goods that nobody announced."""
    register = Register(tables)
    arrivals = {one.conveyance: one.arrivals for one in register.journeys()}
    ends = [
        loose_end(one, arrivals.get(one.conveyance, {})) for one in register.entries() if not one.declarations
    ]
    return ends + [goods_end(*one) for one in register.unannounced()]


def goods_end(conveyance: str, reference: str, office: str) -> LooseEnd:
    """Return what is told of goods that came to an office and that no entry names."""
    text = f"It came by {conveyance} to {office}; no entry names it."
    return LooseEnd("goods", reference, "unannounced", text)


def loose_end(one: Announcement, arrivals: Mapping[str, datetime]) -> LooseEnd:
    """Return why an entry has no declaration; ``arrivals`` are those of its conveyance, by office."""
    if one.state == "lodged":
        reason, text = "unanswered", "It was lodged and is not answered yet."
    elif one.state == "rejected":
        reason, text = "rejected", f"It was rejected ({', '.join(one.codes)}) and announces nothing."
    elif one.state == "missed":
        reason, text = "missed", f"{one.conveyance} arrived at {one.office} without it."
    elif one.state == "accepted" and arrivals:
        places = ", ".join(sorted(arrivals))
        reason, text = (
            "elsewhere",
            f"{one.conveyance} has arrived at {places}; this is bound for {one.office}.",
        )
    elif one.state == "accepted":
        reason, text = "on its way", f"It is expected at {one.office} at {one.expected:%Y-%m-%d %H:%M}."
    else:
        reason, text = "undeclared", f"It came to {one.office}; no declaration names what it is known by."
    return LooseEnd("entry", one.mrn, reason, text)
