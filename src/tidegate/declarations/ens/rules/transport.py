"""How: the mode of transport at the border, what it is identified by, and where goods come on and off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tidegate.declarations.ens.rules.rule import Check, EntryCase, EntryRule

if TYPE_CHECKING:
    from tidegate.declarations.ens.rules.rule import Around
    from tidegate.declarations.ens.words import EntryHeader, EntryItem, EntryTransportMeans

SEA, RAIL, ROAD, AIR, INLAND, RO_RO, RO_RO_RAIL = "1", "2", "3", "4", "8", "10", "11"
MODES = frozenset({SEA, RAIL, ROAD, AIR, INLAND, RO_RO, RO_RO_RAIL})
_SHIPS = frozenset({SEA, INLAND})
_NAMED_BY_COUNTRY = frozenset({ROAD, RO_RO, RO_RO_RAIL})
_ROAD_ALONE = MODES - {ROAD}  # what a specific circumstance C bars: all modes but road
_RAIL_ALONE = MODES - {RAIL}

_MOST_MEANS = 999

_SHIP_NUMBER = re.compile(r"\d{7,8}", re.ASCII)
_FLIGHT = re.compile(r"[A-Za-z0-9]{1,3}\d{1,4}[A-Za-z]?", re.ASCII)
_TRANSFER = re.compile(r"XFER[A-Za-z0-9]+(?:[:-][A-Za-z0-9]+)?", re.ASCII)

_MODE = "HEAHEA/TraModAtBorHEA76"
_IDENTITY = "HEAHEA/IdeOfMeaOfTraCroHEA85"
_NATIONALITY = "HEAHEA/NatOfMeaOfTraCroHEA87"
_CONVEYANCE = "HEAHEA/ConRefNumHEA"
_CIRCUMSTANCE = "HEAHEA/SpeCirIndHEA1"
_MEANS = "GOOITEGDS[1]/IDEMEATRAGI970[1]"
_MEANS_ID = f"{_MEANS}/IdeMeaTraGIMEATRA971"
_HEADER_PLACE = ("HEAHEA[1]",)
_ITEM_PLACE = ("GOOITEGDS[1]",)
_MEANS_PLACE = (f"{_MEANS}",)


def _unknown_mode(header: EntryHeader, around: Around) -> bool:
    del header
    return around.mode not in MODES


def _padded_mode(header: EntryHeader, around: Around) -> bool:
    del around
    mode = header.transport_mode_code
    return mode is not None and len(mode) > 1 and mode.startswith("0")


def _unknown_circumstance(header: EntryHeader, around: Around) -> bool:
    del header
    return around.indicator is not None and around.indicator not in ("C", "D", "E")


def _road_circumstance(header: EntryHeader, around: Around) -> bool:
    del header
    return around.indicator == "C" and around.mode in _ROAD_ALONE


def _rail_circumstance(header: EntryHeader, around: Around) -> bool:
    del header
    return around.indicator == "D" and around.mode in _RAIL_ALONE


def _ship_unnamed(header: EntryHeader, around: Around) -> bool:
    return around.mode in _SHIPS and header.transport_means_id is None


def _aircraft_named(header: EntryHeader, around: Around) -> bool:
    return around.mode == AIR and header.transport_means_id is not None


def _no_ship_number(header: EntryHeader, around: Around) -> bool:
    named = header.transport_means_id
    return around.mode in _SHIPS and named is not None and not _SHIP_NUMBER.fullmatch(named)


def _means_no_ship_number(means: EntryTransportMeans, around: Around) -> bool:
    return around.mode in _SHIPS and means.id is not None and not _SHIP_NUMBER.fullmatch(means.id)


def _needless_nationality(header: EntryHeader, around: Around) -> bool:
    used = around.mode in _NAMED_BY_COUNTRY and header.transport_means_id is not None
    return header.transport_means_nationality_code is not None and not used


def _no_flight(header: EntryHeader, around: Around) -> bool:
    return around.mode == AIR and not _FLIGHT.fullmatch(header.conveyance_reference_id or "")


def _bad_transfer(header: EntryHeader, around: Around) -> bool:
    stated = header.conveyance_reference_id or ""
    return around.mode == SEA and stated.startswith("XFER") and not _TRANSFER.fullmatch(stated)


def _means_without_nationality(means: EntryTransportMeans, around: Around) -> bool:
    return means.registration_nationality_code is None and around.mode != RAIL


def _header_names_means(around: Around) -> bool:
    return around.header is not None and around.header.transport_means_id is not None


def _needless_means(means: EntryTransportMeans, around: Around) -> bool:
    del means
    return _header_names_means(around) or around.mode == AIR


def _means_unnamed(item: EntryItem, around: Around) -> bool:
    return not item.border_transport_means and not _header_names_means(around) and around.mode != AIR


def _too_many_means(item: EntryItem, around: Around) -> bool:
    del around
    return len(item.border_transport_means) > _MOST_MEANS


_SHIP = {_MODE: SEA, _IDENTITY: "9074729", _MEANS: None}
_LORRY = {_MODE: ROAD, _IDENTITY: None, f"{_MEANS}/NatIDEMEATRAGI973": "FR", _MEANS_ID: "AB-123-CD"}
_PLANE = {_MODE: AIR, _IDENTITY: None, _CONVEYANCE: "TG1234", _MEANS: None}

TRANSPORT_RULES: tuple[EntryRule, ...] = (
    EntryRule(
        "8107",
        "Name the ship or vessel (IdeOfMeaOfTraCroHEA85). By sea or inland waterway we need its number.",
        "condition C017",
        (Check("header", _ship_unnamed),),
        (
            EntryCase("a ship without its number", {**_SHIP, _IDENTITY: None}, _HEADER_PLACE),
            EntryCase("an inland vessel without its number", {_MODE: "08", _IDENTITY: None}, _HEADER_PLACE),
            EntryCase("a ship with its number", _SHIP),
            EntryCase("a lorry", _LORRY),
        ),
    ),
    EntryRule(
        "8111",
        "Specific circumstance C (SpeCirIndHEA1) is for road transport: it does not go with this mode "
        "(TraModAtBorHEA76). Correct one of the two.",
        "condition C529",
        (Check("header", _road_circumstance),),
        (
            EntryCase("C at sea", {**_SHIP, _CIRCUMSTANCE: "C"}, _HEADER_PLACE),
            EntryCase("C by rail, with a zero before", {_MODE: "02", _CIRCUMSTANCE: "C"}, _HEADER_PLACE),
            EntryCase("C by road", {**_LORRY, _CIRCUMSTANCE: "C"}),
        ),
    ),
    EntryRule(
        "8112",
        "Specific circumstance D (SpeCirIndHEA1) is for rail transport: it does not go with this mode "
        "(TraModAtBorHEA76). Correct one of the two.",
        "condition C529",
        (Check("header", _rail_circumstance),),
        (
            EntryCase("D at sea", {**_SHIP, _CIRCUMSTANCE: "D"}, _HEADER_PLACE),
            EntryCase("D by road", {**_LORRY, _CIRCUMSTANCE: "D"}, _HEADER_PLACE),
            EntryCase("D by rail", {_MODE: RAIL, _CIRCUMSTANCE: "D"}),
        ),
    ),
    EntryRule(
        "8113",
        "Leave out the identity of the aircraft (IdeOfMeaOfTraCroHEA85). By air the flight number says it.",
        "condition C017",
        (Check("header", _aircraft_named),),
        (
            EntryCase("an aircraft by name", {**_PLANE, _IDENTITY: "G-ABCD"}, _HEADER_PLACE),
            EntryCase("a flight alone", _PLANE),
        ),
    ),
    EntryRule(
        "8114",
        "Give the ship's IMO number (7 digits) or the vessel's European number, ENI (8 digits).",
        "condition C514",
        (
            Check("header", _no_ship_number),
            Check("means", _means_no_ship_number, "/IdeMeaTraGIMEATRA971[1]"),
        ),
        (
            EntryCase("a ship by its name", {**_SHIP, _IDENTITY: "MV Tide"}, _HEADER_PLACE),
            EntryCase("nine digits", {**_SHIP, _IDENTITY: "123456789"}, _HEADER_PLACE),
            EntryCase(
                "a ship by its name, for one item",
                {_MODE: SEA, _IDENTITY: None, _MEANS_ID: "MV Tide"},
                (f"{_MEANS_ID}[1]",),
            ),
            EntryCase("an IMO number", _SHIP),
            EntryCase("a European number", {**_SHIP, _MODE: INLAND, _IDENTITY: "02301234"}),
        ),
    ),
    EntryRule(
        "8115",
        "Leave out the nationality of the means of transport (NatOfMeaOfTraCroHEA87). It is asked for "
        "lorries only (modes 3, 10 and 11), beside their registration.",
        "condition C024",
        (Check("header", _needless_nationality),),
        (
            EntryCase("a ship's flag", {**_SHIP, _NATIONALITY: "PA"}, _HEADER_PLACE),
            EntryCase("no registration", {**_LORRY, _NATIONALITY: "FR"}, _HEADER_PLACE),
            EntryCase(
                "a registered lorry",
                {**_LORRY, _MEANS: None, _IDENTITY: "AB-123-CD", _NATIONALITY: "FR"},
            ),
        ),
    ),
    EntryRule(
        "8118",
        "Give the flight number (ConRefNumHEA): up to three characters for the airline, one to four digits, "
        "and a letter where the flight has one, such as BA0123A.",
        "technical rule TR0518",
        (Check("header", _no_flight),),
        (
            EntryCase("no flight number", {**_PLANE, _CONVEYANCE: None}, _HEADER_PLACE),
            EntryCase("eight digits", {**_PLANE, _CONVEYANCE: "12345678"}, _HEADER_PLACE),
            EntryCase("hyphens", {**_PLANE, _CONVEYANCE: "BA-12-34"}, _HEADER_PLACE),
            EntryCase("a flight", _PLANE),
            EntryCase("a flight with a suffix", {**_PLANE, _CONVEYANCE: "ABC1234D"}),
            EntryCase("none by sea", {**_SHIP, _CONVEYANCE: None}),
        ),
    ),
    EntryRule(
        "8147",
        "Give the nationality of this means of transport (NatIDEMEATRAGI973). Only rail does without.",
        "condition C020",
        (Check("means", _means_without_nationality),),
        (
            EntryCase("a lorry of no country", {**_LORRY, f"{_MEANS}/NatIDEMEATRAGI973": None}, _MEANS_PLACE),
            EntryCase("a lorry of France", _LORRY),
            EntryCase(
                "a wagon",
                {**_LORRY, _MODE: RAIL, f"{_MEANS}/NatIDEMEATRAGI973": None},
            ),
        ),
    ),
    EntryRule(
        "8198",
        "Leave out the means of transport of this item (IDEMEATRAGI970). It is named for the whole "
        "declaration, or the goods come by air.",
        "condition C019",
        (Check("means", _needless_means),),
        (
            EntryCase("named for all and for the item", {**_LORRY, _IDENTITY: "AB-123-CD"}, _MEANS_PLACE),
            EntryCase("by air", {**_LORRY, _MODE: AIR}, _MEANS_PLACE),
            EntryCase("named for the item alone", _LORRY),
        ),
    ),
    EntryRule(
        "8199",
        "Name the means of transport, for the whole declaration (IdeOfMeaOfTraCroHEA85) or for this item "
        "(IDEMEATRAGI970).",
        "condition C019",
        (Check("goods_item", _means_unnamed),),
        (
            EntryCase("a lorry without registration", {**_LORRY, _MEANS: None}, _ITEM_PLACE),
            EntryCase("a ship named for all", _SHIP),
            EntryCase("by air", _PLANE),
        ),
    ),
    EntryRule(
        "8612",
        "This item names more than 999 means of transport. Split it into several items.",
        "multiplicity of the message",
        (Check("goods_item", _too_many_means),),
        (
            EntryCase(
                "a thousand wagons",
                {"GOOITEGDS[1]/IDEMEATRAGI970[1..1000]": ""},
                _ITEM_PLACE,
            ),
            EntryCase(
                "999 wagons",
                {"GOOITEGDS[1]/IDEMEATRAGI970[1..999]": ""},
            ),
        ),
    ),
    EntryRule(
        "8685",
        "A conveyance reference that begins with XFER goes on with letters or digits, then, if you like, a "
        "colon or hyphen and more letters or digits: XFER12AB:34CD.",
        "technical rule TR0519",
        (Check("header", _bad_transfer),),
        (
            EntryCase("nothing after XFER", {**_SHIP, _CONVEYANCE: "XFER"}, _HEADER_PLACE),
            EntryCase("a colon at the end", {**_SHIP, _CONVEYANCE: "XFER12:"}, _HEADER_PLACE),
            EntryCase("two parts more", {**_SHIP, _CONVEYANCE: "XFERa:e-d"}, _HEADER_PLACE),
            EntryCase("a transfer", {**_SHIP, _CONVEYANCE: "XFERa:e"}),
            EntryCase("something else", {**_SHIP, _CONVEYANCE: "xfer:"}),
        ),
    ),
    EntryRule(
        "8689",
        "The mode of transport at the border (TraModAtBorHEA76) is 1 (sea), 2 (rail), 3 (road), 4 (air), "
        "8 (inland waterway), 10 or 11 (lorry or wagon on a ship).",
        "rule R826",
        (Check("header", _unknown_mode),),
        (
            EntryCase("mode 5", {_MODE: "5"}, _HEADER_PLACE),
            EntryCase("mode 0", {_MODE: "0"}, _HEADER_PLACE),
            EntryCase("mode 11", {**_LORRY, _MODE: RO_RO_RAIL}),
            EntryCase("mode 01", {**_SHIP, _MODE: "01"}),
        ),
    ),
    EntryRule(
        "8690",
        "Write the mode of transport at the border (TraModAtBorHEA76) without zeros before it.",
        "format of the element",
        (Check("header", _padded_mode),),
        (
            EntryCase("mode 01", {**_SHIP, _MODE: "01"}, _HEADER_PLACE),
            EntryCase("mode 10", {**_LORRY, _MODE: RO_RO}),
        ),
    ),
    EntryRule(
        "8691",
        "The specific circumstance (SpeCirIndHEA1) is C (road), D (rail) or E (authorised operator).",
        "rule R834",
        (Check("header", _unknown_circumstance),),
        (
            EntryCase("A", {_CIRCUMSTANCE: "A"}, _HEADER_PLACE),
            EntryCase("E", {_CIRCUMSTANCE: "E"}),
            EntryCase("none", {_CIRCUMSTANCE: None}),
        ),
    ),
)
