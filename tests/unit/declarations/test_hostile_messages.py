"""Hostile and damaged input is a message with a finding that says where; nothing raises or is fetched."""

from __future__ import annotations

import json
import os
import re
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.declarations.declaration import MetaData
from tidegate.declarations.json_form import to_json
from tidegate.declarations.messages import Message, read_file, read_message, write_message
from tidegate.declarations.rules import sample_declaration
from tidegate.declarations.wire.xml import XmlLimits

WHOLE = write_message(Message("declaration", meta_data=MetaData(declaration=sample_declaration())))
DOCTYPE = b'<!DOCTYPE a [%s]><a xmlns="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2">%s</a>'


def only(data, limits=None):
    message = read_message(data, limits)
    assert message.kind == "unreadable"
    (finding,) = message.findings
    assert finding.stops
    return finding.code, finding.location


LAUGHS = b'<!ENTITY a0 "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("entities", "content"),
    [
        (LAUGHS, b"&a11;"),
        (b'<!ENTITY q "' + b"x" * 100_000 + b'">', b"&q;" * 50_000),
        (b'<!ENTITY e SYSTEM "file:///etc/passwd">', b"&e;"),
        (b'<!ENTITY e SYSTEM "http://127.0.0.1:9/x">', b"&e;"),
        (b'<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;', b""),
        (b'<!ENTITY % p "&#37;p2;"><!ENTITY % p2 "x"> %p;', b""),
        (b'<!ATTLIST a b CDATA "given">', b""),
        (b"", b""),
    ],
    ids=["laughs", "quadratic", "file", "network", "parameter", "nested", "default", "empty"],
)
def test_a_document_type_is_refused_whatever_it_holds(entities, content):
    tracemalloc.start()
    begun = time.perf_counter()
    code, _ = only(DOCTYPE % (entities, content))
    assert code in {"TG-XML-DTD", "TG-XML-FORM"}
    assert time.perf_counter() - begun < 2
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_file_named_by_an_entity_is_never_in_the_message(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("what nobody may read")
    data = DOCTYPE % (b'<!ENTITY e SYSTEM "%s">' % secret.as_uri().encode(), b"&e;")
    assert "what nobody may read" not in repr(read_message(data))


@pytest.mark.parametrize(
    ("data", "code", "location"),
    [
        (b"<a>\n  <b></a>", "TG-XML-FORM", "line 2, column 10"),
        (b"<a>\n\n &x;</a>", "TG-XML-FORM", "line 3, column 5"),
        (b'<a b="1"\n b="2"/>', "TG-XML-FORM", "line 2, column 7"),
        (b"<a>" * 100 + b"</a>" * 100, "TG-XML-DEPTH", "line 1, column 1"),
        (b"<a>" * 100_000, "TG-XML-FORM", None),
        (b"<a>\x00</a>", "TG-XML-FORM", "line 1, column 4"),
        (b"<a>\xff</a>", "TG-XML-FORM", "line 1, column 4"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xe9</a>', "TG-XML-FORM", "line 1, column 42"),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "TG-XML-FORM", None),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "TG-XML-FORM", "line 1, column 40"),
        ("<a>\u00e9</b>".encode("utf-16"), "TG-XML-FORM", None),
        (b"<", "TG-XML-FORM", None),
        (b"<a/><b/>", "TG-XML-FORM", "line 1, column 5"),
    ],
)
def test_what_cannot_be_read_says_what_and_where(data, code, location):
    found = only(data)
    assert found[0] == code
    assert location is None or found[1] == location


def test_utf_16_is_read_like_utf_8():
    text = WHOLE.decode().replace("UTF-8", "UTF-16", 1)
    assert read_message(text.encode("utf-16")).declaration == sample_declaration()


def test_a_declared_encoding_is_gone_by():
    data = WHOLE.replace(b"UTF-8", b"ISO-8859-1").replace(b"SAMPLE-0001", b"SAMPLE-\xe9")
    assert read_message(data).declaration.functional_reference_id == "SAMPLE-\u00e9"


@pytest.mark.parametrize("data", [b"", b" \n", b"MZ\x90\x00", b"\x00" * 1000, b"LRN,MRN\n1,2", b"\xff" * 300])
def test_what_is_neither_xml_nor_json_is_other(data):
    message = read_message(data)
    assert message.kind == "other"
    assert [finding.code for finding in message.findings] == ["TG-FORMAT"]


@pytest.mark.parametrize("whole", [WHOLE, to_json(sample_declaration())], ids=["xml", "json"])
def test_a_message_cut_anywhere_has_a_finding_with_its_place(whole):
    for end in range(10, len(whole) - 1, 10):
        message = read_message(whole[:end])
        assert message.kind == "unreadable", end
        assert re.fullmatch(r"line [1-9]\d*, column [1-9]\d*", message.findings[0].location)


def test_the_finding_does_not_repeat_what_the_message_says():
    secret = b"4929123412341234"
    for data in (
        b"<a>&%s;</a>",
        b"<%s></b>",
        b'<a %s="1" %s="2"/>',
        b'<?xml version="1.0" encoding="%s"?><a/>',
        b"<%s:a/>",
    ):
        message = read_message(data.replace(b"%s", b"x" + secret))
        assert secret.decode() not in repr(message.findings)


def test_a_message_over_the_limit_is_refused_before_parsing():
    assert only(WHOLE, XmlLimits(octets=len(WHOLE) - 1))[0] == "TG-XML-SIZE"
    assert only(b"{" + b" " * 100 + b"}", XmlLimits(octets=100))[0] == "TG-XML-SIZE"


def test_a_file_of_two_gigabytes_is_not_loaded(tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.write(b"<a>")
        file.truncate(2 * 1024**3)
    tracemalloc.start()
    data, message = read_file(path)
    assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    tracemalloc.stop()
    assert data == b""
    assert [finding.code for finding in message.findings] == ["TG-XML-SIZE"]


def test_a_directory_or_a_missing_file_is_told(tmp_path):
    for path in (tmp_path, tmp_path / "absent.xml"):
        data, message = read_file(path)
        assert (data, message.kind, message.findings[0].code) == (b"", "unreadable", "TG-FILE")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_rights_is_told(tmp_path):
    path = tmp_path / "shut.xml"
    path.touch(mode=0)
    assert read_file(path)[1].findings[0].code == "TG-FILE"


def test_a_damaged_name_is_told_shortly():
    message = read_message(b"<" + b"x" * 40_000 + b"/>")
    assert message.kind == "other"
    assert len(message.findings[0].text) < 500


def message_or_finding(data):
    message = read_message(data)
    assert isinstance(message, Message)
    if message.kind == "unreadable":
        assert message.findings
    elif message.declaration is not None:
        assert read_message(write_message(message)).declaration == message.declaration


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise(data):
    message_or_finding(data)
    message_or_finding(b"<a>" + data)
    message_or_finding(b'{"' + data)


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 8))
@settings(max_examples=300, deadline=None)
def test_no_damage_to_a_message_raises(at, put, over):
    message_or_finding(WHOLE[:at] + put + WHOLE[at + over :])


NAMES = st.sampled_from(["Declarant", "TypeCode", "GoodsShipment", "ID", "Beyond", "Value", "kind", "x"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@given(st.recursive(LEAVES, lambda below: st.lists(below) | st.dictionaries(NAMES, below)))
@settings(max_examples=300, deadline=None)
def test_no_json_raises(value):
    message_or_finding(json.dumps({"GoodsShipment": value, "Beyond": value}).encode())
