"""A process that lodges declarations and acknowledges each only once it is durable.

``python -m tests.faults.lodging NODE NAME COUNT BATCH [--synchronous OFF]`` lodges COUNT declarations on the
node in folder NODE, BATCH in one commit, and writes a line for each to its standard output:
``LRN POSITION``. The same `lodge_on` runs in the processes that are killed.
"""

import argparse
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tidegate.clearance import Lodging, lodge
from tidegate.declarations.messages import read_message
from tidegate.node import Node, open_node

ITEM = """
        <GovernmentAgencyGoodsItem>
          <SequenceNumeric>{n}</SequenceNumeric>
          <StatisticalValueAmount currencyID="GBP">{value}</StatisticalValueAmount>
          <Commodity>
            <Description>Boxes of printed board, corrugated, lot {lot}</Description>
            <Classification><ID>48191000</ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification>
            <DutyTaxFee><DutyRegimeCode>100</DutyRegimeCode></DutyTaxFee>
            <GoodsMeasure>
              <GrossMassMeasure unitCode="KGM">{value}</GrossMassMeasure>
              <NetNetWeightMeasure unitCode="KGM">{value}</NetNetWeightMeasure>
            </GoodsMeasure>
            <InvoiceLine><ItemChargeAmount currencyID="GBP">{value}</ItemChargeAmount></InvoiceLine>
          </Commodity>
          <GovernmentProcedure><CurrentCode>40</CurrentCode><PreviousCode>00</PreviousCode></GovernmentProcedure>
          <Origin><CountryCode>XB</CountryCode><TypeCode>1</TypeCode></Origin>
        </GovernmentAgencyGoodsItem>"""
MESSAGE = """<?xml version="1.0" encoding="UTF-8"?>
<MetaData xmlns="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2">
  <WCODataModelVersionCode>3.6</WCODataModelVersionCode>
  <WCOTypeName>DEC</WCOTypeName>
  <Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">
    <FunctionCode>9</FunctionCode>
    <FunctionalReferenceID>{lrn}</FunctionalReferenceID>
    <TypeCode>IMA</TypeCode>
    <GoodsItemQuantity>3</GoodsItemQuantity>
    <Declarant><ID>XA{declarant}</ID></Declarant>
    <GoodsShipment>{items}
    </GoodsShipment>
  </Declaration>
</MetaData>
"""


def now() -> datetime:
    return datetime.now(UTC)


def message(name: str, number: int) -> bytes:
    """Return the WCO XML of declaration `number` of the declarant `name`; no two have the same bytes."""
    items = "".join(ITEM.format(n=n, value=100 + number % 900, lot=f"{number}-{n}") for n in (1, 2, 3))
    return MESSAGE.format(lrn=f"{name}-{number}", declarant=name, items=items).encode()


def lodge_on(node: Node, name: str, begin: int, batch: int) -> Iterator[tuple[str, int]]:
    """Lodge one batch from declaration `begin` on; yield the LRN and the position of each, once durable.

    What was lodged before, and not acknowledged because the process ended, is told with its old position.
    """
    lodgings = []
    for number in range(begin, begin + batch):
        data = message(name, number)
        lodgings.append(Lodging(now(), data, read_message(data).declaration))
    receipts = lodge(node.journal, lodgings, country=node.administration.country, key=node.key)
    for lodging, receipt in zip(lodgings, receipts, strict=True):
        yield lodging.declaration.functional_reference_id, receipt.position


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("node", type=Path)
    parser.add_argument("name")
    parser.add_argument("count", type=int)
    parser.add_argument("batch", type=int)
    parser.add_argument("--synchronous", default="FULL", help="OFF is the fault that a test must notice")
    wanted = parser.parse_args()
    with open_node(wanted.node, now) as node:
        if wanted.synchronous != "FULL":
            node.journal._writer.connection().execute(f"PRAGMA synchronous = {wanted.synchronous}")
        for begin in range(0, wanted.count, wanted.batch):
            batch = min(wanted.batch, wanted.count - begin)
            for lrn, position in lodge_on(node, wanted.name, begin, batch):
                os.write(1, f"{lrn} {position}\n".encode())


if __name__ == "__main__":
    main()
