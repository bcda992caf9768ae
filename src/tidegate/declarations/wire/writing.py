"""From a WCO class to an XML element: the message as it was stated, from its values alone."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lxml import etree

from tidegate.declarations.classes import FieldPlan, class_plan
from tidegate.declarations.stated import Amount, Beyond, DateTime, Measure, Stated, plain_decimal
from tidegate.declarations.wire.beyond import Parted
from tidegate.declarations.wire.names import DATE_TIME_STRING, DEC, DEC_DS, META, XSI

if TYPE_CHECKING:
    from tidegate.declarations.declaration import Declaration, MetaData

PREFIXES: Any = {  # the stubs forget None, the default prefix
    "md": META,
    None: DEC,
    "ds": DEC_DS,
    "xsi": XSI,
}

PREFIXES_WITHOUT_DEFAULT = {"md": META, "dec": DEC, "ds": DEC_DS, "xsi": XSI}


def write_meta_data(
    value: MetaData, parent: etree._Element | None = None, *, default: bool = True
) -> etree._Element:
    """Write MetaData and its declaration as an element, below ``parent`` where one is given.

    With ``default``, declarations stand in a default namespace, which has no room for names of none.
    """
    node = _root(f"{{{META}}}MetaData", parent, default=default)
    _fill(node, value, META)
    return node


def write_declaration(value: Declaration, *, default: bool = True) -> etree._Element:
    """Write a bare declaration as an element."""
    node = _root(f"{{{DEC}}}Declaration", None, default=default)
    _fill(node, value, DEC)
    return node


def _root(tag: str, parent: etree._Element | None, *, default: bool) -> etree._Element:
    prefixes = PREFIXES if default else PREFIXES_WITHOUT_DEFAULT
    if parent is None:
        return etree.Element(tag, nsmap=prefixes)
    return etree.SubElement(parent, tag, nsmap=prefixes)


def _fill(node: etree._Element, value: Stated, namespace: str) -> None:
    """Give a node the children, attributes and text of a value."""
    parted: Parted[tuple[FieldPlan, object]] = Parted(value.beyond, node)
    for field, held in parted.in_order(_stated(value, parted.by_field)):
        below = DEC if field.name == "Declaration" else namespace
        child = etree.SubElement(node, f"{{{below}}}{field.name}")
        if isinstance(held, Stated):
            _fill(child, held, below)
        else:
            _fill_leaf(child, held, parted.by_field.get(field.name, ()))
    parted.insert_foreign()


def _stated(value: Stated, by_field: dict[str, list[Beyond]]) -> dict[str, list[tuple[FieldPlan, object]]]:
    """Return what is stated, field by field, in the schema's order."""
    stated: dict[str, list[tuple[FieldPlan, object]]] = {}
    for field in class_plan(type(value)).fields:
        held = getattr(value, field.attribute)
        if field.many:
            stated[field.name] = [(field, one) for one in held]
        elif held is not None or (by_field and field.name in by_field):
            stated[field.name] = [(field, held)]
    return stated


def _fill_leaf(child: etree._Element, held: object, beyond: list[Beyond] | tuple[()]) -> None:
    if isinstance(held, DateTime):
        child = etree.SubElement(child, DATE_TIME_STRING)
        text, attribute, typed = held.text, "formatCode", held.format_code
    elif isinstance(held, Amount):
        text, attribute, typed = _digits(held.value), "currencyID", held.currency_id
    elif isinstance(held, Measure):
        text, attribute, typed = _digits(held.value), "unitCode", held.unit_code
    else:
        text, attribute, typed = held if isinstance(held, str) else _digits(held), "", None
    if typed is not None:
        child.set(attribute, typed)
    for extra in beyond:
        if extra.kind == "lexical":
            text = extra.text
        else:
            child.set(extra.name, extra.text)
    child.text = text


def _digits(value: object) -> str:
    """Return a number as text; where the text was none, it is kept beyond."""
    return plain_decimal(value) if isinstance(value, Decimal) else ""
