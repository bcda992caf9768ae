"""From an entry summary declaration to its message: as it was stated, from the values alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from tidegate.declarations.ens.layout import LAYOUTS, NAMESPACES, Group, Leaf
from tidegate.declarations.wire.beyond import Parted
from tidegate.declarations.wire.xml import from_element

if TYPE_CHECKING:
    from tidegate.declarations.ens.reading import EntryMessage
    from tidegate.declarations.ens.words import EntrySummaryDeclaration
    from tidegate.declarations.stated import Beyond, Stated


def write_entry(message: EntryMessage) -> bytes:
    """Write a message from its values as UTF-8 XML, in its envelope where it came in one.

    Raises:
        ValueError: the message was not read as an entry summary declaration and holds no values.
    """
    if message.declaration is None:
        raise ValueError("the message holds no entry summary declaration")
    node = entry_element(message.declaration)
    if message.envelope is not None:
        outer = from_element(message.envelope.outer)
        parent = outer
        for index in message.envelope.place[:-1]:
            parent = parent[index]
        parent.insert(message.envelope.place[-1], node)
        node = outer
    return etree.tostring(node, xml_declaration=True, encoding="UTF-8")


def entry_element(declaration: EntrySummaryDeclaration) -> etree._Element:
    """Return an entry summary declaration as an element, with the prefix ``ie`` for its namespace."""
    space = NAMESPACES[declaration.kind]
    node = etree.Element(f"{{{space}}}{declaration.kind}", nsmap={"ie": space})
    _fill(node, declaration, LAYOUTS[declaration.kind])
    return node


def _fill(node: etree._Element, value: Stated, group: Group) -> None:
    parted: Parted[tuple[Leaf | Group, Stated | str]] = Parted(value.beyond, node)
    for part, held in parted.in_order(_stated(value, group)):
        child = etree.SubElement(node, part.tag)
        if isinstance(part, Group):
            _fill(child, held, part)  # type: ignore[arg-type]  # a group's field holds classes
        else:
            _fill_leaf(child, str(held), parted.by_field.get(part.tag, ()))
    parted.insert_foreign()


def _stated(value: Stated, group: Group) -> dict[str, list[tuple[Leaf | Group, Stated | str]]]:
    """Return what is stated, part by part, in the order of the message's layout."""
    stated: dict[str, list[tuple[Leaf | Group, Stated | str]]] = {}
    for part in group.parts:
        held = getattr(value, part.attribute)
        if isinstance(part, Group) and part.many:
            stated[part.tag] = [(part, one) for one in held]
        elif held is not None:
            stated[part.tag] = [(part, held)]
    return stated


def _fill_leaf(child: etree._Element, text: str, beyond: list[Beyond] | tuple[()]) -> None:
    for extra in beyond:
        if extra.kind == "lexical":
            text = extra.text
        elif extra.kind == "attribute":
            child.set(extra.name, extra.text)
        elif extra.element is not None:
            from_element(extra.element, child)
    child.text = text or None
