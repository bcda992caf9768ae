"""Completeness: what a declaration must say by its type.

The type's letter: A and D are full declarations, B, C, E and F simplified ones, J and K customs clearance
requests, Y and Z supplementary, Q a final supplementary one. What is asked for is what every declaration of
the United Kingdom's published trade-test pack has that its authority accepted.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from tidegate.declarations.classes import class_plan
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.rules.rule import Breach, Case, Rule, RuleContext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tidegate.declarations.stated import Stated

_ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[1]"
_ALL = "ABCDEFJKYZ"
_LATER = "CDEFJKYZ"
_SUPPLEMENTARY = "YZ"
_EXPORTED = {"10", "11", "21", "22", "23", "31"}


_EITHER = ("import", "export")
_IMPORT, _EXPORT = ("import",), ("export",)


class Needed(msgspec.Struct, frozen=True):
    """What is needed: in words, at one of these places, for these letters and directions."""

    words: str
    places: tuple[str, ...]
    letters: str
    directions: tuple[str, ...] = _EITHER


# Of the declaration and its shipment.
HEADER = (
    Needed(
        "the place where the goods can be examined", ("GoodsShipment/Consignment/GoodsLocation/Name",), _ALL
    ),
    Needed("who imports", ("GoodsShipment/Importer",), _ALL, _IMPORT),
    Needed("who exports", ("Exporter",), _ALL, _EXPORT),
    Needed("the office of exit", ("ExitOffice/ID",), _ALL, _EXPORT),
    Needed(
        "the means of transport at departure",
        ("GoodsShipment/Consignment/DepartureTransportMeans",),
        "ACDFJKY",
        ("export",),
    ),
    Needed("the day of acceptance that it supplements", ("AcceptanceDateTime",), _SUPPLEMENTARY, _IMPORT),
)

# Of every goods item; what may stand for all items at once is looked for there too.
ITEM = (
    Needed("what the goods are", ("Commodity/Description",), _ALL),
    Needed("the procedure asked for", ("GovernmentProcedure[1]/CurrentCode",), _ALL + "Q"),
    Needed("the procedure before", ("GovernmentProcedure[1]/PreviousCode",), _ALL + "Q"),
    Needed("an additional procedure code", ("GovernmentProcedure[2]/CurrentCode",), _ALL + "Q"),
    Needed("the commodity code", ("Commodity/Classification[1]/ID",), "ABCDEFYZ", _IMPORT),
    Needed("the gross mass", ("Commodity/GoodsMeasure/GrossMassMeasure",), "ABCDFYZ", _IMPORT),
    Needed("the packages", ("Packaging[1]",), "BCDEFJKYZ", _IMPORT),
    Needed("the packages", ("Packaging[1]",), _ALL, _EXPORT),
    Needed("the country of origin", ("Origin[1]/CountryCode",), _SUPPLEMENTARY, _IMPORT),
    Needed("the statistical value", ("StatisticalValueAmount",), "ADY", _EXPORT),
    Needed("what came before", ("PreviousDocument[1]", "/GoodsShipment/PreviousDocument[1]"), _LATER + "Q"),
    Needed(
        "the country of destination",
        ("Destination/CountryCode", "/GoodsShipment/Destination/CountryCode"),
        "ACDEFJK",
        ("export",),
    ),
)


def _complete(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    letter, direction = (declaration.type_code or "")[-1:], _direction(declaration)
    for needed in HEADER:
        if _asked(needed, letter, direction) and not _stated(declaration, declaration, needed):
            yield Breach(needed.places[0], {"words": needed.words, "type": declaration.type_code or ""})
    shipment = declaration.goods_shipment
    asked = [needed for needed in ITEM if _asked(needed, letter, direction)]
    for number, item in enumerate(shipment.government_agency_goods_item if shipment else (), start=1):
        for needed in asked:
            if not _stated(item, declaration, needed):
                at = f"GoodsShipment/GovernmentAgencyGoodsItem[{number}]/{needed.places[0]}"
                yield Breach(at, {"words": needed.words, "type": declaration.type_code or ""})


def _asked(needed: Needed, letter: str, direction: str) -> bool:
    return bool(letter) and letter in needed.letters and direction in needed.directions


def _stated(value: Stated, declaration: Declaration, needed: Needed) -> bool:
    """Tell whether one of the places holds something; those that begin with a slash are the declaration's."""
    for place in needed.places:
        at: object = declaration if place.startswith("/") else value
        for attribute, index in _steps(Declaration if at is declaration else type(value), place.lstrip("/")):
            at = getattr(at, attribute)
            if at and index is not None:
                assert isinstance(at, tuple)
                at = at[index] if index < len(at) else None
            if not at:
                break
        if at:
            return True
    return False


@cache
def _steps(of: type[Stated], place: str) -> tuple[tuple[str, int | None], ...]:
    """Return the way to a place as attributes, each with the number in its row, read off the classes once."""
    steps: list[tuple[str, int | None]] = []
    for step in place.split("/"):
        name, _, number = step.rstrip("]").partition("[")
        field = class_plan(of).by_name()[name]
        steps.append((field.attribute, int(number) - 1 if number else None))
        of = field.holds or of
    return tuple(steps)


def _direction(declaration: Declaration) -> str:
    part, shipment = (declaration.type_code or "")[:2], declaration.goods_shipment
    if part != "CO":
        return "export" if part == "EX" else "import"
    codes = {
        procedure.current_code
        for item in (shipment.government_agency_goods_item if shipment else ())
        for procedure in item.government_procedure[:1]
    }
    return "export" if codes & _EXPORTED else "import"


COMPLETE_RULES = (
    Rule(
        code="TG-COMPLETE",
        text="A declaration of type {type} says {words}. State it.",
        reference="HM Revenue & Customs, CDS trade-test pack: what all accepted of the type have",
        checks={Declaration: _complete},
        country="GB",
        cases=(
            Case(
                "goods that are not described",
                {f"{_ITEM}/Commodity/Description": None},
                f"{_ITEM}/Commodity/Description",
            ),
            Case("no importer", {"GoodsShipment/Importer": None}, "GoodsShipment/Importer"),
            Case(
                "a supplementary one without its day",
                {"TypeCode": "IMY", "AcceptanceDateTime": None},
                "AcceptanceDateTime",
            ),
            Case("a full one without a day of its own", {"AcceptanceDateTime": None}),
            Case(
                "no additional procedure",
                {f"{_ITEM}/GovernmentProcedure[2]": None},
                f"{_ITEM}/GovernmentProcedure[2]/CurrentCode",
            ),
        ),
    ),
)
