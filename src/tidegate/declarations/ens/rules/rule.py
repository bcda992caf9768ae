"""A rule of the import control system: its number, what it says, where it comes from, and its proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from tidegate.declarations.ens.words import EntryItem, EntrySummaryDeclaration


Scope = Literal[
    "message",
    "header",
    "consignor",
    "consignee",
    "notify_party",
    "goods_item",
    "item_consignor",
    "item_consignee",
    "item_notify_party",
    "means",
    "packaging",
    "lodgement_office",
    "representative",
    "lodging_person",
    "carrier",
]

TAGS: dict[Scope, str] = {  # how each scope is written in a location, below what it stands in
    "message": "",
    "header": "HEAHEA",
    "consignor": "TRACONCO1",
    "consignee": "TRACONCE1",
    "notify_party": "NOTPAR670",
    "goods_item": "GOOITEGDS",
    "item_consignor": "TRACONCO2",
    "item_consignee": "TRACONCE2",
    "item_notify_party": "PRTNOT640",
    "means": "IDEMEATRAGI970",
    "packaging": "PACGS2",
    "lodgement_office": "CUSOFFLON",
    "representative": "TRAREP",
    "lodging_person": "PERLODSUMDEC",
    "carrier": "TRACARENT601",
}

HOME = "GB"  # the country whose numbers are looked up, so that name and address are not to be repeated
OPERATOR = "E"  # the specific circumstance of authorised economic operators, who state less
TO_ORDER = "10600"  # special mention: a negotiable bill of lading to order, the consignee being unknown


class Around:
    """What a rule sees beside the group it looks at: the whole declaration, and the goods item it is in."""

    __slots__ = ("declaration", "header", "indicator", "item", "mode", "to_order", "to_order_here")

    def __init__(self, declaration: EntrySummaryDeclaration) -> None:
        header = declaration.header
        self.declaration = declaration
        self.header = header
        mode = header.transport_mode_code if header is not None else None
        self.mode = mode.lstrip("0") if mode else ""
        self.indicator = header.specific_circumstances_code if header is not None else None
        self.to_order = tuple(to_order(item) for item in declaration.goods_item)
        self.item: EntryItem | None = None
        self.to_order_here = False


def to_order(item: EntryItem) -> bool:
    """Tell whether a goods item bears the special mention of a bill of lading to order."""
    return any(one.statement_code == TO_ORDER for one in item.additional_information)


Broken = Callable[[Any, Around], bool]


class Check(msgspec.Struct, frozen=True):
    """Where a rule looks and when it is broken; ``at`` is the element below the group where it is found."""

    scope: Scope
    broken: Broken
    at: str = ""


class EntryCase(msgspec.Struct, frozen=True):
    """A change to the sample message, and where the rule must then find something: nowhere, where empty.

    ``edits`` are places by tag with the text put there (see ``places.with_entry_value``).
    """

    said: str
    edits: Mapping[str, str | None]
    at: tuple[str, ...] = ()


class EntryRule(msgspec.Struct, frozen=True):
    """One rule. ``text`` is what a carrier sees; ``source`` names the condition or rule it comes from."""

    number: str
    text: str
    source: str
    checks: tuple[Check, ...]
    cases: tuple[EntryCase, ...]
