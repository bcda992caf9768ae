"""From a message to an entry summary declaration, judged by its schema on the way.

Every element is read by the layout: into its field where it fits, into ``beyond`` where it does not, so that
nothing stated is lost. What the schema does not allow is a finding with a code of ours; a message without
such findings is valid.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.declarations.ens import words
from tidegate.declarations.ens.layout import LAYOUTS, NAMESPACES, Group, Leaf
from tidegate.declarations.findings import Finding
from tidegate.declarations.stated import Beyond, Element
from tidegate.declarations.wire.names import XSI
from tidegate.declarations.wire.xml import UnreadableXmlError, XmlLimits, parse_xml, to_element

if TYPE_CHECKING:
    from lxml import etree

    from tidegate.declarations.ens.words import EntryKind

_ROOTS: dict[str, EntryKind] = {f"{{{NAMESPACES[kind]}}}{kind}": kind for kind in LAYOUTS}
_ENVELOPES = frozenset(
    f"{{{space}}}Envelope"
    for space in ("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/")
)
_LONGEST = 80  # of what was stated, as a finding repeats it
_UNKNOWN = (-1, None, None)  # as the layout tells of an element it does not have
_BLANK = " \t\n\r"  # what XML calls white space; Python knows more
_WHITE = re.compile(r"[ \t\n\r]+")
_NEEDS_COLLAPSING = re.compile(r"^[ \t\n\r]|[\t\n\r]|  |[ \t\n\r]$")
_LOCATING = frozenset({f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"})


class EntryEnvelope(msgspec.Struct, frozen=True, omit_defaults=True):
    """The SOAP envelope around a message, and the way down to the message's place in it."""

    outer: Element
    place: tuple[int, ...]


class EntryMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message as values. ``faults`` are what its schema does not allow, or why it was not read at all."""

    declaration: words.EntrySummaryDeclaration | None = None
    envelope: EntryEnvelope | None = None
    faults: tuple[Finding, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the message is one of the two, and keeps to its schema."""
        return self.declaration is not None and not self.faults


def read_entry(data: bytes, limits: XmlLimits | None = None) -> EntryMessage:
    """Read the bytes of a message, in an envelope or without; nothing is raised whatever they are."""
    try:
        root = parse_xml(data, limits or XmlLimits())
    except UnreadableXmlError as unreadable:
        return EntryMessage(faults=(unreadable.finding,))
    if root.tag in _ENVELOPES:
        return _read_envelope(root)
    if root.tag not in _ROOTS:
        return _foreign(root)
    return _read_root(root)


def is_entry(data: bytes, limits: XmlLimits | None = None) -> bool:
    """Tell whether these bytes are a CC315A or CC313A, with or without an envelope, valid or not."""
    return read_entry(data, limits).declaration is not None


def _read_root(root: etree._Element) -> EntryMessage:
    kind = _ROOTS[root.tag]
    faults: list[Finding] = []
    declaration = _read_group(root, LAYOUTS[kind], f"/ie:{kind}[1]", faults, {"kind": kind})
    assert isinstance(declaration, words.EntrySummaryDeclaration)
    return EntryMessage(declaration, None, tuple(faults))


def _read_envelope(root: etree._Element) -> EntryMessage:
    body = root.find(root.tag.replace("Envelope", "Body"))
    if body is None or len(body) != 1 or body[0].tag not in _ROOTS:
        return _foreign(root)
    message, place = body[0], (root.index(body), 0)
    read = _read_root(message)
    body.remove(message)
    return msgspec.structs.replace(read, envelope=EntryEnvelope(to_element(root), place))


def _foreign(root: etree._Element) -> EntryMessage:
    text = (
        "This is no entry summary declaration. Send CC315A to lodge one or CC313A to amend one, in its "
        "namespace, alone or as the only content of a SOAP body."
    )
    return EntryMessage(faults=(Finding("TG-ENS-KIND", f"line {root.sourceline}, column 1", text),))


def _read_group(
    node: etree._Element, group: Group, place: str, faults: list[Finding], values: dict[str, Any]
) -> Any:
    beyond: list[Beyond] = []
    by_tag, latest, in_order = group.by_tag, -1, True
    for index, child in enumerate(node):
        tag = child.tag
        order, leaf, below = by_tag.get(tag, _UNKNOWN)
        if leaf is not None and leaf.attribute not in values:
            values[leaf.attribute] = _leaf(child, leaf, place, faults, beyond)
        elif below is not None and below.many:
            held = values.setdefault(below.attribute, [])
            held.append(_read_group(child, below, f"{place}/{tag}[{len(held) + 1}]", faults, {}))
        elif below is not None and below.attribute not in values:
            values[below.attribute] = _read_group(child, below, f"{place}/{tag}[1]", faults, {})
        else:
            beyond.append(Beyond("element", index=index, element=to_element(child)))
            number = 1 + sum(1 for _ in child.itersiblings(tag, preceding=True))
            faults.append(_unexpected(tag, f"{place}/{tag}[{number}]", known=order >= 0))
            order = latest  # what does not belong here is in no order
        if order < latest:
            in_order = False
        latest = order
        if child.tail and child.tail.strip(_BLANK):
            beyond.append(Beyond("text", text=child.tail, index=index + 1))
    if node.attrib or (node.text and node.text.strip(_BLANK)):
        _keep_own(node, place, faults, beyond)
    if not in_order:
        beyond.append(Beyond("order", text=" ".join(str(child.tag) for child in node if child.tag in by_tag)))
    if beyond or not group.required <= values.keys():
        _check_whole(group, values, place, faults, beyond)
    return _made(group, values, place, faults, beyond)


def _keep_own(node: etree._Element, place: str, faults: list[Finding], beyond: list[Beyond]) -> None:
    """Keep the words before the first element of a group, and the attributes of the group itself."""
    if node.text and node.text.strip(_BLANK):
        beyond.append(Beyond("text", text=node.text, index=0))
    _keep_attributes(node, "", place, faults, beyond)


def _made(
    group: Group, values: dict[str, Any], place: str, faults: list[Finding], beyond: list[Beyond]
) -> Any:
    for many in group.repeated:
        if many.attribute in values:
            held = values[many.attribute] = tuple(values[many.attribute])
            if 0 < many.most < len(held):
                text = f"{many.tag} stands here {len(held)} times; it may stand {many.most} times."
                faults.append(Finding("TG-ENS-REPEATED", f"{place}/{many.tag}[{many.most + 1}]", text))
    if beyond:
        values["beyond"] = tuple(beyond)
    return group.of(**values)


def _leaf(
    child: etree._Element, leaf: Leaf, place: str, faults: list[Finding], beyond: list[Beyond]
) -> str | None:
    """Return the value of a leaf; its exact text goes beyond where white space does not count."""
    text = child.text or ""
    token = text
    if not leaf.form.verbatim and _NEEDS_COLLAPSING.search(text):
        token = _WHITE.sub(" ", text).strip(" ")
        beyond.append(Beyond("lexical", leaf.tag, text=text))
    if len(child) or child.attrib:
        _keep_more(child, leaf, place, faults, beyond)
    if leaf.pattern.fullmatch(token) is None:
        faults.append(_misformed(leaf, place, token))
    return token


def _keep_more(
    child: etree._Element, leaf: Leaf, place: str, faults: list[Finding], beyond: list[Beyond]
) -> None:
    """Keep what a leaf should not have: elements in it, and attributes."""
    here = f"{place}/{leaf.tag}[1]"
    for inner in child:
        element = msgspec.structs.replace(to_element(inner), tail=inner.tail or "")
        beyond.append(Beyond("element", leaf.tag, element=element))
        faults.append(_unexpected(str(inner.tag), f"{here}/{inner.tag}[1]", known=False))
    _keep_attributes(child, leaf.tag, here, faults, beyond)


def _keep_attributes(
    node: etree._Element, at: str, place: str, faults: list[Finding], beyond: list[Beyond]
) -> None:
    for name, value in node.items():
        beyond.append(Beyond("attribute", at, str(name), str(value)))
        if name not in _LOCATING:
            text = "An attribute stands here that the message has no place for. Leave it out."
            faults.append(Finding("TG-ENS-STRAY", place, text, values={"name": str(name)}))


def _check_whole(
    group: Group, values: dict[str, Any], place: str, faults: list[Finding], beyond: list[Beyond]
) -> None:
    """Find what is missing from a group, an order of its own, and words between its elements."""
    for part in group.parts:
        if part.attribute in group.required and part.attribute not in values:
            text = f"{part.tag} is missing. It must stand here."
            faults.append(Finding("TG-ENS-MISSING", f"{place}/{part.tag}[1]", text))
    if any(one.kind == "order" for one in beyond):
        text = "The elements here are not in the order of the message. Put them in the published order."
        faults.append(Finding("TG-ENS-ORDER", place, text))
    if any(one.kind == "text" for one in beyond):
        text = "Text stands between the elements here. Put it into an element or leave it out."
        faults.append(Finding("TG-ENS-STRAY", place, text))


def _unexpected(tag: str, place: str, *, known: bool) -> Finding:
    name = tag.rpartition("}")[2][:_LONGEST]
    if known:
        return Finding("TG-ENS-REPEATED", place, f"{name} may stand here once. Leave out the others.")
    text = f"{name} is not an element of this group. Check its spelling, its namespace and its place."
    return Finding("TG-ENS-ELEMENT", place, text)


def _misformed(leaf: Leaf, place: str, token: str) -> Finding:
    shown = token if len(token) <= _LONGEST else token[: _LONGEST - 3] + "..."
    if not token:
        text = f"{leaf.tag} is empty. Give {_article(leaf.form.said)} or leave the element out."
    else:
        text = f'"{shown}" is not what {leaf.tag} may hold: {leaf.form.said}.'
    return Finding("TG-ENS-FORM", f"{place}/{leaf.tag}[1]", text, values={"value": shown})


def _article(said: str) -> str:
    return f"a value {said}" if said.startswith("of ") else said
