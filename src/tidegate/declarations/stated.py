"""What every stated value shares: WCO names, formats, exact numbers, and room for what has no field.

A trader's message says things in a certain way. The values here keep *what* was said in typed fields, and
keep whatever the fields cannot hold (an element we do not know, an attribute, ``007`` for seven, a word where
a number belongs) in ``beyond``. So nothing stated is dropped, and a message can be written again from its
values alone.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal, Self

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_ACRONYMS = {"id": "ID", "lpco": "LPCO", "ucr": "UCR", "aeo": "AEO", "undgid": "UNDGID", "wco": "WCO"}

XSD_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)\Z", re.ASCII)
MAX_DIGITS = 64  # far above n..16,6; keeps arithmetic bounded whatever is sent


@lru_cache(maxsize=1024)
def wco_name(field: str) -> str:
    """Return the WCO Data Model's spelling of a field: ``reference_id`` is ``ReferenceID``."""
    return "".join(_ACRONYMS.get(word, word[:1].upper() + word[1:]) for word in field.split("_"))


class Element(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An XML element kept as it stands.

    ``name`` is in Clark notation, ``{namespace}local``; ``tail`` is text after it, among its siblings.
    """

    name: str
    attributes: dict[str, str] = {}
    text: str = ""
    children: tuple[Element, ...] = ()
    tail: str = ""

    def find(self, local: str) -> Element | None:
        """Return the first element of this local name at any depth, itself included, or None."""
        return next(self.iterate(local), None)

    def iterate(self, local: str) -> Iterator[Element]:
        """Yield every element of this local name at any depth, in document order."""
        if self.name.rpartition("}")[2] == local:
            yield self
        for child in self.children:
            yield from child.iterate(local)

    def word(self, *path: str) -> str | None:
        """Return the stripped text found by local names, each looked for below the one before, or None."""
        at: Element | None = self
        for local in path:
            at = at.find(local) if at is not None else None
        return (at.text.strip() or None) if at is not None else None


class Beyond(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something stated that the fields of its parent cannot hold.

    ``kind`` says what it is:

    - ``element``: a child that the parent does not know, or knows only once; ``index`` is its place among
      the children, ``element`` the child itself.
    - ``attribute``: of the child ``at`` (of the parent itself where ``at`` is empty), ``name`` and ``text``.
    - ``lexical``: the exact text of the child ``at`` where its value would be written otherwise, or where it
      should be a number and is none.
    - ``text``: words between the children of the parent.
    - ``order``: the order of the children as stated where it is not the schema's; ``text`` lists the names.
    """

    kind: Literal["element", "attribute", "lexical", "text", "order"]
    at: str = ""
    name: str = ""
    text: str = ""
    index: int = 0
    element: Element | None = None


class Stated(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    rename=wco_name,
):
    """A class of the WCO Data Model as someone stated it."""

    beyond: tuple[Beyond, ...] = ()

    def altered(self, **changes: object) -> Self:
        """Return a copy with these fields changed."""
        return msgspec.structs.replace(self, **changes)


class Amount(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, rename=wco_name):
    """Money as stated. ``value`` is None where the text is not a number; the text is then in ``beyond``."""

    value: Decimal | None
    currency_id: str | None = None


class Measure(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, rename=wco_name):
    """A measure or quantity as stated, with its UN/ECE Recommendation 20 unit where one was given."""

    value: Decimal | None
    unit_code: str | None = None


class DateTime(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, rename=wco_name):
    """A date or time as stated; ``format_code`` is UN/EDIFACT 2379: 102 is CCYYMMDD, 304 adds HHMMSSZZZ."""

    text: str
    format_code: str | None = None

    def moment(self) -> datetime | None:
        """Return the moment in its own zone (UTC where none is given), or None where the text is not one."""
        found = re.fullmatch(r"(\d{8})(?:(\d{6})(Z|[+-]\d\d)?)?", self.text.strip(), re.ASCII)
        if not found:
            return None
        day, time, zone = found.groups()
        hours = int(zone) if zone and zone != "Z" else 0
        try:
            naive = datetime.strptime(day + (time or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - zone follows
            return naive.replace(tzinfo=timezone(timedelta(hours=hours)))
        except ValueError:
            return None

    def day(self) -> date | None:
        """Return the calendar day stated, or None where the text is not one."""
        moment = self.moment()
        return moment.date() if moment else None


def exact_decimal(text: str) -> Decimal | None:
    """Return the number an XML Schema decimal stands for, or None where the text is not one."""
    stripped = text.strip()
    if len(stripped) > MAX_DIGITS or not XSD_DECIMAL.match(stripped):
        return None
    return Decimal(stripped)


def plain_decimal(value: Decimal) -> str:
    """Return a number as digits, never in exponent form."""
    return format(value, "f")


class Format(msgspec.Struct, frozen=True):
    """A WCO data format: ``an..35`` letters and digits, ``a2`` letters exactly, ``n..16,6`` digits."""

    text: str


# The formats of WCO Data Model 3.6 as the DMS declaration schema restricts them, one alias each.
A1 = Annotated[str | None, Format("a1")]
A2 = Annotated[str | None, Format("a2")]
A3 = Annotated[str | None, Format("a3")]
N1 = Annotated[str | None, Format("n1")]
N2 = Annotated[str | None, Format("n..2")]
N4 = Annotated[str | None, Format("n..4")]
An2 = Annotated[str | None, Format("an..2")]
An3 = Annotated[str | None, Format("an..3")]
An4 = Annotated[str | None, Format("an..4")]
An5 = Annotated[str | None, Format("an..5")]
An7 = Annotated[str | None, Format("an..7")]
An9 = Annotated[str | None, Format("an..9")]
An17 = Annotated[str | None, Format("an..17")]
An18 = Annotated[str | None, Format("an..18")]
An35 = Annotated[str | None, Format("an..35")]
An50 = Annotated[str | None, Format("an..50")]
An70 = Annotated[str | None, Format("an..70")]
An256 = Annotated[str | None, Format("an..256")]
An512 = Annotated[str | None, Format("an..512")]
Num5 = Annotated[Decimal | None, Format("n..5")]
Num12x5 = Annotated[Decimal | None, Format("n..12,5")]
Num17x3 = Annotated[Decimal | None, Format("n..17,3")]
Amount16x3 = Annotated[Amount | None, Format("n..16,3")]
Count5 = Annotated[Measure | None, Format("n..5")]
Count8 = Annotated[Measure | None, Format("n..8")]
Count15 = Annotated[Measure | None, Format("n..15")]
Measure16x6 = Annotated[Measure | None, Format("n..16,6")]
