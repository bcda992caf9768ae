"""What duty needs beside the goods-item frame, row by row as it was stated."""

from datetime import UTC, date, datetime

from tidegate.declarations.declaration import MetaData
from tidegate.declarations.duty_frame import DUTY_COLUMNS, duty_columns
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.declarations.messages import Message, read_message, write_message
from tidegate.declarations.places import with_value
from tidegate.declarations.rules import sample_declaration
from tidegate.declarations.wire.xml import XmlLimits

MOMENT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
MENTIONS = b"""<AdditionalInformation><StatementCode>NIIMP</StatementCode></AdditionalInformation>
<AdditionalInformation><StatementCode>EUPRF</StatementCode>
<StatementDescription>300</StatementDescription></AdditionalInformation>
<AdditionalInformation><StatementCode>00500</StatementCode>
<StatementDescription>IMPORTER</StatementDescription></AdditionalInformation>"""
CHARGES = b"""<ChargeDeduction><ChargesTypeCode>AK</ChargesTypeCode>
<OtherChargeDeductionAmount currencyID="GBP">50.5</OtherChargeDeductionAmount></ChargeDeduction>"""


def rows(*declarations):
    return duty_columns([Lodged(f"M{n}", MOMENT, one) for n, one in enumerate(declarations)]).to_dicts()


def changed(old, new):
    """Return the sample declaration with bytes of its message changed."""
    message = write_message(Message("declaration", meta_data=MetaData(declaration=sample_declaration())))
    assert old in message
    read = read_message(message.replace(old, new, 1), XmlLimits(10**6, 64))
    assert read.declaration is not None, read.findings
    return read.declaration


def test_rows_stand_as_those_of_the_goods_item_frame():
    lodged = [Lodged("M", MOMENT, sample_declaration())]
    assert duty_columns(lodged).height == goods_item_frame(lodged).height
    assert duty_columns(lodged).schema == DUTY_COLUMNS
    assert duty_columns([]).schema == DUTY_COLUMNS
    assert rows(with_value(sample_declaration(), "GoodsShipment", None)) == []


def test_mentions_are_codes_with_the_text_where_that_is_a_code():
    first = rows(changed(b"<Commodity>", MENTIONS + b"<Commodity>"))[0]
    assert first["statements"].split() == ["NIIMP", "EUPRF=300", "00500"]


def test_charges_are_those_of_the_item_and_those_of_the_shipment():
    shipment = b"<CustomsValuation>" + CHARGES + b"</CustomsValuation><GovernmentAgencyGoodsItem>"
    first, second = rows(changed(b"<GovernmentAgencyGoodsItem>", shipment))
    charge = {"code": "AK", "amount": 50_500, "currency": "GBP"}
    assert (first["shipment_charges"], second["shipment_charges"]) == ([charge], [charge])
    assert (first["charges"], second["charges"]) == (None, None)


def test_taxes_are_stated_with_their_method_of_payment():
    told = rows(sample_declaration())[0]["declared_taxes"]
    assert all("=" in word for word in told.split())


def test_the_day_of_acceptance_is_the_one_stated_in_its_own_zone():
    late = with_value(sample_declaration(), "AcceptanceDateTime", "20250326002200+01")
    assert rows(late)[0]["accepted_on"] == date(2025, 3, 26)
    without = with_value(sample_declaration(), "AcceptanceDateTime", None)
    assert rows(without)[0]["accepted_on"] is None


def test_quantities_are_those_that_taxes_are_stated_on_by_their_units():
    fees = b"""<DutyTaxFee><SpecificTaxBaseQuantity unitCode="ASV">12.5</SpecificTaxBaseQuantity></DutyTaxFee>
    <DutyTaxFee><SpecificTaxBaseQuantity unitCode="HLT">2</SpecificTaxBaseQuantity></DutyTaxFee>
    <DutyTaxFee><SpecificTaxBaseQuantity>7</SpecificTaxBaseQuantity></DutyTaxFee>"""
    first, second = rows(changed(b"<DutyTaxFee>", fees + b"<DutyTaxFee>"))[:2]
    assert first["quantities"] == [
        {"unit": "ASV", "quantity": 12_500_000},
        {"unit": "HLT", "quantity": 2_000_000},
    ]
    assert second["quantities"] is None
