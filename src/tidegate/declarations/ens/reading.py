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
    counts: dict[str, int] = {}
    by_tag, latest, in_order = group.by_tag, -1, True
    for index, child in enumerate(node):
        tag = child.tag
        found = by_tag.get(tag)
        count = counts[tag] = counts.get(tag, 0) + 1
        if found is None or (count > 1 and (isinstance(found[1], Leaf) or not found[1].many)):
            beyond.append(Beyond("element", index=index, element=to_element(child)))
            faults.append(_unexpected(tag, f"{place}/{tag}[{count}]", known=found is not None))
        else:
            order, part = found
            in_order = in_order and order >= latest
            latest = order
            if isinstance(part, Leaf):
                values[part.attribute] = _leaf(child, part, place, faults, beyond)
            else:
                value = _read_group(child, part, f"{place}/{tag}[{count}]", faults, {})
                if part.many:
                    values.setdefault(part.attribute, []).append(value)
                else:
                    values[part.attribute] = value
        if child.tail and child.tail.strip(_BLANK):
            beyond.append(Beyond("text", text=child.tail, index=index + 1))
    if node.text and node.text.strip(_BLANK):
        beyond.append(Beyond("text", text=node.text, index=0))
    if node.attrib:
        _keep_attributes(node, "", place, faults, beyond)
    if not in_order:
        beyond.append(Beyond("order", text=" ".join(str(child.tag) for child in node if child.tag in by_tag)))
    _check_counts(group, counts, place, faults, in_order=in_order, words_between=_has_words(beyond))
    return _made(group, values, beyond)


def _made(group: Group, values: dict[str, Any], beyond: list[Beyond]) -> Any:
    for name, value in values.items():
        if type(value) is list:
            values[name] = tuple(value)
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


def _check_counts(
    group: Group,
    counts: dict[str, int],
    place: str,
    faults: list[Finding],
    *,
    in_order: bool,
    words_between: bool,
) -> None:
    if not group.required <= counts.keys():
        for part in group.parts:
            if part.tag in group.required and part.tag not in counts:
                text = f"{part.tag} is missing. It must stand here."
                faults.append(Finding("TG-ENS-MISSING", f"{place}/{part.tag}[1]", text))
    for tag, count in counts.items():
        part_of = group.by_tag.get(tag)
        if part_of is not None and isinstance(part_of[1], Group) and 1 < part_of[1].most < count:
            text = f"{tag} stands here {count} times; it may stand {part_of[1].most} times."
            faults.append(Finding("TG-ENS-REPEATED", f"{place}/{tag}[{part_of[1].most + 1}]", text))
    if not in_order:
        text = "The elements here are not in the order of the message. Put them in the published order."
        faults.append(Finding("TG-ENS-ORDER", place, text))
    if words_between:
        text = "Text stands between the elements here. Put it into an element or leave it out."
        faults.append(Finding("TG-ENS-STRAY", place, text))


def _has_words(beyond: list[Beyond]) -> bool:
    return any(one.kind == "text" for one in beyond)


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
