"""What a code is and what stands against it: its path, units, notes, and its rates in words by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.tariff.nomenclature.labels import chapter_label, section_label
from tidegate.tariff.nomenclature.model import Note, Provision, digits
from tidegate.tariff.rates import Component, Rate, UnreadRate, read_rate
from tidegate.tariff.rates.units import unit_code
from tidegate.tariff.rates.wording import say_rate

if TYPE_CHECKING:
    from datetime import date

    from tidegate.tariff.nomenclature.tree import Nomenclature, StatedRate

_CHAPTER_DIGITS = 2


class Unit(msgspec.Struct, frozen=True):
    """A unit of quantity: the schedule's word, and the UN/ECE Recommendation 20 code where it is plain."""

    word: str
    code: str | None


class GroupSaid(msgspec.Struct, frozen=True):
    """What the programmes named (none: everybody) pay, as components and in words."""

    programmes: tuple[str, ...]
    words: str
    components: tuple[Component, ...]


class ColumnSaid(msgspec.Struct, frozen=True):
    """A rate column of a code: its text as printed, what it says, and the provision it stands against.

    ``unread`` says why the text could not be read; there are no groups then.
    """

    column: str
    text: str
    stands_against: str
    groups: tuple[GroupSaid, ...] = ()
    unread: str | None = None


class Explanation(msgspec.Struct, frozen=True):
    """A code explained. ``schedule`` is empty where only our labels of section and chapter could be told.

    ``missing`` says what could not be told, and why.
    """

    code: str
    path: tuple[Provision, ...]
    schedule: str = ""
    edition: str = ""
    units: tuple[Unit, ...] = ()
    notes: tuple[Note, ...] = ()
    rates: tuple[ColumnSaid, ...] = ()
    source: str = ""
    missing: str = ""


def explain(nomenclature: Nomenclature, code: str, on: date | None = None) -> Explanation | None:
    """Explain a code by a schedule, None where it has no such code on that day.

    Rates and units are those of the code, or of the nearest provision above it that has any; notes are those
    of the code and of all above it.
    """
    path = nomenclature.path(code, on)
    if not path:
        return None
    schedule = nomenclature.schedule
    return Explanation(
        code=path[-1].code,
        path=path,
        schedule=schedule.name,
        edition=schedule.edition,
        units=tuple(Unit(word, unit_code(word)) for word in nomenclature.units(code, on)),
        notes=tuple(dict.fromkeys(note for step in path for note in step.notes)),
        rates=tuple(_column(one, schedule.currency) for one in nomenclature.rates(code, on)),
        source=schedule.source,
    )


def explain_by_labels(code: str, missing: str) -> Explanation:
    """Explain what can be said of a code without a schedule: its section and chapter, in our own words."""
    bare = digits(code)
    chapter = bare[:_CHAPTER_DIGITS]
    labels = (section_label(chapter), chapter_label(chapter))
    return Explanation(bare, tuple(label for label in labels if label is not None), missing=missing)


def _column(stated: StatedRate, currency: str) -> ColumnSaid:
    against = stated.provision.code or stated.provision.description
    rate = read_rate(stated.text, currency or "USD")
    if isinstance(rate, UnreadRate):
        return ColumnSaid(stated.column, stated.text, against, unread=rate.message)
    return ColumnSaid(stated.column, stated.text, against, tuple(_groups(rate)))


def _groups(rate: Rate) -> list[GroupSaid]:
    return [
        GroupSaid(programmes, say_rate(components), components) for programmes, components in rate.groups()
    ]
