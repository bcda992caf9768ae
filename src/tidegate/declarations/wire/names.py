"""The namespaces and element names of the messages we know."""

from __future__ import annotations

META = "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"
DEC = "urn:wco:datamodel:WCO:DEC-DMS:2"
DEC_DS = "urn:wco:datamodel:WCO:Declaration_DS:DMS:2"
RES = "urn:wco:datamodel:WCO:RES-DMS:2"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SUBMIT = "http://uk/gov/hmrc/mdg/declarationmanagement/submitdeclaration/request/schema/v1"
INVENTORY = "http://gov.uk/customs/inventoryLinking/v1"
INVENTORY_IMPORTS = "http://gov.uk/customs/inventoryLinkingImport/v1"
INVENTORY_EXPORTS = "http://www.hmrc.gov.uk/cds/inventorylinking/exportmovement"

META_DATA = f"{{{META}}}MetaData"
DECLARATION = f"{{{DEC}}}Declaration"
DATE_TIME_STRING = f"{{{DEC_DS}}}DateTimeString"
SUBMIT_REQUEST = f"{{{SUBMIT}}}submitDeclarationRequest"

MOVEMENTS = frozenset(
    {
        f"{{{INVENTORY}}}inventoryLinkingMovementRequest",
        f"{{{INVENTORY}}}inventoryLinkingMovementResponse",
        f"{{{INVENTORY}}}inventoryLinkingMovementTotalsResponse",
        f"{{{INVENTORY}}}inventoryLinkingConsolidationRequest",
        f"{{{INVENTORY}}}inventoryLinkingControlResponse",
        f"{{{INVENTORY}}}inventoryLinkingQueryRequest",
        f"{{{INVENTORY}}}inventoryLinkingQueryResponse",
        f"{{{INVENTORY_IMPORTS}}}InventoryLinkingImportsValidateMovementResponse",
        f"{{{INVENTORY_IMPORTS}}}inventoryLinkingImportsValidateMovementResponse",
        f"{{{INVENTORY_IMPORTS}}}inventoryLinkingImportsGoodsArrival",
        f"{{{INVENTORY_EXPORTS}}}InventoryLinkingExportsInboundRequest",
    }
)
