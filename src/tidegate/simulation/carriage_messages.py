"""What is sent about a carrier's day: entry summary declarations, amendments, import declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.declarations.ens.reading import EntryMessage
from tidegate.declarations.ens.words import (
    Container,
    EntryCommodity,
    EntryDocument,
    EntryHeader,
    EntryItem,
    EntryItinerary,
    EntryOffice,
    EntryPackaging,
    EntrySummaryDeclaration,
    EntryTransportMeans,
    Trader,
)
from tidegate.declarations.ens.writing import write_entry
from tidegate.declarations.goods import PreviousDocument, TransportEquipment
from tidegate.declarations.messages import Message, write_message
from tidegate.declarations.rules.sample import sample_declaration

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.simulation.carriage import Carried, Journey

CARRIER = "GB999000000001"
_BRANCH = f"{CARRIER}/0000000001"
_DOCUMENT = {"1": "N705", "4": "N740", "3": "N730"}


def lodgement(one: Carried, *, put_right: bool = False) -> bytes:
    """Return the entry summary declaration of a consignment; a flawed one is put right at the second time."""
    flawed = one.fate == "flawed" and not put_right
    return _written(_entry(one, one.lodged, lrn=f"{one.lrn}R" if put_right else one.lrn, flawed=flawed))


def amendment(one: Carried, mrn: str, when: datetime) -> bytes:
    """Return the amendment of a consignment; that of a spoiled one breaks a rule."""
    return _written(_entry(one, when, mrn=mrn, document=one.amended_document, flawed=one.fate == "spoiled"))


def import_declaration(one: Carried) -> bytes:
    """Return the later import declaration of a consignment, which names it by document or container."""
    sample = sample_declaration()
    shipment = sample.goods_shipment
    assert shipment is not None
    assert shipment.consignment is not None
    equipment = (TransportEquipment(id=one.container),) if one.container else ()
    document = PreviousDocument(
        category_code="X", type_code=_DOCUMENT[one.journey.mode][1:], id=one.amended_document
    )
    changed = shipment.altered(
        consignment=shipment.consignment.altered(transport_equipment=equipment),
        previous_document=() if one.container else (document,),
    )
    declaration = sample.altered(functional_reference_id=f"{one.lrn}-IM", goods_shipment=changed)
    return write_message(Message("declaration", bare=declaration))


def _written(entry: EntrySummaryDeclaration) -> bytes:
    return write_entry(EntryMessage(entry))


def _entry(
    one: Carried,
    when: datetime,
    *,
    lrn: str | None = None,
    mrn: str | None = None,
    document: str | None = None,
    flawed: bool = False,
) -> EntrySummaryDeclaration:
    journey = one.journey
    item = EntryItem(
        sequence="2" if flawed else "1",
        description=one.description,
        gross_mass=one.mass,
        additional_document=(EntryDocument(type_code=_DOCUMENT[journey.mode], id=document or one.document),),
        commodity=EntryCommodity(classification_id=one.commodity),
        transport_equipment=(Container(id=one.container),) if one.container else (),
        border_transport_means=_means(journey),
        packaging=(EntryPackaging(type_code="CT", quantity=str(one.packages), marks_numbers_id=one.lrn),),
    )
    return EntrySummaryDeclaration(
        kind="CC315A" if mrn is None else "CC313A",
        sender_id=_BRANCH,
        preparation_date=f"{when:%y%m%d}",
        preparation_time=f"{when:%H%M}",
        message_id=f"TG{one.number:08d}",
        type_name="CC315A" if mrn is None else "CC313A",
        header=EntryHeader(
            functional_reference_id=lrn,
            id=mrn,
            transport_mode_code=journey.mode,
            transport_means_id=journey.identity if journey.mode == "1" else None,
            goods_item_quantity="1",
            total_package_quantity=str(one.packages),
            total_gross_mass=one.mass,
            place_name="Tidehaven",
            conveyance_reference_id=journey.reference,
            loading_location_id=journey.loading,
            unloading_location_id=journey.unloading,
            issue_date_time=f"{when:%Y%m%d%H%M}",
        ),
        consignor=Trader(
            name="Tide Exports",
            line="1 Quay",
            postcode_id="100",
            city_name="Port",
            country_code=journey.country,
        ),
        consignee=Trader(
            id=one.consignee,
            name="Tide Imports",
            line="2 Quay",
            postcode_id="200",
            city_name="Tidehaven",
            country_code="XA",
        ),
        goods_item=(item,),
        itinerary=(
            EntryItinerary(routing_country_code=journey.country),
            EntryItinerary(routing_country_code="XA"),
        ),
        lodging_person=Trader(id=CARRIER),
        first_entry_office=EntryOffice(id=journey.office, arrival_date_time=f"{journey.arrives:%Y%m%d%H%M}"),
    )


def _means(journey: Journey) -> tuple[EntryTransportMeans, ...]:
    """Return the lorry, which is named for each item, with its nationality."""
    if journey.mode != "3":
        return ()
    return (EntryTransportMeans(registration_nationality_code=journey.nationality, id=journey.identity),)
