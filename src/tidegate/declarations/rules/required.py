"""What a declaration must say before anything can be done with it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tidegate.declarations.declaration import Declaration
from tidegate.declarations.references import check_lrn
from tidegate.declarations.rules.rule import EVERY, REQUESTS, Breach, Case, Rule, RuleContext

if TYPE_CHECKING:
    from collections.abc import Iterable

_WCO = "WCO Data Model 3.6, class 42A"
_PARTS = {"IM", "EX", "CO"}
_ITEMS = "GoodsShipment/GovernmentAgencyGoodsItem"
_STAGES = set("ABCDEFJKQRVWXYZ")


def _function(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    right = "9" if declaration.request == "declaration" else "13"
    if (declaration.function_code or "") != right:
        yield Breach("FunctionCode", {"value": declaration.function_code or "", "right": right})


def _lrn(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    wrong = check_lrn(declaration.functional_reference_id or "")
    if wrong is not None:
        yield Breach("FunctionalReferenceID", {"wrong": wrong})


def _type_code(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    code = declaration.type_code or ""
    if len(code) != 3 or code[:2] not in _PARTS or code[2] not in _STAGES:  # noqa: PLR2004 - two letters and one
        yield Breach("TypeCode", {"value": code})


def _meant(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    if not declaration.id:
        yield Breach("ID")


def _declarant(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    declarant = declaration.declarant
    if declarant is None or not (declarant.id or declarant.name):
        yield Breach("Declarant")


def _shipment(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    shipment = declaration.goods_shipment
    if shipment is None or not shipment.government_agency_goods_item:
        yield Breach("GoodsShipment/GovernmentAgencyGoodsItem")


def _sequence(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    """Look for numbers out of order; where an amendment took an item away, the others keep theirs."""
    shipment = declaration.goods_shipment
    before = Decimal(0)
    for place, item in enumerate(shipment.government_agency_goods_item if shipment else (), start=1):
        number, right = item.sequence_numeric, before + 1
        kept = bool(declaration.amendment) and number is not None and number > right
        if number != right and not kept:
            said = "" if number is None else format(number, "f")
            at = f"{_ITEMS}[{place}]/SequenceNumeric"
            yield Breach(at, {"value": said, "right": format(right, "f")})
        before = number if number is not None and kept else right


def _item_count(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    stated, shipment = declaration.goods_item_quantity, declaration.goods_shipment
    if stated is None or stated.value is None or shipment is None:
        return
    count = len(shipment.government_agency_goods_item)
    if count and stated.value != Decimal(count):
        yield Breach("GoodsItemQuantity", {"value": format(stated.value, "f"), "count": str(count)})


REQUIRED_RULES = (
    Rule(
        code="TG-FUNCTION",
        text='The function code is "{value}"; it is {right} for this type (9 a declaration, 13 a request).',
        reference=f"{_WCO}, UN/EDIFACT code list 1225",
        checks={Declaration: _function},
        applies=EVERY,
        cases=(
            Case("another function", {"FunctionCode": "1"}, "FunctionCode"),
            Case("no function", {"FunctionCode": None}, "FunctionCode"),
            Case("a request of function 13", {"TypeCode": "INV", "FunctionCode": "13"}),
        ),
    ),
    Rule(
        code="TG-LRN",
        text="Give the local reference number in FunctionalReferenceID. {wrong}",
        reference=f"{_WCO}, FunctionalReferenceID an..35",
        checks={Declaration: _lrn},
        applies=EVERY,
        cases=(
            Case("no LRN", {"FunctionalReferenceID": None}, "FunctionalReferenceID"),
            Case("a line break in it", {"FunctionalReferenceID": "A\nB"}, "FunctionalReferenceID"),
            Case("35 characters", {"FunctionalReferenceID": "L" * 35}),
        ),
    ),
    Rule(
        code="TG-TYPE",
        text='"{value}" is not a declaration type: IM, EX or CO and a letter, such as IMA (arrived).',
        reference="Delegated Regulation (EU) 2015/2446, annex B, data elements 1/1 and 1/2",
        checks={Declaration: _type_code},
        cases=(
            Case("no type", {"TypeCode": None}, "TypeCode"),
            Case("an unknown letter", {"TypeCode": "IMM"}, "TypeCode"),
            Case("an export before presentation", {"TypeCode": "EXD"}),
        ),
    ),
    Rule(
        code="TG-MEANT",
        text="Give the MRN of the declaration that this request is about in ID.",
        reference=f"{_WCO}, ID",
        checks={Declaration: _meant},
        applies=REQUESTS,
        cases=(
            Case("an invalidation of nothing", {"TypeCode": "INV", "FunctionCode": "13"}, "ID"),
            Case("an invalidation", {"TypeCode": "INV", "FunctionCode": "13", "ID": "26XA00000000000000"}),
        ),
    ),
    Rule(
        code="TG-DECLARANT",
        text="Say who the declarant is: an operator's number in Declarant/ID, or a name and address.",
        reference="Delegated Regulation (EU) 2015/2446, annex B, data elements 3/17 and 3/18",
        checks={Declaration: _declarant},
        cases=(
            Case("no declarant", {"Declarant": None}, "Declarant"),
            Case("a nameless one", {"Declarant/ID": None}, "Declarant"),
            Case("a person", {"Declarant/ID": None, "Declarant/Name": "Private person"}),
        ),
    ),
    Rule(
        code="TG-ITEMS",
        text="A declaration has at least one goods item in GoodsShipment.",
        reference="WCO Data Model 3.6, class 68A",
        checks={Declaration: _shipment},
        cases=(
            Case("no shipment", {"GoodsShipment": None}, _ITEMS),
            Case("an empty shipment", {_ITEMS: None}, _ITEMS),
            Case("one item", {f"{_ITEMS}[2]": None}),
        ),
    ),
    Rule(
        code="TG-SEQUENCE",
        text='This item is numbered "{value}"; items are numbered from 1 in order: it would be {right}.',
        reference="WCO Data Model 3.6, class 68A, SequenceNumeric",
        checks={Declaration: _sequence},
        cases=(
            Case("a number left out", {f"{_ITEMS}[2]/SequenceNumeric": "3"}, f"{_ITEMS}[2]/SequenceNumeric"),
            Case("no number", {f"{_ITEMS}[1]/SequenceNumeric": None}, f"{_ITEMS}[1]/SequenceNumeric"),
            Case("zeros before", {f"{_ITEMS}[1]/SequenceNumeric": "001"}),
            Case(
                "a number left out by an amendment",
                {f"{_ITEMS}[2]/SequenceNumeric": "3", "Amendment[1]/ChangeReasonCode": "30"},
            ),
        ),
    ),
    Rule(
        code="TG-ITEM-COUNT",
        text="The declaration says it has {value} items; it has {count}.",
        reference="Delegated Regulation (EU) 2015/2446, annex B, data element 1/9",
        checks={Declaration: _item_count},
        cases=(
            Case("three of two", {"GoodsItemQuantity": "3"}, "GoodsItemQuantity"),
            Case("not said", {"GoodsItemQuantity": None}),
        ),
    ),
)
