"""From a response to XML: the notification as the UK's DMS sends it, valid against the WCO RES schema."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lxml import etree

from tidegate.declarations.classes import class_plan
from tidegate.declarations.stated import Amount, DateTime, Measure, Stated, plain_decimal
from tidegate.declarations.wire.names import META, RES

if TYPE_CHECKING:
    from tidegate.declarations.response import Response

_RES_DS = "urn:wco:datamodel:WCO:Response_DS:DMS:2"
_PREFIXES: Any = {None: META, "resp": RES, "ds": _RES_DS}  # the stubs forget None, the default prefix


def write_response(response: Response, *, country: str, agency: str = "") -> bytes:
    """Write a response in its MetaData as UTF-8 XML; ``country`` and ``agency`` are those that answer."""
    root = etree.Element(f"{{{META}}}MetaData", nsmap=_PREFIXES)
    for name, text in (
        ("WCODataModelVersionCode", "3.6"),
        ("WCOTypeName", "RES"),
        ("ResponsibleCountryCode", country),
        ("ResponsibleAgencyName", agency),
    ):
        if text:
            etree.SubElement(root, f"{{{META}}}{name}").text = text
    _fill(etree.SubElement(root, f"{{{RES}}}Response"), response)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _fill(node: etree._Element, value: Stated) -> None:
    for field in class_plan(type(value)).fields:
        held = getattr(value, field.attribute)
        for one in held if field.many else (held,):
            if one is not None:
                _add(node, field.name, one)


def _add(node: etree._Element, name: str, held: object) -> None:
    child = etree.SubElement(node, f"{{{RES}}}{name}")
    match held:
        case Stated():
            _fill(child, held)
        case DateTime():
            moment = etree.SubElement(child, f"{{{_RES_DS}}}DateTimeString")
            moment.text = held.text
            if held.format_code:
                moment.set("formatCode", held.format_code)
        case Amount():
            _number(child, held.value, "currencyID", held.currency_id)
        case Measure():
            _number(child, held.value, "unitCode", held.unit_code)
        case Decimal():
            child.text = plain_decimal(held)
        case _:
            child.text = str(held)


def _number(child: etree._Element, value: Decimal | None, attribute: str, typed: str | None) -> None:
    child.text = "" if value is None else plain_decimal(value)
    if typed:
        child.set(attribute, typed)
