"""A message: whatever arrives, recognised, read into values, and written from them again."""

from pathlib import Path
from typing import Literal

import msgspec
from lxml import etree

from tidegate.declarations.declaration import Declaration, MetaData
from tidegate.declarations.findings import Finding
from tidegate.declarations.json_form import UnreadableJsonError, from_json, looks_like_json
from tidegate.declarations.stated import Element
from tidegate.declarations.wire.movements import Movement, read_movement
from tidegate.declarations.wire.names import DECLARATION, META, META_DATA, MOVEMENTS, RES, SUBMIT_REQUEST
from tidegate.declarations.wire.reading import read_class
from tidegate.declarations.wire.writing import write_declaration, write_meta_data
from tidegate.declarations.wire.xml import (
    UnreadableXmlError,
    XmlLimits,
    from_element,
    looks_like_xml,
    parse_xml,
    to_element,
    too_large,
)

Kind = Literal[
    "declaration", "amendment", "cancellation", "arrival", "movement", "notification", "other", "unreadable"
]

_HAS_BARE_NAMES = etree.XPath("boolean(descendant-or-self::*[namespace-uri()=''])")
_LONGEST_NAME = 120
_RESPONSES = frozenset({f"{{{RES}}}Response", f"{{{META}}}Response", "Response"})


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stood around the MetaData: the outer message, and the way down to the MetaData's place in it."""

    outer: Element
    place: tuple[int, ...]
    tail: str = ""


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message as values. ``findings`` are those of reading; the rules add theirs later."""

    kind: Kind
    meta_data: MetaData | None = None
    bare: Declaration | None = None
    envelope: Envelope | None = None
    movement: Movement | None = None
    foreign: Element | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def declaration(self) -> Declaration | None:
        """The declaration in the message, wherever it stands in it."""
        return self.meta_data.declaration if self.meta_data is not None else self.bare


def read_message(data: bytes, limits: XmlLimits | None = None) -> Message:
    """Read the bytes of one message; whatever they are, the answer is a message and nothing is raised.

    Bytes that do not begin with an element are ``other``; XML that cannot be read is ``unreadable`` with a
    finding that gives line and column.
    """
    if looks_like_json(data):
        return _read_json(data, limits or XmlLimits())
    if not looks_like_xml(data):
        text = (
            "This is neither XML nor JSON. Send a WCO Data Model message, or name the mapping of a flat file."
        )
        return Message("other", findings=(Finding("TG-FORMAT", "line 1, column 1", text, "warning"),))
    try:
        root = parse_xml(data, limits or XmlLimits())
    except UnreadableXmlError as unreadable:
        return Message("unreadable", findings=(unreadable.finding,))
    return _recognise(root)


def read_file(path: Path, limits: XmlLimits | None = None) -> tuple[bytes, Message]:
    """Read a file as a message, without loading what is larger than the limit.

    Returns the bytes and the message. Where the file is too large or cannot be opened (a directory, missing
    rights), the bytes are empty and the message is unreadable with a finding that says so.
    """
    limits = limits or XmlLimits()
    try:
        with path.open("rb") as file:
            data = file.read(limits.octets + 1)
    except OSError as error:
        text = (
            f"The file cannot be read ({error.strerror or 'no reason given'}). Check its name and its rights."
        )
        return b"", Message("unreadable", findings=(Finding("TG-FILE", "line 1, column 1", text),))
    if len(data) <= limits.octets:
        return data, read_message(data, limits)
    finding = Finding("TG-XML-SIZE", "line 1, column 1", too_large(limits))
    return b"", Message("unreadable", findings=(finding,))


def write_message(message: Message) -> bytes:
    """Write a message from its values as UTF-8 XML.

    Raises:
        ValueError: the message holds no values that could be written (it was unreadable or not XML).
    """
    node = _node(message, default=True)
    if _HAS_BARE_NAMES(node):  # names of no namespace, which cannot be told from those of a default one
        node = _node(message, default=False)
    return etree.tostring(node, xml_declaration=True, encoding="UTF-8")


def _node(message: Message, *, default: bool) -> etree._Element:
    """Return the message as an element; ``default`` is whether namespaces may be default ones."""
    if message.meta_data is not None and message.envelope is not None:
        node = from_element(message.envelope.outer, default=default)
        parent = node
        for index in message.envelope.place[:-1]:
            parent = parent[index]
        inner = write_meta_data(message.meta_data, parent, default=default)
        parent.insert(message.envelope.place[-1], inner)
        inner.tail = message.envelope.tail or None
    elif message.meta_data is not None:
        node = write_meta_data(message.meta_data, default=default)
    elif message.bare is not None:
        node = write_declaration(message.bare, default=default)
    elif message.foreign is not None:
        node = from_element(message.foreign, default=default)
    else:
        raise ValueError(f"a message of kind {message.kind!r} has no values to write")
    return node


def _read_json(data: bytes, limits: XmlLimits) -> Message:
    if len(data) > limits.octets:
        return Message(
            "unreadable", findings=(Finding("TG-XML-SIZE", "line 1, column 1", too_large(limits)),)
        )
    try:
        declaration = from_json(data)
    except UnreadableJsonError as unreadable:
        if any(finding.code == "TG-JSON-OTHER" for finding in unreadable.findings):
            return Message("other", findings=unreadable.findings)
        return Message("unreadable", findings=unreadable.findings)
    return Message(declaration.request, bare=declaration)


def _recognise(root: etree._Element) -> Message:
    if root.tag == DECLARATION:
        bare = read_class(root, Declaration)
        return Message(bare.request, bare=bare)
    if root.tag == META_DATA and root.find(DECLARATION) is not None:
        return _with_declaration(root, None)
    if root.tag == SUBMIT_REQUEST and (inner := root.find(f".//{META_DATA}/{DECLARATION}/..")) is not None:
        return _with_declaration(inner, _envelope(root, inner))
    element = to_element(root)
    if root.tag in MOVEMENTS:
        return Message("movement", movement=read_movement(element), foreign=element)
    if _is_notification(root):
        return Message("notification", foreign=element)
    text = (
        f"The element {_shortened(root.tag)} is not one that is read here. A declaration is {META_DATA} with "
        f"{DECLARATION} in it; check the spelling of names and namespaces."
    )
    return Message("other", foreign=element, findings=(Finding("TG-FORMAT", _place(root), text, "warning"),))


def _with_declaration(node: etree._Element, envelope: Envelope | None) -> Message:
    meta_data = read_class(node, MetaData, META)
    kind: Kind = meta_data.declaration.request if meta_data.declaration is not None else "other"
    return Message(kind, meta_data=meta_data, envelope=envelope)


def _envelope(root: etree._Element, inner: etree._Element) -> Envelope:
    """Return what stands around the MetaData, which is taken out of the tree."""
    place: list[int] = []
    node = inner
    while (parent := node.getparent()) is not None:
        place.append(parent.index(node))
        node = parent
    above = inner.getparent()
    assert above is not None
    tail = inner.tail if inner.tail and inner.tail.strip() else ""
    above.remove(inner)
    return Envelope(to_element(root), tuple(reversed(place)), tail)


def _is_notification(root: etree._Element) -> bool:
    """Tell whether this is an authority's response; the published ones come with and without namespaces."""
    return any(child.tag in _RESPONSES for child in root)


def _shortened(tag: str) -> str:
    return tag if len(tag) <= _LONGEST_NAME else f"{tag[:_LONGEST_NAME]}..."


def _place(node: etree._Element) -> str:
    return f"line {node.sourceline}, column 1"
