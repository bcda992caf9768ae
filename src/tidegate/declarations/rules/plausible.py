"""Numbers that must agree with each other, and references that should be well made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.declarations.declaration import Declaration
from tidegate.declarations.goods import UCR, GoodsMeasure, PreviousDocument, TransportEquipment
from tidegate.declarations.parties import AuthorisationHolder, Party
from tidegate.declarations.references import (
    check_container,
    check_ducr,
    check_mucr,
    check_operator,
    check_ucr,
)
from tidegate.declarations.rules.rule import Breach, Case, Check, Rule, RuleContext
from tidegate.declarations.stated import Stated, wco_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_UCR_KINDS = {"DCR": check_ducr, "DCS": check_ducr, "MCR": check_mucr}


def _masses(measure: GoodsMeasure, _context: RuleContext) -> Iterable[Breach]:
    gross = measure.gross_mass_measure.value if measure.gross_mass_measure else None
    net = measure.net_net_weight_measure.value if measure.net_net_weight_measure else None
    if gross is not None and net is not None and net > gross:
        yield Breach("NetNetWeightMeasure", {"value": format(net, "f"), "gross": format(gross, "f")})


def _packages(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    stated, shipment = declaration.total_package_quantity, declaration.goods_shipment
    if stated is None or stated.value is None or shipment is None:
        return
    counts = [
        packaging.quantity_quantity.value
        for item in shipment.government_agency_goods_item
        for packaging in item.packaging
        if packaging.quantity_quantity is not None and packaging.quantity_quantity.value is not None
    ]
    total = sum(counts)
    if counts and stated.value != total:
        yield Breach("TotalPackageQuantity", {"value": format(stated.value, "f"), "total": f"{total:f}"})


def _made_well(attribute: str, wrong: Callable[[str], str | None]) -> Check:
    """Return the check that a reference, where stated, has the form it should have."""
    name = wco_name(attribute)

    def check(value: Stated, _context: RuleContext) -> Iterable[Breach]:
        text = getattr(value, attribute)
        if text and (sentence := wrong(text)) is not None:
            return (Breach(name, {"value": text, "wrong": sentence}),)
        return ()

    return check


def _previous(document: PreviousDocument, _context: RuleContext) -> Iterable[Breach]:
    check = _UCR_KINDS.get(document.type_code or "")
    if check is not None and document.id and (sentence := check(document.id)) is not None:
        yield Breach("ID", {"value": document.id, "wrong": sentence})


_ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[1]"
_NET = f"{_ITEM}/Commodity/GoodsMeasure/NetNetWeightMeasure"
_CONTAINER = "GoodsShipment/Consignment/TransportEquipment[1]/ID"
_UCR = "GoodsShipment/UCR/TraderAssignedReferenceID"

PLAUSIBLE_RULES = (
    Rule(
        code="TG-NET-MASS",
        text="The net mass {value} is above the gross mass {gross} of the item.",
        reference="Delegated Regulation (EU) 2015/2446, annex B, data elements 6/1 and 6/5",
        checks={GoodsMeasure: _masses},
        cases=(Case("net above gross", {_NET: "820.001 KGM"}, _NET), Case("no packing", {_NET: "820 KGM"})),
    ),
    Rule(
        code="TG-PACKAGES",
        text="The declaration says {value} packages in all; its items have {total}.",
        reference="Delegated Regulation (EU) 2015/2446, annex B, data elements 6/10 and 6/18",
        severity="warning",
        checks={Declaration: _packages},
        cases=(
            Case("one more", {"TotalPackageQuantity": "61"}, "TotalPackageQuantity"),
            Case("not said", {"TotalPackageQuantity": None}),
        ),
    ),
    Rule(
        code="TG-CONTAINER",
        text='"{value}" is not a container number. {wrong}',
        reference="ISO 6346",
        severity="warning",
        checks={TransportEquipment: _made_well("id", check_container)},
        cases=(
            Case("another check digit", {_CONTAINER: "CSQU3054384"}, _CONTAINER),
            Case("a licence plate", {_CONTAINER: "AD12345"}, _CONTAINER),
            Case("another container", {_CONTAINER: "TASU1170000"}),
        ),
    ),
    Rule(
        code="TG-OPERATOR",
        text='"{value}" is not an operator\'s number. {wrong}',
        reference="Delegated Regulation (EU) 2015/2446, annex 12-01",
        severity="warning",
        checks={
            Party: _made_well("id", check_operator),
            AuthorisationHolder: _made_well("id", check_operator),
        },
        cases=(
            Case("without a country", {"Declarant/ID": "123456789"}, "Declarant/ID"),
            Case("of another country", {"Declarant/ID": "FR12345678901234"}),
        ),
    ),
    Rule(
        code="TG-UCR",
        text='"{value}" is not a consignment reference. {wrong}',
        reference="WCO Recommendation on the Unique Consignment Reference; ISO 15459",
        severity="warning",
        checks={UCR: _made_well("trader_assigned_reference_id", check_ucr), PreviousDocument: _previous},
        cases=(
            Case("a number alone", {_UCR: "12345"}, _UCR),
            Case(
                "a master that is none",
                {f"{_ITEM}/PreviousDocument[1]/TypeCode": "MCR"},
                f"{_ITEM}/PreviousDocument[1]/ID",
            ),
            Case("of another year", {_UCR: "5XA123456789-SAMPLE1"}),
        ),
    ),
)
