"""Movement messages of inventory linking: recognised, with their references, status codes and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tidegate.declarations.stated import Element


class Movement(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a movement message says, apart from its envelope.

    ``code`` is its message code (EAL arrival, EDL departure, EAA anticipated arrival, EAC and CST
    association and shutting of a master UCR; QUE for a query; IVL for an import validation response and GAN
    for an import arrival, which carry none of their own).
    """

    code: str
    mrn: str | None = None
    ucr: str | None = None
    ucr_type: str | None = None
    master_ucr: str | None = None
    movement_reference: str | None = None
    goods_location: str | None = None
    arrival: str | None = None
    departure: str | None = None
    irc: str | None = None
    roe: str | None = None
    soe: str | None = None
    entry_version: str | None = None


_CODE_BY_NAME = {
    "inventoryLinkingQueryRequest": "QUE",
    "inventoryLinkingQueryResponse": "QUE",
    "inventoryLinkingImportsValidateMovementResponse": "IVL",
    "InventoryLinkingImportsValidateMovementResponse": "IVL",
    "inventoryLinkingImportsGoodsArrival": "GAN",
}


def read_movement(element: Element) -> Movement:
    """Read what a movement message says; what is absent is None, what is more stays in the element."""
    inner = element
    if element.name.endswith("InboundRequest"):
        details = element.find("requestDetail")
        inner = details.children[0] if details is not None and details.children else element
    local = inner.name.rpartition("}")[2]
    code = _CODE_BY_NAME.get(local) or inner.word("messageCode") or "?"
    block = inner.find("ucrBlock") or inner.find("queryUCR") or inner
    return Movement(
        code=code,
        mrn=inner.word("entryNumber") or inner.word("declarationID"),
        ucr=block.word("ucr") or inner.word("UCR"),
        ucr_type=block.word("ucrType"),
        master_ucr=inner.word("masterUCR") or inner.word("inventoryConsignmentReference"),
        movement_reference=inner.word("movementReference"),
        goods_location=inner.word("goodsLocation"),
        arrival=inner.word("goodsArrivalDateTime"),
        departure=inner.word("goodsDepartureDateTime"),
        irc=inner.word("irc"),
        roe=inner.word("roe"),
        soe=inner.word("soe"),
        entry_version=inner.word("entryVersionNumber"),
    )
