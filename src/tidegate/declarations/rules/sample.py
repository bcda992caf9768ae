"""A complete and valid declaration, on which the rules prove themselves."""

from __future__ import annotations

from decimal import Decimal

from tidegate.declarations.declaration import (
    Consignment,
    Declaration,
    GoodsLocation,
    GoodsShipment,
    Office,
    TradeTerms,
    TransportMeans,
)
from tidegate.declarations.goods import (
    UCR,
    AdditionalDocument,
    Classification,
    Commodity,
    CustomsValuation,
    Destination,
    DutyTaxFee,
    ExportCountry,
    GoodsMeasure,
    GovernmentAgencyGoodsItem,
    GovernmentProcedure,
    InvoiceLine,
    Origin,
    Packaging,
    Payment,
    PreviousDocument,
    Seal,
    TransportEquipment,
)
from tidegate.declarations.parties import Address, Party
from tidegate.declarations.stated import Amount, DateTime, Measure


def sample_declaration() -> Declaration:
    """Return an import for home use with two goods items, lodged on arrival in the country XA."""
    return Declaration(
        acceptance_date_time=DateTime("20260115093000Z", "304"),
        function_code="9",
        functional_reference_id="SAMPLE-0001",
        type_code="IMA",
        goods_item_quantity=Measure(Decimal(2)),
        invoice_amount=Amount(Decimal("15000.00"), "EUR"),
        total_gross_mass_measure=Measure(Decimal(1300), "KGM"),
        total_package_quantity=Measure(Decimal(60)),
        declarant=Party(id="XA123456789"),
        exporter=Party(name="Orchard Lane Trading", address=Address(city_name="Ningbo", country_code="CN")),
        border_transport_means=TransportMeans(
            id="9321483", identification_type_code="10", mode_code="1", registration_nationality_code="PA"
        ),
        presentation_office=Office(id="XAPRT001"),
        goods_shipment=_shipment(),
    )


def _shipment() -> GoodsShipment:
    container = TransportEquipment(
        sequence_numeric=Decimal(1), id="CSQU3054383", seal=(Seal(sequence_numeric=Decimal(1), id="SL-1"),)
    )
    return GoodsShipment(
        consignment=Consignment(
            container_code="1",
            goods_location=GoodsLocation(name="PRT001", type_code="A", address=Address(country_code="XA")),
            transport_equipment=(container,),
        ),
        destination=Destination(country_code="XA"),
        export_country=ExportCountry(id="CN"),
        importer=Party(id="XA123456789"),
        seller=Party(name="Orchard Lane Trading", address=Address(city_name="Ningbo", country_code="CN")),
        trade_terms=TradeTerms(condition_code="CIF", location_id="XAPRT"),
        ucr=UCR(trader_assigned_reference_id="6XA123456789-SAMPLE1"),
        government_agency_goods_item=(
            _item(1, "84145925", "Axial fans for cooling", ("10000.00", "820", "800.5")),
            _item(2, "39241000", "Plastic tableware", ("5000.00", "480", "450")),
        ),
    )


def _item(number: int, code: str, words: str, amounts: tuple[str, str, str]) -> GovernmentAgencyGoodsItem:
    price, gross, net = (Decimal(amount) for amount in amounts)
    return GovernmentAgencyGoodsItem(
        sequence_numeric=Decimal(number),
        statistical_value_amount=Amount(price, "EUR"),
        transaction_nature_code="11",
        additional_document=(AdditionalDocument(category_code="N", type_code="935", id=f"INV-{number}"),),
        commodity=Commodity(
            description=words,
            classification=(Classification(id=code, identification_type_code="TSP"),),
            duty_tax_fee=(
                DutyTaxFee(duty_regime_code="100", type_code="A00", payment=Payment(method_code="E")),
            ),
            goods_measure=GoodsMeasure(
                gross_mass_measure=Measure(gross, "KGM"), net_net_weight_measure=Measure(net, "KGM")
            ),
            invoice_line=InvoiceLine(item_charge_amount=Amount(price, "EUR")),
        ),
        customs_valuation=CustomsValuation(method_code="1"),
        government_procedure=(
            GovernmentProcedure(current_code="40", previous_code="00"),
            GovernmentProcedure(current_code="000"),
        ),
        origin=(Origin(country_code="CN", type_code="1"),),
        packaging=(
            Packaging(
                sequence_numeric=Decimal(1),
                marks_numbers_id=f"MARK {number}",
                quantity_quantity=Measure(Decimal(30)),
                type_code="BX",
            ),
        ),
        previous_document=(PreviousDocument(category_code="Z", type_code="DCR", id="6XA123456789-SAMPLE1"),),
    )
