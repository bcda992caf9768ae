"""An entry summary declaration in the words that every declaration has, and what its goods are known by.

What a carrier announces and what is declared later meet in these words: the same goods-item frame, the same
profiles, the same references.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from tidegate.declarations.declaration import (
    Consignment,
    Declaration,
    GoodsShipment,
    Itinerary,
    LoadingLocation,
    Office,
    TransportMeans,
)
from tidegate.declarations.goods import (
    UCR,
    AdditionalDocument,
    AdditionalInformation,
    Classification,
    Commodity,
    DangerousGoods,
    ExportCountry,
    GoodsMeasure,
    GovernmentAgencyGoodsItem,
    Packaging,
    TransportEquipment,
)
from tidegate.declarations.parties import Address, Party
from tidegate.declarations.stated import Measure, exact_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.declarations.ens.words import EntryItem, EntrySummaryDeclaration, Trader

# Transport documents of UN/EDIFACT code list 1001: waybills, bills of lading, consignment notes, manifests.
TRANSPORT_DOCUMENTS = frozenset(
    ("703", "704", "705", "710", "714", "720", "722", "730", "740", "741", "750", "760", "785", "787")
)
Known = tuple[Literal["entry", "document", "ucr", "container"], str]  # a reference goods are known by
_TYPE = re.compile(r"[A-Z]?(\d{3})", re.ASCII)


def as_declaration(entry: EntrySummaryDeclaration) -> Declaration:
    """Return an entry summary declaration in the classes of the WCO Data Model.

    What is said once for all items and what is said of one stand where each was stated, but for the traders
    and the containers, which are those of the shipment where all items share them.
    """
    header = entry.header
    office = entry.first_entry_office
    consignment = Consignment(
        carrier=_party(entry.carrier),
        itinerary=tuple(Itinerary(routing_country_code=one.routing_country_code) for one in entry.itinerary),
        loading_location=LoadingLocation(id=header.loading_location_id) if header else None,
        transport_equipment=tuple(
            TransportEquipment(id=one)
            for one in dict.fromkeys(c.id for item in entry.goods_item for c in item.transport_equipment)
        ),
    )
    shipment = GoodsShipment(
        consignee=_party(entry.consignee),
        consignor=_party(entry.consignor),
        consignment=consignment,
        export_country=_sent_from(entry),
        government_agency_goods_item=tuple(_item(item, entry) for item in entry.goods_item),
        importer=_party(entry.consignee),
        ucr=UCR(trader_assigned_reference_id=header.commercial_reference_id) if header else None,
    )
    return Declaration(
        functional_reference_id=header.functional_reference_id if header else None,
        id=header.id if header else None,
        type_code="ENS",
        total_gross_mass_measure=_measure(header.total_gross_mass if header else None),
        specific_circumstances_code_code=header.specific_circumstances_code if header else None,
        agent=_party(entry.representative),
        border_transport_means=_means(entry),
        consignment=consignment,
        declarant=_party(entry.lodging_person),
        exporter=_party(entry.consignor),
        goods_shipment=shipment,
        presentation_office=Office(id=office.id) if office else None,
    )


def goods_of_entry(entry: EntrySummaryDeclaration) -> Iterator[Known]:
    """Yield what the goods of an entry summary declaration are known by, each once, in its order."""
    found: list[Known] = []
    if entry.header is not None and entry.header.commercial_reference_id:
        found.append(("ucr", entry.header.commercial_reference_id))
    for item in entry.goods_item:
        found += [
            ("document", one.id)
            for one in item.additional_document
            if one.id and _is_transport(one.type_code)
        ]
        if item.commercial_reference_id:
            found.append(("ucr", item.commercial_reference_id))
        found += [("container", one.id) for one in item.transport_equipment if one.id]
    yield from dict.fromkeys(found)


def goods_of_declaration(declaration: Declaration) -> Iterator[Known]:
    """Yield what the goods of a later declaration are known by: entries, documents, UCRs, containers."""
    shipment = declaration.goods_shipment
    if shipment is None:
        return
    items = shipment.government_agency_goods_item
    found: list[Known] = []
    for previous in (*shipment.previous_document, *(one for item in items for one in item.previous_document)):
        if previous.id and previous.type_code in ("355", "N355", "ENS"):
            found.append(("entry", previous.id))
        elif previous.id and _is_transport(previous.type_code):
            found.append(("document", previous.id))
    documents = (
        *declaration.additional_document,
        *(one for item in items for one in item.additional_document),
    )
    found += [("document", one.id) for one in documents if one.id and _is_transport(one.type_code)]
    for ucr in (shipment.ucr, *(item.ucr for item in items)):
        found += [("ucr", one) for one in (ucr.id, ucr.trader_assigned_reference_id) if one] if ucr else []
    consignment = shipment.consignment
    equipment = [*(consignment.transport_equipment if consignment else ())]
    equipment += [one for item in items if item.commodity for one in item.commodity.transport_equipment]
    found += [("container", one.id) for one in equipment if one.id]
    yield from dict.fromkeys(found)


def conveyance_of(entry: EntrySummaryDeclaration) -> str:
    """Return the journey that goods come by: mode, identity and reference, or the day where there is none.

    A flight number is flown every day, so by air the day of arrival is part of it.
    """
    header, office = entry.header, entry.first_entry_office
    if header is None:
        return ""
    mode = (header.transport_mode_code or "").lstrip("0")
    named = header.transport_means_id or next(
        (one.id for item in entry.goods_item for one in item.border_transport_means), None
    )
    day = (office.arrival_date_time or "")[:8] if office else ""
    journey = header.conveyance_reference_id
    last = f"{journey}:{day}" if mode == "4" else journey or day
    return ":".join((mode, named or "", last or ""))


def moment_of(stated: str | None) -> datetime | None:
    """Return the moment CCYYMMDDHHMM stands for, in UTC, or None where there is no such moment."""
    try:
        return datetime.strptime(stated or "", "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_transport(type_code: str | None) -> bool:
    found = _TYPE.fullmatch(type_code or "")
    return found is not None and found[1] in TRANSPORT_DOCUMENTS


def _party(trader: Trader | None) -> Party | None:
    if trader is None:
        return None
    stated = (trader.line, trader.postcode_id, trader.city_name, trader.country_code)
    address = Address(
        line=trader.line,
        postcode_id=trader.postcode_id,
        city_name=trader.city_name,
        country_code=trader.country_code,
    )
    return Party(name=trader.name, id=trader.id, address=address if any(stated) else None)


def _measure(stated: str | None) -> Measure | None:
    return Measure(exact_decimal(stated), "KGM") if stated is not None else None


def _means(entry: EntrySummaryDeclaration) -> TransportMeans | None:
    header = entry.header
    if header is None:
        return None
    one = next((means for item in entry.goods_item for means in item.border_transport_means), None)
    return TransportMeans(
        id=header.transport_means_id or (one.id if one else None),
        registration_nationality_code=header.transport_means_nationality_code
        or (one.registration_nationality_code if one else None),
        mode_code=(header.transport_mode_code or "").lstrip("0") or None,
    )


def _sent_from(entry: EntrySummaryDeclaration) -> ExportCountry | None:
    """Return the first country of the route, where the goods begin their way here."""
    first = entry.itinerary[0].routing_country_code if entry.itinerary else None
    return ExportCountry(id=first) if first else None


def _item(item: EntryItem, entry: EntrySummaryDeclaration) -> GovernmentAgencyGoodsItem:
    code = item.commodity.classification_id if item.commodity else None
    commodity = Commodity(
        description=item.description,
        classification=(Classification(id=code, identification_type_code="TSP"),) if code else (),
        dangerous_goods=(DangerousGoods(undgid=item.undgid),) if item.undgid else (),
        goods_measure=GoodsMeasure(gross_mass_measure=_measure(item.gross_mass)) if item.gross_mass else None,
        transport_equipment=tuple(TransportEquipment(id=one.id) for one in item.transport_equipment),
    )
    return GovernmentAgencyGoodsItem(
        sequence_numeric=Decimal(item.sequence) if item.sequence and item.sequence.isdecimal() else None,
        additional_document=tuple(
            AdditionalDocument(type_code=one.type_code, id=one.id) for one in item.additional_document
        ),
        additional_information=tuple(
            AdditionalInformation(statement_code=one.statement_code) for one in item.additional_information
        ),
        commodity=commodity,
        consignee=_party(item.consignee or entry.consignee),
        consignor=_party(item.consignor or entry.consignor),
        packaging=tuple(
            Packaging(
                type_code=one.type_code,
                quantity_quantity=Measure(exact_decimal(one.quantity or one.pieces or "0")),
                marks_numbers_id=one.marks_numbers_id,
            )
            for one in item.packaging
        ),
        ucr=UCR(trader_assigned_reference_id=item.commercial_reference_id)
        if item.commercial_reference_id
        else None,
    )
