"""XML as it comes from outside, made safe: bounded, without DTDs, without anything fetched."""

from __future__ import annotations

import re
from typing import Any, NoReturn

import msgspec
from lxml import etree

from tidegate.declarations.findings import Finding
from tidegate.declarations.stated import Element

_ENCODED_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class XmlLimits(msgspec.Struct, frozen=True):
    """How large and how deep a message may be; WCO declarations are at most ten deep."""

    octets: int = 16 * 1024 * 1024
    depth: int = 64


class UnreadableXmlError(Exception):
    """A message that cannot be read; the finding says where and what was expected."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text)
        self.finding = finding


def looks_like_xml(data: bytes) -> bool:
    """Tell whether the first thing after white space and a byte order mark is ``<``, in any Unicode form."""
    head = data[:256]
    for mark in _ENCODED_BOMS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip()[:1] == b"<"


def parse_xml(data: bytes, limits: XmlLimits) -> etree._Element:
    """Parse a message without comments and processing instructions.

    Raises:
        UnreadableXmlError: it is too large, too deep, not well-formed, wrongly encoded, or has a DTD.
    """
    if len(data) > limits.octets:
        refuse("TG-XML-SIZE", too_large(len(data), limits))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        refuse("TG-XML-FORM", f"The message is not well-formed XML: {_reason(error)}.", line, column)
    except (ValueError, LookupError) as error:
        refuse("TG-XML-FORM", f"The message is not readable XML: {error}.")
    if root.getroottree().docinfo.internalDTD is not None:
        refuse(
            "TG-XML-DTD",
            "The message has a document type declaration (DOCTYPE). Send it without one: "
            "entities and external references are not read.",
        )
    _check_depth(root, limits)
    return root


def too_large(size: int, limits: XmlLimits) -> str:
    """Return the sentence for a message over the size limit."""
    return (
        f"The message has {size:,} octets; at most {limits.octets:,} are read. "
        "Send large documents as attachments and split large declarations."
    )


def refuse(code: str, text: str, line: int = 1, column: int = 1) -> NoReturn:
    """Raise UnreadableXmlError with a finding at a place in the message."""
    raise UnreadableXmlError(Finding(code, f"line {line}, column {column}", text))


def _reason(error: etree.XMLSyntaxError) -> str:
    """Return libxml2's reason without the place it repeats and without white space from the message."""
    text = re.sub(r", line \d+, column \d+.*\Z", "", str(error.msg or error), flags=re.DOTALL)
    return " ".join(text.split())[:200].rstrip(".")


def _check_depth(root: etree._Element, limits: XmlLimits) -> None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.depth:
            line = element.sourceline or 1
            text = f"Elements are nested deeper than {limits.depth}; a declaration is at most ten deep."
            refuse("TG-XML-DEPTH", text, line)


def to_element(node: etree._Element) -> Element:
    """Return a node as a value, with its text and children; tails are white space and are left."""
    children = tuple(to_element(child) for child in node if isinstance(child.tag, str))
    text = node.text or ""
    return Element(
        str(node.tag),
        {str(name): str(value) for name, value in node.items()},
        "" if children and not text.strip() else text,
        children,
    )


def from_element(element: Element, parent: etree._Element | None = None) -> etree._Element:
    """Return a value as a node, below ``parent`` where one is given."""
    if parent is None:
        node = etree.Element(element.name, nsmap=_prefixes(element))
    else:
        node = etree.SubElement(parent, element.name)
    for name, value in element.attributes.items():
        node.set(name, value)
    node.text = element.text or None
    for child in element.children:
        from_element(child, node)
    return node


def _prefixes(element: Element) -> Any:  # the stubs forget None, the default prefix
    found = re.match(r"\{(.*)\}", element.name)
    return {None: found[1]} if found else {}
