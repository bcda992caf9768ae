"""The words of the language of agreements, version 1: what can be shared, and of what kind each field is.

The language is closed: a word that is not here is refused, in whichever version of the software. A new word
makes a new version of the profile.
"""

from __future__ import annotations

from typing import Literal

import msgspec

PROFILE = "https://tidegate.example/ns/exchange/1"
CONTEXT = ("http://www.w3.org/ns/odrl.jsonld", f"{PROFILE}/context.jsonld")

Kind = Literal["text", "number", "moment"]
Action = Literal["disclose", "verify", "status", "mirror", "assist", "distribute"]
SERVICES: tuple[Action, ...] = ("verify", "status", "mirror", "assist")
Purpose = Literal[
    "risk-management",
    "revenue-protection",
    "security",
    "trade-facilitation",
    "statistics",
    "mutual-assistance",
    "credit-assessment",
    "transport-planning",
]


class Field(msgspec.Struct, frozen=True):
    """A field that agreements can name.

    ``column`` is where rows have it; a number is kept there as an integer, ``scale`` units to one, and is
    written in agreements and messages as a decimal.
    """

    name: str
    kind: Kind
    meaning: str
    scale: int = 1


_MONEY, _MASS = 1_000, 1_000_000

FIELDS: dict[str, Field] = {
    one.name: one
    for one in (
        Field("mrn", "text", "the movement reference number"),
        Field("ucr", "text", "the declarant's unique consignment reference"),
        Field("occurred", "moment", "when the act happened"),
        Field("direction", "text", "import or export"),
        Field("stage", "text", "how far the declaration is: lodged, accepted, rejected, released, exited"),
        Field("item", "number", "the number of the goods item"),
        Field("items", "number", "how many goods items the declaration has"),
        Field("declaration_type", "text", "the type of declaration"),
        Field("office", "text", "the office of presentation or of declaration"),
        Field("declarant", "text", "the number of the declarant"),
        Field("representative", "text", "the number of the representative"),
        Field("importer", "text", "the number of the importer"),
        Field("exporter", "text", "the number of the exporter"),
        Field("carrier", "text", "the number of the carrier"),
        Field("procedure", "text", "the requested and previous procedure"),
        Field("commodity", "text", "the commodity code"),
        Field("description", "text", "the description of the goods"),
        Field("origin", "text", "the country of non-preferential origin"),
        Field("preferential_origin", "text", "the country of preferential origin"),
        Field("country_of_export", "text", "the country of export"),
        Field("country_of_destination", "text", "the country of destination"),
        Field("transport_mode", "text", "the mode of transport at the border"),
        Field("containers", "number", "how many containers are named for the shipment"),
        Field("packages", "number", "how many packages"),
        Field("gross_mass", "number", "gross mass in kilograms", _MASS),
        Field("net_mass", "number", "net mass in kilograms", _MASS),
        Field("supplementary_quantity", "number", "the quantity in the tariff's unit", _MASS),
        Field("item_amount", "number", "the price of the item", _MONEY),
        Field("currency", "text", "the currency of the price"),
        Field("statistical_amount", "number", "the statistical value", _MONEY),
        Field("statistical_currency", "text", "the currency of the statistical value"),
        Field("incoterm", "text", "the terms of delivery"),
        Field("preference", "text", "the duty regime claimed"),
        Field("documents", "text", "the types of document named"),
        Field("channel", "text", "the channel assigned: green, yellow, red or blue"),
        Field("outcome", "text", "what a control came to: conform or irregular"),
        Field("found", "text", "what a control found, in the officer's words"),
        Field("place", "text", "the place at which goods arrived or left"),
        Field("due", "number", "what is owed on the declaration", _MONEY),
        Field("due_currency", "text", "the currency of what is owed"),
    )
}

# The kinds of act that can be shared, and the fields that only such an act has.
SHAREABLE: dict[str, tuple[str, ...]] = {
    "declaration.lodged": (),
    "declaration.accepted": (),
    "declaration.rejected": (),
    "declaration.assessed": ("due", "due_currency"),
    "declaration.invalidated": (),
    "channel.assigned": ("channel",),
    "control.recorded": ("outcome", "found"),
    "goods.arrived": ("place",),
    "goods.released": (),
    "goods.exited": ("place",),
}
STAGES = {
    "declaration.lodged": "lodged",
    "declaration.accepted": "accepted",
    "declaration.rejected": "rejected",
    "declaration.invalidated": "invalidated",
    "goods.released": "released",
    "goods.exited": "exited",
}
_PARTICULAR = frozenset(field for fields in SHAREABLE.values() for field in fields)
STATUS_FIELDS = frozenset({"operator", "status"})  # what a look-up of an operator answers


def fields_of(kind: str) -> frozenset[str]:
    """Return the fields that rows about acts of a kind can have."""
    return frozenset(FIELDS) - _PARTICULAR | frozenset(SHAREABLE[kind])
