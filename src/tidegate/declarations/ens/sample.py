"""One complete and valid entry summary declaration, which the rules' cases change."""

from tidegate.declarations.ens.words import (
    EntryCommodity,
    EntryDocument,
    EntryHeader,
    EntryItem,
    EntryItinerary,
    EntryKind,
    EntryOffice,
    EntryPackaging,
    EntrySummaryDeclaration,
    Trader,
)


def sample_entry(kind: EntryKind = "CC315A") -> EntrySummaryDeclaration:
    """Return a declaration of shirts by sea, valid in form and by every rule."""
    lodged = kind == "CC315A"
    return EntrySummaryDeclaration(
        kind=kind,
        sender_id="GB123456789000/1234567890",
        preparation_date="260115",
        preparation_time="0930",
        message_id="TG000001",
        type_name=kind,
        header=EntryHeader(
            functional_reference_id="TG-2026-000001" if lodged else None,
            id=None if lodged else "26GB0000060A1B2C31",
            transport_mode_code="1",
            transport_means_id="9074729",
            goods_item_quantity="1",
            total_package_quantity="30",
            total_gross_mass="820.5",
            place_name="Felixstowe",
            conveyance_reference_id="TG2601N",
            loading_location_id="FRLEH",
            unloading_location_id="GBFXT",
            issue_date_time="202601150930",
        ),
        consignor=Trader(
            name="Tissus du Havre",
            line="1 quai de Southampton",
            postcode_id="76600",
            city_name="Le Havre",
            country_code="FR",
        ),
        consignee=Trader(id="GB987654321000"),
        goods_item=(
            EntryItem(
                sequence="1",
                description="Men's shirts of cotton",
                gross_mass="820.5",
                additional_document=(EntryDocument(type_code="N705", id="TGBL0001"),),
                commodity=EntryCommodity(classification_id="610510"),
                packaging=(EntryPackaging(type_code="CT", quantity="30", marks_numbers_id="TG 1-30"),),
            ),
        ),
        itinerary=(EntryItinerary(routing_country_code="FR"), EntryItinerary(routing_country_code="GB")),
        lodging_person=Trader(id="GB123456789000"),
        first_entry_office=EntryOffice(id="GB000060", arrival_date_time="202601171400"),
    )
