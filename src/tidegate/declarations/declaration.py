"""The declaration: WCO class 42A, its shipment, consignment and guarantees, and the envelopes around it."""

from typing import Literal

from tidegate.declarations.goods import (
    UCR,
    AdditionalDocument,
    AdditionalInformation,
    CustomsValuation,
    Destination,
    ExportCountry,
    GovernmentAgencyGoodsItem,
    Pointer,
    PreviousDocument,
    TransportEquipment,
)
from tidegate.declarations.parties import Address, Authentication, AuthorisationHolder, Party
from tidegate.declarations.stated import (
    A2,
    A3,
    N1,
    N2,
    Amount16x3,
    An3,
    An4,
    An5,
    An17,
    An35,
    An70,
    An256,
    Count5,
    Count8,
    DateTime,
    Measure16x6,
    Num5,
    Num12x5,
    Stated,
)

Request = Literal["declaration", "amendment", "cancellation", "arrival"]
_REQUEST_BY_TYPE: dict[str, Request] = {"COR": "amendment", "INV": "cancellation", "GPR": "arrival"}


class Amendment(Stated, frozen=True):
    """Why a declaration is changed, and where."""

    change_reason_code: An3 = None
    pointer: tuple[Pointer, ...] = ()


class TransportMeans(Stated, frozen=True):
    """A ship, aircraft, vehicle or train, at the border, at departure or at arrival."""

    name: An35 = None
    id: An35 = None
    identification_type_code: An17 = None
    type_code: An4 = None
    registration_nationality_code: A2 = None
    mode_code: N1 = None


class Freight(Stated, frozen=True):
    """How the freight is paid."""

    payment_method_code: An3 = None


class Itinerary(Stated, frozen=True):
    """A country on the way."""

    sequence_numeric: Num5 = None
    routing_country_code: A2 = None


class ConsignmentItem(Stated, frozen=True):
    """An item of the consignment for safety and security."""

    sequence_numeric: Num5 = None
    consignor: Party | None = None
    freight: Freight | None = None


class GoodsLocation(Stated, frozen=True):
    """Where the goods can be examined."""

    name: An256 = None
    id: An17 = None
    type_code: An3 = None
    address: Address | None = None


class LoadingLocation(Stated, frozen=True):
    """Where the goods are loaded."""

    name: An256 = None
    id: An17 = None


class Consignment(Stated, frozen=True):
    """WCO class 28A: the transport side, at declaration level (carrier, route) or at shipment level."""

    container_code: An3 = None
    arrival_transport_means: TransportMeans | None = None
    carrier: Party | None = None
    consignment_item: tuple[ConsignmentItem, ...] = ()
    consignor: Party | None = None
    departure_transport_means: TransportMeans | None = None
    freight: Freight | None = None
    goods_location: GoodsLocation | None = None
    itinerary: tuple[Itinerary, ...] = ()
    loading_location: LoadingLocation | None = None
    transport_equipment: tuple[TransportEquipment, ...] = ()


class CurrencyExchange(Stated, frozen=True):
    """A rate of exchange that the parties fixed."""

    currency_type_code: A3 = None
    rate_numeric: Num12x5 = None


class Office(Stated, frozen=True):
    """A customs office in the role its element names."""

    id: An17 = None


class Invoice(Stated, frozen=True):
    """The invoice of the shipment."""

    id: An70 = None
    issue_date_time: DateTime | None = None


class TradeTerms(Stated, frozen=True):
    """The delivery terms (Incoterms) and the place they name."""

    condition_code: A3 = None
    country_relationship_code: An3 = None
    description: An70 = None
    location_id: An17 = None
    location_name: An256 = None


class Warehouse(Stated, frozen=True):
    """The warehouse the goods are in or go to."""

    id: An35 = None
    type_code: An3 = None


class ObligationGuarantee(Stated, frozen=True):
    """A guarantee that secures a debt."""

    amount_amount: Amount16x3 = None
    id: An70 = None
    reference_id: An35 = None
    security_details_code: An3 = None
    access_code: An4 = None
    guarantee_office: Office | None = None


class GoodsShipment(Stated, frozen=True):
    """WCO class 67A: what is sold by whom to whom and goes where."""

    exit_date_time: DateTime | None = None
    transaction_nature_code: N2 = None
    aeo_mutual_recognition_party: tuple[Party, ...] = ()
    buyer: Party | None = None
    consignee: Party | None = None
    consignment: Consignment | None = None
    consignor: Party | None = None
    customs_valuation: CustomsValuation | None = None
    destination: Destination | None = None
    domestic_duty_tax_party: tuple[Party, ...] = ()
    export_country: ExportCountry | None = None
    government_agency_goods_item: tuple[GovernmentAgencyGoodsItem, ...] = ()
    importer: Party | None = None
    invoice: Invoice | None = None
    payer: Party | None = None
    previous_document: tuple[PreviousDocument, ...] = ()
    seller: Party | None = None
    surety: Party | None = None
    trade_terms: TradeTerms | None = None
    ucr: UCR | None = None
    warehouse: Warehouse | None = None


class Declaration(Stated, frozen=True):
    """WCO class 42A: the statement a declarant makes, or asks to have changed, ended or told of arrival."""

    acceptance_date_time: DateTime | None = None
    function_code: N2 = None
    functional_reference_id: An35 = None
    id: An70 = None
    issue_date_time: DateTime | None = None
    issue_location_id: An5 = None
    type_code: An3 = None
    goods_item_quantity: Count5 = None
    declaration_office_id: An17 = None
    invoice_amount: Amount16x3 = None
    loading_list_quantity: Count5 = None
    total_gross_mass_measure: Measure16x6 = None
    total_package_quantity: Count8 = None
    specific_circumstances_code_code: An3 = None
    authentication: Authentication | None = None
    submitter: Party | None = None
    additional_document: tuple[AdditionalDocument, ...] = ()
    additional_information: tuple[AdditionalInformation, ...] = ()
    agent: Party | None = None
    amendment: tuple[Amendment, ...] = ()
    authorisation_holder: tuple[AuthorisationHolder, ...] = ()
    border_transport_means: TransportMeans | None = None
    consignment: Consignment | None = None
    currency_exchange: tuple[CurrencyExchange, ...] = ()
    declarant: Party | None = None
    exit_office: Office | None = None
    exporter: Party | None = None
    goods_shipment: GoodsShipment | None = None
    obligation_guarantee: tuple[ObligationGuarantee, ...] = ()
    presentation_office: Office | None = None
    supervising_office: Office | None = None

    @property
    def request(self) -> Request:
        """What is asked: to take this declaration, to change or end an earlier one, or to note arrival."""
        return _REQUEST_BY_TYPE.get(self.type_code or "", "declaration")


class MetaData(Stated, frozen=True):
    """WCO document metadata: which model, which customisation, for whom; and the declaration."""

    wco_data_model_version_code: An17 = None
    wco_type_name: An35 = None
    responsible_country_code: An3 = None
    responsible_agency_name: An70 = None
    agency_assigned_customization_code: An17 = None
    agency_assigned_customization_version_code: An17 = None
    declaration: Declaration | None = None
