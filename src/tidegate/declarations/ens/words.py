"""What an entry summary declaration states, class by class, in WCO names and in the words as they were sent.

The classes follow the messages CC315A and CC313A of the EU and UK import control systems, group by group, so
that each finding points at the element a carrier wrote. Numbers stay text: the rules judge how they are
spelt. ``sharing`` gives the same declaration in the classes that every other declaration has.
"""

from decimal import Decimal
from typing import Literal

from tidegate.declarations.stated import Stated, exact_decimal

EntryKind = Literal["CC315A", "CC313A"]
Text = str | None


class Trader(Stated, frozen=True):
    """A party: by its number (``id``, a TIN or EORI), or by name and address."""

    name: Text = None
    line: Text = None
    postcode_id: Text = None
    city_name: Text = None
    country_code: Text = None
    language_code: Text = None
    id: Text = None


class EntryDocument(Stated, frozen=True):
    """A document or certificate produced, such as the transport document."""

    type_code: Text = None
    id: Text = None
    language_code: Text = None


class SpecialMention(Stated, frozen=True):
    """Additional information in code; 10600 says that a negotiable bill of lading is to order."""

    statement_code: Text = None


class EntryCommodity(Stated, frozen=True):
    """The code of the goods, four to eight digits."""

    classification_id: Text = None


class Container(Stated, frozen=True):
    """The number of a container."""

    id: Text = None


class EntryTransportMeans(Stated, frozen=True):
    """A means of transport at the border, for one goods item."""

    registration_nationality_code: Text = None
    id: Text = None
    language_code: Text = None


class EntryPackaging(Stated, frozen=True):
    """Packages of one kind: how many, how many pieces where unpacked, and the marks on them."""

    type_code: Text = None
    quantity: Text = None
    pieces: Text = None
    marks_numbers_id: Text = None
    language_code: Text = None


class EntryItem(Stated, frozen=True):
    """One goods item."""

    sequence: Text = None
    description: Text = None
    description_language_code: Text = None
    gross_mass: Text = None
    payment_method_code: Text = None
    commercial_reference_id: Text = None
    undgid: Text = None
    loading_location_id: Text = None
    loading_language_code: Text = None
    unloading_location_id: Text = None
    unloading_language_code: Text = None
    additional_document: tuple[EntryDocument, ...] = ()
    additional_information: tuple[SpecialMention, ...] = ()
    consignor: Trader | None = None
    commodity: EntryCommodity | None = None
    consignee: Trader | None = None
    transport_equipment: tuple[Container, ...] = ()
    border_transport_means: tuple[EntryTransportMeans, ...] = ()
    packaging: tuple[EntryPackaging, ...] = ()
    notify_party: Trader | None = None

    @property
    def mass(self) -> Decimal | None:
        """The gross mass in kilograms, None where it is not stated or no number."""
        return exact_decimal(self.gross_mass) if self.gross_mass is not None else None


class EntryHeader(Stated, frozen=True):
    """What is stated once for the whole declaration."""

    functional_reference_id: Text = None  # the LRN, of a lodgement
    id: Text = None  # the MRN, of an amendment
    transport_mode_code: Text = None
    transport_means_id: Text = None
    transport_means_language_code: Text = None
    transport_means_nationality_code: Text = None
    goods_item_quantity: Text = None
    total_package_quantity: Text = None
    total_gross_mass: Text = None
    place_name: Text = None
    place_language_code: Text = None
    specific_circumstances_code: Text = None
    payment_method_code: Text = None
    commercial_reference_id: Text = None
    conveyance_reference_id: Text = None
    loading_location_id: Text = None
    loading_language_code: Text = None
    unloading_location_id: Text = None
    unloading_language_code: Text = None
    issue_date_time: Text = None


class EntryItinerary(Stated, frozen=True):
    """A country on the way."""

    routing_country_code: Text = None


class EntrySeal(Stated, frozen=True):
    """A seal on the consignment."""

    id: Text = None
    language_code: Text = None


class EntryOffice(Stated, frozen=True):
    """A customs office; ``arrival_date_time`` is when the goods are expected there."""

    id: Text = None
    arrival_date_time: Text = None


class EntrySummaryDeclaration(Stated, frozen=True):
    """An entry summary declaration as lodged (CC315A) or amended (CC313A)."""

    kind: EntryKind = "CC315A"
    sender_id: Text = None
    recipient_id: Text = None
    preparation_date: Text = None
    preparation_time: Text = None
    priority_code: Text = None
    message_id: Text = None
    type_name: Text = None
    correlation_id: Text = None
    header: EntryHeader | None = None
    consignor: Trader | None = None
    consignee: Trader | None = None
    notify_party: Trader | None = None
    goods_item: tuple[EntryItem, ...] = ()
    itinerary: tuple[EntryItinerary, ...] = ()
    lodgement_office: EntryOffice | None = None
    representative: Trader | None = None
    lodging_person: Trader | None = None
    seal: tuple[EntrySeal, ...] = ()
    first_entry_office: EntryOffice | None = None
    subsequent_entry_office: tuple[EntryOffice, ...] = ()
    carrier: Trader | None = None
