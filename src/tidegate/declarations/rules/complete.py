"""Completeness: what a declaration must say by its data set.

The type's letter: A and D are full declarations, B, C, E and F simplified ones, J and K customs clearance
requests, Y and Z supplementary, Q a final supplementary one. Which data set that and the procedures come to,
and what it asks for, is told in ``data_sets``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tidegate.declarations.classes import class_plan
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.rules.data_sets import HEADER, ITEM, DataSet, Needed, data_set_of
from tidegate.declarations.rules.rule import Breach, Case, Rule, RuleContext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tidegate.declarations.stated import Stated

_ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[1]"
_CLEARANCE = {"TypeCode": "IMJ", f"{_ITEM}/Commodity/Classification": None}


def _complete(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    letter, made_by = (declaration.type_code or "")[-1:], data_set_of(declaration)
    for needed in asked(HEADER, made_by, letter):
        if not _stated(declaration, declaration, needed):
            yield Breach(needed.places[0], {"words": needed.words, "set": made_by})
    shipment = declaration.goods_shipment
    of_items = asked(ITEM, made_by, letter)
    for number, item in enumerate(shipment.government_agency_goods_item if shipment else (), start=1):
        for needed in of_items:
            if not _stated(item, declaration, needed):
                at = f"GoodsShipment/GovernmentAgencyGoodsItem[{number}]/{needed.places[0]}"
                yield Breach(at, {"words": needed.words, "set": made_by})


@cache
def asked(table: tuple[Needed, ...], made_by: DataSet, letter: str) -> tuple[Needed, ...]:
    """Return what of a table a declaration of a data set and a type's letter must say."""
    return tuple(
        needed
        for needed in table
        if letter
        and made_by in needed.sets
        and letter not in needed.waived
        and (not needed.letters or letter in needed.letters)
    )


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


COMPLETE_RULES = (
    Rule(
        code="TG-COMPLETE",
        text="A declaration by the data set {set} says {words}. State it.",
        reference="Delegated Regulation (EU) 2015/2446, annex B; UK Tariff, appendices 21 to 23",
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
            Case(
                "home use without a method of valuation",
                {f"{_ITEM}/CustomsValuation": None},
                f"{_ITEM}/CustomsValuation/MethodCode",
            ),
            Case(
                "a warehouse, where value is worked out when the goods leave",
                {
                    f"{_ITEM}/GovernmentProcedure[1]/CurrentCode": "71",
                    "GoodsShipment/GovernmentAgencyGoodsItem[2]": None,
                    f"{_ITEM}/CustomsValuation": None,
                },
            ),
            Case(
                "low value without packages",
                {f"{_ITEM}/GovernmentProcedure[2]/CurrentCode": "1H7", f"{_ITEM}/Packaging": None},
            ),
            Case("a clearance request without a commodity code", _CLEARANCE),
            Case(
                "a simplified one without an origin",
                {"TypeCode": "IMC", f"{_ITEM}/Origin": None},
                f"{_ITEM}/Origin[1]/CountryCode",
            ),
        ),
    ),
)
