"""Whatever stands in a message, known or not, in order or not: rewriting it from its values is lossless."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.conformance.declarations_corpus import canonical_bytes
from tidegate.declarations.classes import class_plan
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.json_form import from_json, to_json
from tidegate.declarations.messages import read_message, write_message
from tidegate.declarations.wire.names import DATE_TIME_STRING, DEC, META, META_DATA, SUBMIT_REQUEST

NUMBERS = [
    "7",
    "007",
    "+5",
    "-0",
    "1.",
    ".5",
    " 12 ",
    "1.50",
    "1e3",
    "NaN",
    "seven",
    "",
    "9" * 70,
    "1,5",
    "\u0667",
]
TEXTS = ["GB", " GB ", "", "  ", "a\nb", "\u00e9\u4e2d", "<&>", "'\"", "\u00a0x", "x" * 600, "\t"]
STRAY = ["stray", " stray ", "\n  stray\n", "&"]
ATTRIBUTES = [
    "{urn:x}colour",
    "colour",
    "formatCode",
    "currencyID",
    "unitCode",
    "{http://www.w3.org/2001/XMLSchema-instance}nil",
]
UNKNOWN = ["{urn:x}Colour", f"{{{DEC}}}Colour", "Colour", f"{{{META}}}ID", f"{{{DEC}}}TypeCode"]

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def foreign(draw, depth=0):
    node = etree.Element(draw(st.sampled_from(UNKNOWN)))
    odd(draw, node)
    node.text = draw(st.sampled_from([None, *TEXTS]))
    for _ in range(draw(st.integers(0, 2 if depth < 2 else 0))):
        child = draw(foreign(depth + 1))
        child.tail = draw(st.sampled_from([None, None, *STRAY]))
        node.append(child)
    return node


def odd(draw, node):
    if draw(st.integers(0, 4)) == 0:
        node.set(draw(st.sampled_from(ATTRIBUTES)), draw(st.sampled_from(TEXTS)))


def leaf(draw, field):
    node = etree.Element(f"{{{DEC}}}{field.name}")
    held = node
    if field.kind == "time" and draw(st.integers(0, 5)):
        held = etree.SubElement(node, DATE_TIME_STRING)
    held.text = draw(st.sampled_from(TEXTS if field.kind in {"text", "time"} else NUMBERS))
    odd(draw, held)
    odd(draw, node)
    if draw(st.integers(0, 9)) == 0:
        held.append(draw(foreign()))
    return node


@st.composite
def stated(draw, of=Declaration, depth=0):
    """Make an element of a class: some fields, some twice, some out of order, with strangers between."""
    node = etree.Element(f"{{{DEC}}}{of.__name__}")
    odd(draw, node)
    fields = class_plan(of).fields
    chosen = draw(st.lists(st.sampled_from(fields), max_size=5))
    if draw(st.booleans()):
        chosen.sort(key=lambda field: field.order)
    for field in chosen:
        if field.kind != "class":
            child = leaf(draw, field)
        elif depth < 4:
            child = draw(stated(field.holds, depth + 1))
            child.tag = f"{{{DEC}}}{field.name}"
        else:
            continue
        node.append(child)
    for _ in range(draw(st.integers(0, 2))):
        node.insert(draw(st.integers(0, len(node))), draw(foreign()))
    if draw(st.integers(0, 5)) == 0:
        node.text = draw(st.sampled_from([*STRAY, " ", "\n"]))
    for child in node:
        if draw(st.integers(0, 7)) == 0:
            child.tail = draw(st.sampled_from([*STRAY, "\n "]))
    return node


def data_of(node):
    return etree.tostring(node, encoding="UTF-8", xml_declaration=True)


@given(stated())
@SETTINGS
def test_a_declaration_is_rewritten_without_loss(node):
    message = read_message(data_of(node))
    assert message.bare is not None
    assert canonical_bytes(write_message(message)) == canonical_bytes(data_of(node))


@given(stated())
@SETTINGS
def test_a_declaration_is_the_same_after_json(node):
    declaration = read_message(data_of(node)).bare
    assert from_json(to_json(declaration)) == declaration


@given(stated(), st.booleans(), foreign(), st.sampled_from([None, *STRAY]))
@SETTINGS
def test_what_stands_around_a_declaration_is_kept(node, in_envelope, other, tail):
    meta_data = etree.Element(META_DATA)
    etree.SubElement(meta_data, f"{{{META}}}WCOTypeName").text = " DEC"
    meta_data.append(node)
    meta_data.append(other)
    root = meta_data
    if in_envelope:
        root = etree.Element(SUBMIT_REQUEST)
        root.append(etree.Element("requestCommon"))
        root.append(meta_data)
        meta_data.tail = tail
        root.append(etree.Element("requestEnd"))
    message = read_message(data_of(root))
    assert message.meta_data is not None
    assert canonical_bytes(write_message(message)) == canonical_bytes(data_of(root))
