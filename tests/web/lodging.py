"""Operators that ask, and the declarations that they send."""

import itertools
import re

import pytest

from tests.shared_data import shared_data

VENDOR = "application/vnd.hmrc.3.0+xml"
CONTENT = "application/xml; charset=UTF-8"
_references = itertools.count(1)
_NUMBER = re.compile(r"GB[0-9]{12}")
_REFERENCE = re.compile(r"(<FunctionalReferenceID>)[^<]*")

# A commodity code, and the quantity in the tariff's own unit where a duty stands on one.
BOARD = ("48191000", "")
WINE = ("22041093", '<TariffQuantity unitCode="HLT">20</TariffQuantity>')

DECLARATION = """<?xml version="1.0" encoding="UTF-8"?>
<MetaData xmlns="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2">
  <WCODataModelVersionCode>3.6</WCODataModelVersionCode>
  <WCOTypeName>DEC</WCOTypeName>
  <Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">
    <FunctionCode>9</FunctionCode>
    <FunctionalReferenceID>{lrn}</FunctionalReferenceID>
    <TypeCode>IMA</TypeCode>
    <GoodsItemQuantity>1</GoodsItemQuantity>
    <TotalPackageQuantity>10</TotalPackageQuantity>
    <BorderTransportMeans><ModeCode>1</ModeCode></BorderTransportMeans>
    <Declarant><ID>{declarant}</ID></Declarant>
    <Exporter><ID>US000000000001</ID></Exporter>
    <GoodsShipment>
      <Consignment>
        <ContainerCode>0</ContainerCode>
        <GoodsLocation><Name>FXTFXTFXT</Name><TypeCode>A</TypeCode></GoodsLocation>
      </Consignment>
      <GovernmentAgencyGoodsItem>
        <SequenceNumeric>1</SequenceNumeric>
        <TransactionNatureCode>1</TransactionNatureCode>
        <Commodity>
          <Description>Boxes of printed board, corrugated</Description>
          <Classification><ID>{code}</ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification>
          <GoodsMeasure>
            <GrossMassMeasure>100</GrossMassMeasure>
            <NetNetWeightMeasure>90</NetNetWeightMeasure>
            {quantity}
          </GoodsMeasure>
          <InvoiceLine><ItemChargeAmount currencyID="GBP">{price}</ItemChargeAmount></InvoiceLine>
        </Commodity>
        <CustomsValuation><MethodCode>1</MethodCode></CustomsValuation>
        <Destination><CountryCode>GB</CountryCode></Destination>
        <ExportCountry><ID>US</ID></ExportCountry>
        <GovernmentProcedure><CurrentCode>40</CurrentCode><PreviousCode>00</PreviousCode></GovernmentProcedure>
        <GovernmentProcedure><CurrentCode>000</CurrentCode></GovernmentProcedure>
        <Origin><CountryCode>US</CountryCode><TypeCode>1</TypeCode></Origin>
        <Packaging><SequenceNumeric>1</SequenceNumeric><MarksNumbersID>NONE</MarksNumbersID><QuantityQuantity>10</QuantityQuantity><TypeCode>CT</TypeCode></Packaging>
        <PreviousDocument><CategoryCode>Y</CategoryCode><ID>20260000001</ID><TypeCode>CLE</TypeCode><LineNumeric>1</LineNumeric></PreviousDocument>
      </GovernmentAgencyGoodsItem>
      <Importer><ID>{declarant}</ID></Importer>
    </GoodsShipment>
  </Declaration>
</MetaData>
"""
REQUEST = """<?xml version="1.0" encoding="UTF-8"?>
<MetaData xmlns="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2">
  <Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">
    <FunctionCode>13</FunctionCode>
    <FunctionalReferenceID>{lrn}</FunctionalReferenceID>
    <ID>{mrn}</ID>
    <TypeCode>{type}</TypeCode>
    <Amendment><ChangeReasonCode>1</ChangeReasonCode></Amendment>
  </Declaration>
</MetaData>
"""


def reference() -> str:
    """Return a reference that was not used before in this process."""
    return f"WEB-{next(_references)}"


def declaration(declarant, *, lrn=None, price="120.00", goods=BOARD) -> bytes:
    code, quantity = goods
    return DECLARATION.format(
        declarant=declarant, lrn=lrn or reference(), price=price, code=code, quantity=quantity
    ).encode()


def request(mrn, kind, *, lrn=None) -> bytes:
    """Return a request about a declaration: COR amends, INV invalidates, GPR tells of arrival."""
    return REQUEST.format(mrn=mrn, type=kind, lrn=lrn or reference()).encode()


def published(scenario, number, *, lrn=None) -> bytes:
    """Return a published declaration as that of one operator; the test skips where there is none."""
    data = shared_data()
    if data is None:
        pytest.skip("the shared data is not there: no published declaration")
    path = next((data / "cds" / "scenarios" / scenario).glob("*.xml"))
    text = _NUMBER.sub(number, path.read_text(encoding="utf-8"))
    return _REFERENCE.sub(rf"\g<1>{lrn or reference()}", text, count=1).encode()


class Asking:
    """An operator's software: it asks with its key."""

    def __init__(self, client, number, key):
        self.client, self.number, self.key = client, number, key

    def get(self, path, **headers):
        return self.client.get(path, headers=self._headers(headers))

    def post(self, path, body=b"", content_type="application/json", **headers):
        return self.client.post(path, body, content_type=content_type, headers=self._headers(headers))

    def put(self, path, body=b"", content_type="application/octet-stream", **headers):
        return self.client.put(path, body, content_type=content_type, headers=self._headers(headers))

    def cds(self, path, body, **headers):
        """Post XML to a CDS endpoint."""
        headers = {"Accept": VENDOR, **headers}
        content_type = headers.pop("Content-Type", CONTENT)
        return self.post(f"/customs/declarations/{path}", body, content_type, **headers)

    def _headers(self, headers):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.key}", **given}
