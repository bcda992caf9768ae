"""From an XML element to a WCO class, by its plan; what the plan has no place for goes into ``beyond``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from tidegate.declarations.classes import FieldPlan, class_plan
from tidegate.declarations.stated import (
    Amount,
    Beyond,
    DateTime,
    Measure,
    Stated,
    exact_decimal,
    plain_decimal,
)
from tidegate.declarations.wire.names import DATE_TIME_STRING, DEC, DECLARATION, META
from tidegate.declarations.wire.xml import to_element

if TYPE_CHECKING:
    from lxml import etree

S = TypeVar("S", bound=Stated)

_TYPED_ATTRIBUTE = {"amount": "currencyID", "measure": "unitCode", "time": "formatCode"}


def read_class(node: etree._Element, of: type[S], namespace: str = DEC) -> S:
    """Read an element as the class ``of``; every child and attribute is in a field or in ``beyond``."""
    by_tag = _by_tag(of, namespace)
    values: dict[str, Any] = {}
    beyond: list[Beyond] = []
    order: list[str] = []
    latest, in_order = -1, True
    for index, child in enumerate(node):
        field = by_tag.get(child.tag)
        if field is None or (not field.many and field.attribute in values) or _malformed(child, field):
            beyond.append(Beyond("element", index=index, element=to_element(child)))
        else:
            in_order = in_order and field.order >= latest
            latest = field.order
            order.append(field.name)
            _take(child, field, values, beyond, namespace)
        if child.tail and child.tail.strip():
            beyond.append(Beyond("text", text=child.tail, index=index + 1))
    if node.text and (node.text.strip() or not len(node)):
        beyond.append(Beyond("text", text=node.text, index=0))
    for name, value in node.items():
        beyond.append(Beyond("attribute", name=str(name), text=str(value)))
    if not in_order:
        beyond.append(Beyond("order", text=" ".join(order)))
    if beyond:
        values["beyond"] = tuple(beyond)
    return of(**values)


def _take(
    child: etree._Element, field: FieldPlan, values: dict[str, Any], beyond: list[Beyond], namespace: str
) -> None:
    if field.kind == "class":
        assert field.holds is not None
        value = read_class(child, field.holds, DEC if child.tag == DECLARATION else namespace)
        if field.many:
            kept = values.setdefault(field.attribute, ())
            assert isinstance(kept, tuple)
            values[field.attribute] = (*kept, value)
        else:
            values[field.attribute] = value
    else:
        values[field.attribute] = _leaf(child, field, beyond)


def _leaf(child: etree._Element, field: FieldPlan, beyond: list[Beyond]) -> object:
    """Return the typed value of a leaf; its exact text and further attributes go beyond where they differ."""
    holder = child[0] if field.kind == "time" and len(child) else child
    text = holder.text or ""
    typed = None
    if holder.keys():
        known = _TYPED_ATTRIBUTE.get(field.kind)
        for name, value in holder.items():
            if name == known:
                typed = str(value)
            else:
                beyond.append(Beyond("attribute", field.name, str(name), str(value)))
    if field.kind == "text":
        stripped = text.strip()
        if stripped != text:
            beyond.append(Beyond("lexical", field.name, text=text))
        return stripped
    if field.kind == "time":
        return DateTime(text, typed)
    number = exact_decimal(text)
    if number is None or plain_decimal(number) != text:
        beyond.append(Beyond("lexical", field.name, text=text))
    if field.kind == "amount":
        return Amount(number, typed)
    return Measure(number, typed) if field.kind == "measure" else number


def _malformed(child: etree._Element, field: FieldPlan) -> bool:
    """Tell whether a leaf has children it should not have (a time has exactly its DateTimeString)."""
    if field.kind == "class":
        return False
    if field.kind == "time":
        only = len(child) == 1 and child[0].tag == DATE_TIME_STRING and not len(child[0])
        return not only or bool(child.keys()) or bool(child.text and child.text.strip())
    return bool(len(child))


@cache
def _by_tag(of: type[Stated], namespace: str) -> dict[str, FieldPlan]:
    """Return the fields by their qualified element names; a Declaration brings its own namespace."""
    tags = {f"{{{namespace}}}{field.name}": field for field in class_plan(of).fields}
    if namespace == META:
        declaration = next((field for field in tags.values() if field.name == "Declaration"), None)
        if declaration is not None:
            tags.pop(f"{{{META}}}Declaration")
            tags[DECLARATION] = declaration
    return tags
