"""XML as it comes from outside, made safe: bounded, without DTDs, without anything fetched."""

from __future__ import annotations

import re
from typing import Any, NoReturn

import msgspec
from lxml import etree

from tidegate.declarations.findings import Finding
from tidegate.declarations.stated import Element

_REASONS = {
    "ERR_DOCUMENT_EMPTY": "there is no element in it",
    "ERR_DOCUMENT_END": "something stands after the end of the outermost element",
    "ERR_TAG_NAME_MISMATCH": "an element is not closed by the name it was opened with",
    "ERR_TAG_NOT_FINISHED": "it ends before every element is closed",
    "ERR_GT_REQUIRED": "a tag is not closed with >",
    "ERR_LTSLASH_REQUIRED": "a closing tag is missing",
    "ERR_NAME_REQUIRED": "a name is missing or begins with what no name begins with",
    "ERR_SPACE_REQUIRED": "a space is missing between attributes",
    "ERR_ATTRIBUTE_NOT_STARTED": "the value of an attribute is not in quotes",
    "ERR_ATTRIBUTE_NOT_FINISHED": "the value of an attribute has no closing quote",
    "ERR_ATTRIBUTE_REDEFINED": "an attribute is given twice",
    "ERR_ATTRIBUTE_WITHOUT_VALUE": "an attribute has no value",
    "ERR_LT_IN_ATTRIBUTE": "the character < stands in an attribute; write &lt;",
    "ERR_UNDECLARED_ENTITY": "an entity is used that XML does not know; write the character itself",
    "WAR_UNDECLARED_ENTITY": "an entity is used that XML does not know; write the character itself",
    "ERR_ENTITYREF_SEMICOL_MISSING": "the character & stands alone; write &amp;",
    "ERR_INVALID_CHAR": "it has a character that XML does not allow",
    "ERR_INVALID_CHARREF": "a character reference names what XML does not allow",
    "ERR_INVALID_ENCODING": "its octets are not in the encoding it declares; send UTF-8",
    "ERR_INVALID_HEX_CHARREF": "a character reference is not a number",
    "ERR_UNSUPPORTED_ENCODING": "its declared encoding is not known; send UTF-8",
    "ERR_UNKNOWN_ENCODING": "its declared encoding is not known; send UTF-8",
    "ERR_XMLDECL_NOT_FINISHED": "the XML declaration is not closed with ?>",
    "ERR_RESERVED_XML_NAME": "the XML declaration stands elsewhere than at the very beginning",
    "ERR_RESOURCE_LIMIT": "it is nested too deep, or one of its texts is too long",
    "ERR_CDATA_NOT_FINISHED": "a CDATA section is not closed with ]]>",
    "ERR_COMMENT_NOT_FINISHED": "a comment is not closed with -->",
    "NS_ERR_UNDEFINED_NAMESPACE": "a prefix is used that no xmlns declares",
}
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
        refuse("TG-XML-SIZE", too_large(limits))
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
        refuse("TG-XML-FORM", f"The message is not well-formed XML: {_reason(parser)}.", line, column)
    except (ValueError, LookupError):
        refuse("TG-XML-FORM", "The message is not readable XML: its encoding is not known. Send UTF-8.")
    if root.getroottree().docinfo.internalDTD is not None:
        refuse(
            "TG-XML-DTD",
            "The message has a document type declaration (DOCTYPE). Send it without one: "
            "entities and external references are not read.",
        )
    _check_depth(root, limits)
    return root


def too_large(limits: XmlLimits) -> str:
    """Return the sentence for a message over the size limit."""
    return (
        f"The message has more than {limits.octets:,} octets, the most that are read. "
        "Send large documents as attachments and split large declarations."
    )


def refuse(code: str, text: str, line: int = 1, column: int = 1) -> NoReturn:
    """Raise UnreadableXmlError with a finding at a place in the message."""
    raise UnreadableXmlError(Finding(code, f"line {line}, column {column}", text))


def _reason(parser: etree.XMLParser) -> str:
    """Return our words for libxml2's reason: its own may quote what the message says."""
    errors = parser.error_log.filter_from_errors()
    number = errors[0].type if len(errors) else 0
    name = errors[0].type_name if len(errors) else ""
    return _REASONS.get(name, f"it breaks a rule of XML 1.0 (number {number} of libxml2)")


def _check_depth(root: etree._Element, limits: XmlLimits) -> None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.depth:
            line = element.sourceline or 1
            text = f"Elements are nested deeper than {limits.depth}; a declaration is at most ten deep."
            refuse("TG-XML-DEPTH", text, line)


def to_element(node: etree._Element) -> Element:
    """Return a node as a value, with its text and children; white space between elements is left."""
    children = tuple(
        msgspec.structs.replace(to_element(child), tail=child.tail)
        if child.tail and child.tail.strip()
        else to_element(child)
        for child in node
        if isinstance(child.tag, str)
    )
    text = node.text or ""
    return Element(
        str(node.tag),
        {str(name): str(value) for name, value in node.items()},
        "" if children and not text.strip() else text,
        children,
    )


def from_element(
    element: Element, parent: etree._Element | None = None, *, default: bool = False
) -> etree._Element:
    """Return a value as a node, below ``parent`` or alone; alone it may have a default namespace."""
    if parent is None:
        node = etree.Element(element.name, nsmap=_prefixes(element) if default else None)
    else:
        node = etree.SubElement(parent, element.name)
        node.tail = element.tail or None
    for name, value in element.attributes.items():
        node.set(name, value)
    node.text = element.text or None
    for child in element.children:
        from_element(child, node)
    return node


def _prefixes(element: Element) -> Any:  # the stubs forget None, the default prefix
    found = re.match(r"\{(.*)\}", element.name)
    return {None: found[1]} if found else {}
