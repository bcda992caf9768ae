"""The fields of the form and their places in a declaration: from what was typed to a declaration, and back.

Each field has a place by WCO names, so the same table builds a declaration, reads one into the form, says
beside which field a finding belongs, and points at what an amendment changes.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tidegate.declarations.declaration import Declaration
from tidegate.declarations.places import value_at, with_value
from tidegate.declarations.stated import Amount, Measure, plain_decimal
from tidegate.tariff.nomenclature import digits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[{n}]"
ABOUT: dict[str, str] = {
    "kind": "TypeCode",
    "lrn": "FunctionalReferenceID",
    "importer": "GoodsShipment/Importer/ID",
    "exporter": "Exporter/Name",
    "exporter_line": "Exporter/Address/Line",
    "exporter_city": "Exporter/Address/CityName",
    "exporter_country": "Exporter/Address/CountryCode",
    "office": "PresentationOffice/ID",
}
TRANSPORT: dict[str, str] = {
    "export_country": "GoodsShipment/ExportCountry/ID",
    "destination": "GoodsShipment/Destination/CountryCode",
    "mode": "BorderTransportMeans/ModeCode",
    "means": "GoodsShipment/Consignment/ArrivalTransportMeans/ID",
    "container": "GoodsShipment/Consignment/TransportEquipment[1]/ID",
    "location": "GoodsShipment/Consignment/GoodsLocation/Name",
    "incoterm": "GoodsShipment/TradeTerms/ConditionCode",
    "incoterm_place": "GoodsShipment/TradeTerms/LocationName",
    "freight": "GoodsShipment/CustomsValuation/FreightChargeAmount",
    "previous_type": "GoodsShipment/PreviousDocument[1]/TypeCode",
    "previous": "GoodsShipment/PreviousDocument[1]/ID",
}
GOODS: dict[str, str] = {
    "description": "Commodity/Description",
    "origin": "Origin[1]/CountryCode",
    "price": "Commodity/InvoiceLine/ItemChargeAmount",
    "gross": "Commodity/GoodsMeasure/GrossMassMeasure",
    "net": "Commodity/GoodsMeasure/NetNetWeightMeasure",
    "quantity": "Commodity/GoodsMeasure/TariffQuantity",
    "packages": "Packaging[1]/QuantityQuantity",
    "package_kind": "Packaging[1]/TypeCode",
    "marks": "Packaging[1]/MarksNumbersID",
    "preference": "Commodity/DutyTaxFee[1]/DutyRegimeCode",
}
# Fields that stand together with another one in a place: an amount and its currency.
TYPED = {"price": "currency", "freight": "freight_currency", "quantity": "unit"}
STEPS: dict[str, dict[str, str]] = {"about": ABOUT, "transport": TRANSPORT}
# Where findings point at what several fields say together.
_NEAR = {
    "Declarant": ("about", "importer"),
    "GoodsShipment/Importer": ("about", "importer"),
    "Exporter": ("about", "exporter"),
    "GoodsShipment/Consignment/GoodsLocation": ("transport", "location"),
    "GoodsShipment/Consignment/ArrivalTransportMeans": ("transport", "means"),
    "BorderTransportMeans": ("transport", "mode"),
    "GoodsShipment/TradeTerms": ("transport", "incoterm"),
    "GoodsShipment/PreviousDocument": ("transport", "previous"),
}
_NEAR_GOODS = {
    "Commodity/Classification": "code",
    "Commodity/InvoiceLine": "price",
    "Commodity/GoodsMeasure": "gross",
    "Commodity/DutyTaxFee": "preference",
    "Commodity": "description",
    "CustomsValuation": "price",
    "GovernmentProcedure": "procedure",
    "Origin": "origin",
    "Packaging": "packages",
    "AdditionalDocument": "documents",
    "PreviousDocument": "previous",
}
_TSP = 8  # digits of the Combined Nomenclature, which TARIC's own digits follow
_IN_ITEM = re.compile(r"GoodsShipment/GovernmentAgencyGoodsItem\[(\d{1,3})\](?:/(.*))?")
_DOCUMENT = re.compile(r"(?=\S*\d)([A-Za-z0-9])([A-Za-z0-9]{3})\s+(.+)", re.ASCII)
_MEANS_KINDS = {"1": "10", "2": "20", "3": "30", "4": "40"}

Step = dict[str, str]


def declaration_of(
    data: Mapping[str, Any], *, declarant: str, country: str, taxes: Sequence[str]
) -> Declaration:
    """Return the declaration that the fields of all steps come to; what is empty is left out."""
    about, transport, items = data.get("about", {}), data.get("transport", {}), data.get("items", [])
    made = Declaration()
    for place, said in (
        ("FunctionCode", "9"),
        ("GoodsItemQuantity", str(len(items))),
        ("DeclarationOfficeID", about.get("office", "")),
        ("TotalGrossMassMeasure", _sum(items, "gross", " KGM")),
        ("TotalPackageQuantity", _sum(items, "packages")),
        *_parties(about.get("importer", ""), declarant),
        ("GoodsShipment/TransactionNatureCode", "1"),
        ("GoodsShipment/Consignment/ContainerCode", "1" if transport.get("container") else "0"),
        ("GoodsShipment/Consignment/GoodsLocation/TypeCode", "A"),
        ("GoodsShipment/Consignment/GoodsLocation/Address/TypeCode", "U"),
        ("GoodsShipment/Consignment/GoodsLocation/Address/CountryCode", country),
        *_placed(ABOUT, about),
        *_placed(TRANSPORT, transport),
        *_transport(transport),
        *_account(about, transport),
    ):
        if said:
            made = with_value(made, place, said)
    for n, item in enumerate(items, 1):
        for place, said in _item(item, transport, taxes):
            if said:
                made = with_value(made, f"{ITEM.format(n=n)}/{place}", said)
        made = with_value(made, f"{ITEM.format(n=n)}/SequenceNumeric", str(n))
    return made


def data_of(declaration: Declaration) -> dict[str, Any]:
    """Return what the form shows of a declaration; what has no field is not in it."""
    shipment = declaration.goods_shipment
    items = len(shipment.government_agency_goods_item) if shipment is not None else 0
    data: dict[str, Any] = {
        "about": _read(declaration, ABOUT),
        "transport": _read(declaration, TRANSPORT),
        "items": [],
    }
    for n in range(1, items + 1):
        base = ITEM.format(n=n)
        item = _read(declaration, {name: f"{base}/{place}" for name, place in GOODS.items()})
        one = value_at(declaration, base)
        commodity = getattr(one, "commodity", None)
        codes = (
            {c.identification_type_code: c.id or "" for c in commodity.classification} if commodity else {}
        )
        procedures = getattr(one, "government_procedure", ())
        main = procedures[0] if procedures else None
        item |= {
            "code": codes.get("TSP", "") + codes.get("TRC", ""),
            "procedure": f"{main.current_code or ''}{main.previous_code or ''}" if main else "",
            "additional": " ".join(further.current_code or "" for further in procedures[1:]),
            "documents": "\n".join(
                f"{d.category_code or ''}{d.type_code or ''} {d.id or ''}"
                for d in getattr(one, "additional_document", ())
            ),
        }
        data["items"].append({name: said for name, said in item.items() if said})
    return data


def field_at(location: str) -> tuple[str, str]:
    """Return the step and the field that a finding is about; the step `goods/2` is that of the second item.

    The field is empty where it is about the step as a whole, both where it is about nothing in the form.
    """
    inside = _IN_ITEM.match(location)
    if inside is not None:
        within = inside[2] or ""
        exact = next((name for name, place in GOODS.items() if within == place), "")
        near = next((name for place, name in _NEAR_GOODS.items() if within.startswith(place)), "")
        return f"goods/{inside[1]}", exact or near
    for step, fields in STEPS.items():
        for name, place in fields.items():
            if location == place:
                return step, name
    return next((found for place, found in _NEAR.items() if location.startswith(place)), ("", ""))


def changed_places(before: Step, after: Step, item: int) -> Iterator[tuple[str, str, str]]:
    """Yield what was changed: the place as it stands, its place in the request, and what is there now.

    ``item`` is the goods item's own number; in a request it is the first and only one.
    """
    stands, asks = f"{ITEM.format(n=item)}/", f"{ITEM.format(n=1)}/"
    for fields, there, here in ((GOODS, stands, asks), (TRANSPORT, "", "")):
        for name, place in fields.items():
            if name in after and _said(before, name) != _said(after, name):
                yield there + place, here + place, _said(after, name)


def _placed(fields: Mapping[str, str], said: Step) -> Iterator[tuple[str, str]]:
    for name, place in fields.items():
        yield place, _said(said, name)


def _said(said: Mapping[str, str], name: str) -> str:
    """Return what a field says as a place holds it: an amount with its currency, a mass in kilograms."""
    text = str(said.get(name, "")).strip()
    if not text:
        return ""
    if name in TYPED:
        return f"{_digits(text)} {said.get(TYPED[name], '')}".strip()
    if name in ("gross", "net"):
        return f"{_digits(text)} KGM"
    return _digits(text) if name == "packages" else text


def _digits(text: str) -> str:
    try:
        return plain_decimal(Decimal(text))
    except InvalidOperation:
        return text


def _transport(said: Step) -> Iterator[tuple[str, str]]:
    if said.get("means"):
        kind = _MEANS_KINDS.get(said.get("mode", ""), "30")
        yield "GoodsShipment/Consignment/ArrivalTransportMeans/IdentificationTypeCode", kind
    if said.get("container"):
        yield "GoodsShipment/Consignment/TransportEquipment[1]/SequenceNumeric", "1"
    if said.get("previous"):
        yield "GoodsShipment/PreviousDocument[1]/CategoryCode", "Y"


def _parties(importer: str, declarant: str) -> Iterator[tuple[str, str]]:
    """Yield who declares: the importer itself, or in its name a representative (direct, status 2)."""
    if importer and importer != declarant:
        yield "Declarant/ID", importer
        yield "Agent/ID", declarant
        yield "Agent/FunctionCode", "2"
    else:
        yield "Declarant/ID", declarant


def _account(about: Step, transport: Step) -> Iterator[tuple[str, str]]:
    """Yield how a deferment account is named: its number, and who holds it."""
    if transport.get("payment") == "E":
        yield "AdditionalDocument[1]/CategoryCode", "1"
        yield "AdditionalDocument[1]/TypeCode", "DAN"
        yield "AdditionalDocument[1]/ID", transport.get("account", "")
        yield "AuthorisationHolder[1]/ID", about.get("importer", "")
        yield "AuthorisationHolder[1]/CategoryCode", "DPO"


def _item(said: Step, transport: Step, taxes: Sequence[str]) -> Iterator[tuple[str, str]]:
    code = digits(said.get("code", ""))
    yield "Commodity/Classification[1]/ID", code[:_TSP]
    yield "Commodity/Classification[1]/IdentificationTypeCode", "TSP" if code else ""
    if code[_TSP:]:
        yield "Commodity/Classification[2]/ID", code[_TSP:]
        yield "Commodity/Classification[2]/IdentificationTypeCode", "TRC"
    method = transport.get("payment", "")
    for n, tax in enumerate(taxes[:2], 1):
        yield f"Commodity/DutyTaxFee[{n}]/TypeCode", tax
        yield f"Commodity/DutyTaxFee[{n}]/Payment/MethodCode", method
    yield from _placed(GOODS, {"preference": "100"} | {name: text for name, text in said.items() if text})
    yield "Origin[1]/TypeCode", "1" if said.get("origin") else ""
    if said.get("preference", "100") not in ("", "100"):
        yield "Origin[2]/CountryCode", said.get("origin", "")
        yield "Origin[2]/TypeCode", "2"
    yield "CustomsValuation/MethodCode", "1"
    yield "Packaging[1]/SequenceNumeric", "1"
    procedure = said.get("procedure", "")
    yield "GovernmentProcedure[1]/CurrentCode", procedure[:2]
    yield "GovernmentProcedure[1]/PreviousCode", procedure[2:]
    for n, further in enumerate((said.get("additional") or "000").split(), 2):
        yield f"GovernmentProcedure[{n}]/CurrentCode", further
    for n, (category, kind, number) in enumerate(documents_in(said.get("documents", "")), 1):
        yield f"AdditionalDocument[{n}]/CategoryCode", category
        yield f"AdditionalDocument[{n}]/TypeCode", kind
        yield f"AdditionalDocument[{n}]/ID", number


def documents_in(text: str) -> list[tuple[str, str, str]]:
    """Return documents written one a line, `N935 INV-7`: category, type and number."""
    found = (_DOCUMENT.fullmatch(line.strip()) for line in text.splitlines() if line.strip())
    return [(one[1].upper(), one[2].upper(), one[3]) for one in found if one is not None]


def bad_documents(text: str) -> list[str]:
    """Return the lines that are no document."""
    return [line for line in text.splitlines() if line.strip() and not _DOCUMENT.fullmatch(line.strip())]


def _sum(items: Sequence[Mapping[str, str]], name: str, unit: str = "") -> str:
    try:
        total = sum((Decimal(item[name]) for item in items if item.get(name)), Decimal(0))
    except InvalidOperation:
        return ""
    return f"{plain_decimal(total)}{unit}" if total else ""


def _read(declaration: Declaration, fields: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, place in fields.items():
        held = value_at(declaration, place)
        if isinstance(held, Amount | Measure):
            found[name] = plain_decimal(held.value) if held.value is not None else ""
            if name in TYPED:
                typed = held.currency_id if isinstance(held, Amount) else held.unit_code
                found[TYPED[name]] = typed or ""
        elif held is not None:
            found[name] = str(held)
    return found
