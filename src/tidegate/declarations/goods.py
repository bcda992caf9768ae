"""What: the goods item of the WCO Data Model with everything that hangs on it."""

from tidegate.declarations.parties import Party
from tidegate.declarations.stated import (
    A1,
    A2,
    N2,
    N4,
    Amount16x3,
    An2,
    An3,
    An4,
    An7,
    An9,
    An17,
    An18,
    An35,
    An70,
    An256,
    An512,
    Count8,
    Count15,
    DateTime,
    Measure16x6,
    Num5,
    Num17x3,
    Stated,
)


class Pointer(Stated, frozen=True):
    """One step on the way from the declaration to the thing meant: section, place in its row, tag."""

    sequence_numeric: Num5 = None
    document_section_code: An3 = None
    tag_id: An4 = None


class AdditionalInformation(Stated, frozen=True):
    """A special mention, in code or words."""

    statement_code: An17 = None
    statement_description: An512 = None
    statement_type_code: An3 = None
    pointer: tuple[Pointer, ...] = ()


class WriteOff(Stated, frozen=True):
    """What is drawn from a licence, permit or certificate."""

    quantity_quantity: Measure16x6 = None
    amount_amount: Amount16x3 = None


class AdditionalDocument(Stated, frozen=True):
    """A document produced, or a licence, permit, certificate or other (LPCO)."""

    category_code: An3 = None
    effective_date_time: DateTime | None = None
    id: An70 = None
    name: An35 = None
    type_code: An3 = None
    lpco_exemption_code: An3 = None
    submitter: Party | None = None
    write_off: WriteOff | None = None


class PreviousDocument(Stated, frozen=True):
    """What came before: a declaration, a manifest line, a summary declaration."""

    category_code: An3 = None
    id: An70 = None
    type_code: An3 = None
    line_numeric: Num5 = None


class Classification(Stated, frozen=True):
    """A code for the goods in the list that ``IdentificationTypeCode`` names (TSP, TRC, TRA, GN, CV, ...)."""

    id: An18 = None
    identification_type_code: An3 = None


class DangerousGoods(Stated, frozen=True):
    """A United Nations dangerous goods number."""

    undgid: N4 = None


class Payment(Stated, frozen=True):
    """How a duty, tax or fee is to be paid, and how much was worked out."""

    method_code: A1 = None
    tax_assessed_amount: Amount16x3 = None
    payment_amount: Amount16x3 = None


class DutyTaxFee(Stated, frozen=True):
    """A duty, tax or fee as the declarant states it."""

    ad_valorem_tax_base_amount: Amount16x3 = None
    deduct_amount: Amount16x3 = None
    duty_regime_code: An3 = None
    specific_tax_base_quantity: Measure16x6 = None
    tax_rate_numeric: Num17x3 = None
    type_code: An3 = None
    quota_order_id: An17 = None
    payment: Payment | None = None


class GoodsMeasure(Stated, frozen=True):
    """Gross mass, net mass, and the quantity in the tariff's own unit."""

    gross_mass_measure: Measure16x6 = None
    net_net_weight_measure: Measure16x6 = None
    tariff_quantity: Measure16x6 = None


class InvoiceLine(Stated, frozen=True):
    """The price of the item."""

    item_charge_amount: Amount16x3 = None


class Seal(Stated, frozen=True):
    """A seal on transport equipment."""

    sequence_numeric: Num5 = None
    id: An35 = None


class TransportEquipment(Stated, frozen=True):
    """A container or the like, with its seals."""

    sequence_numeric: Num5 = None
    id: An17 = None
    seal: tuple[Seal, ...] = ()


class Commodity(Stated, frozen=True):
    """The goods themselves: words, codes, measures, price, duties."""

    description: An512 = None
    classification: tuple[Classification, ...] = ()
    dangerous_goods: tuple[DangerousGoods, ...] = ()
    duty_tax_fee: tuple[DutyTaxFee, ...] = ()
    goods_measure: GoodsMeasure | None = None
    invoice_line: InvoiceLine | None = None
    transport_equipment: tuple[TransportEquipment, ...] = ()


class ChargeDeduction(Stated, frozen=True):
    """An addition to the price, or a deduction from it, by its code."""

    charges_type_code: An3 = None
    other_charge_deduction_amount: Amount16x3 = None


class CustomsValuation(Stated, frozen=True):
    """The valuation method (1 to 6 of the WTO agreement), freight, additions and deductions."""

    freight_charge_amount: Amount16x3 = None
    method_code: An3 = None
    charge_deduction: tuple[ChargeDeduction, ...] = ()


class Destination(Stated, frozen=True):
    """Where the goods are to stay."""

    country_code: A2 = None
    region_id: An9 = None


class ExportCountry(Stated, frozen=True):
    """The country the goods were sent from."""

    id: A2 = None


class GovernmentProcedure(Stated, frozen=True):
    """The procedure asked for and the one before; further codes stand alone in ``CurrentCode``."""

    current_code: An7 = None
    previous_code: An7 = None


class Origin(Stated, frozen=True):
    """Where the goods were made; ``TypeCode`` tells preferential from non-preferential origin."""

    country_code: An4 = None
    region_id: An9 = None
    type_code: An3 = None


class Packaging(Stated, frozen=True):
    """Packages of one kind: how many, of what, and the marks on them."""

    sequence_numeric: Num5 = None
    marks_numbers_id: An512 = None
    quantity_quantity: Count8 = None
    type_code: An2 = None
    packing_material_description: An256 = None
    length_measure: Count15 = None
    width_measure: Count15 = None
    height_measure: Count15 = None
    volume_measure: Measure16x6 = None


class UCR(Stated, frozen=True):
    """The unique consignment reference (WCO), and the trader's own."""

    id: An35 = None
    trader_assigned_reference_id: An35 = None


class ValuationAdjustment(Stated, frozen=True):
    """The valuation indicators."""

    addition_code: An4 = None


class GovernmentAgencyGoodsItem(Stated, frozen=True):
    """WCO class 68A: one line of a declaration."""

    customs_value_amount: Amount16x3 = None
    sequence_numeric: Num5 = None
    statistical_value_amount: Amount16x3 = None
    transaction_nature_code: N2 = None
    additional_document: tuple[AdditionalDocument, ...] = ()
    additional_information: tuple[AdditionalInformation, ...] = ()
    aeo_mutual_recognition_party: tuple[Party, ...] = ()
    buyer: Party | None = None
    commodity: Commodity | None = None
    consignee: Party | None = None
    consignor: Party | None = None
    customs_valuation: CustomsValuation | None = None
    destination: Destination | None = None
    domestic_duty_tax_party: tuple[Party, ...] = ()
    export_country: ExportCountry | None = None
    government_procedure: tuple[GovernmentProcedure, ...] = ()
    origin: tuple[Origin, ...] = ()
    packaging: tuple[Packaging, ...] = ()
    previous_document: tuple[PreviousDocument, ...] = ()
    seller: Party | None = None
    ucr: UCR | None = None
    valuation_adjustment: ValuationAdjustment | None = None
