"""A declaration as JSON is the same declaration, and JSON that is none is told what was expected, where."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tidegate.declarations.json_form import UnreadableJsonError, from_json, to_json
from tidegate.declarations.messages import read_message, write_message
from tidegate.declarations.places import with_value
from tidegate.declarations.rules import sample_declaration
from tidegate.declarations.stated import Beyond, Element


def findings(data):
    with pytest.raises(UnreadableJsonError) as caught:
        from_json(data)
    return {(finding.code, finding.location) for finding in caught.value.findings}


def test_a_declaration_is_the_same_after_json():
    assert from_json(to_json(sample_declaration())) == sample_declaration()


def test_names_are_the_wco_s_and_numbers_are_text():
    said = json.loads(to_json(sample_declaration()))
    item = said["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]
    assert said["FunctionalReferenceID"] == "SAMPLE-0001"
    assert item["StatisticalValueAmount"] == {"Value": "10000.00", "CurrencyID": "EUR"}
    assert item["Origin"] == [{"CountryCode": "CN", "TypeCode": "1"}]


def test_what_stands_beyond_the_fields_is_kept():
    declaration = with_value(sample_declaration(), "GoodsItemQuantity", "002")
    declaration = with_value(declaration, "", Beyond("element", element=Element("{urn:x}Colour", text="red")))
    assert from_json(to_json(declaration)) == declaration


def test_a_json_message_is_read_and_written_as_xml():
    message = read_message(b"\xef\xbb\xbf \n" + to_json(sample_declaration()))
    assert message.kind == "declaration"
    assert read_message(write_message(message)).declaration == sample_declaration()


def test_a_json_request_is_of_its_kind():
    assert read_message(b'{"FunctionCode": "13", "TypeCode": "INV"}').kind == "cancellation"


def test_every_wrong_value_is_told_with_its_place():
    said = b"""{"TypeCode": 1, "Colour": "red", "InvoiceAmount": {"Value": "abc"}, "GoodsShipment":
        {"GovernmentAgencyGoodsItem": [{"Origin": {}}, 3, {"Origin": [{"Contry": "CN"}]}]}}"""
    items = "GoodsShipment/GovernmentAgencyGoodsItem"
    assert findings(said) == {
        ("TG-JSON-VALUE", "TypeCode"),
        ("TG-JSON-FIELD", "Colour"),
        ("TG-JSON-VALUE", "InvoiceAmount/Value"),
        ("TG-JSON-VALUE", f"{items}[1]/Origin"),
        ("TG-JSON-VALUE", f"{items}[2]"),
        ("TG-JSON-FIELD", f"{items}[3]/Origin[1]/Contry"),
    }


@pytest.mark.parametrize(
    ("said", "place"),
    [
        (b'{"TypeCode":\n "IM', "line 2, column 5"),
        (b'{"TypeCode": "\xff"}', "line 1, column 15"),
        (b'{"TypeCode": IMA}', "line 1, column 14"),
        (b'{"TypeCode": 5, "x', "line 1, column 19"),
        (b"{" + b'"GoodsShipment":{' * 3, "line 1, column 53"),
    ],
)
def test_json_that_is_not_well_formed_says_where(said, place):
    assert findings(said) == {("TG-JSON-FORM", place)}


def test_a_name_stated_twice_is_told():
    assert findings(b'{"TypeCode": "IMA", "TypeCode": "IMD"}') == {("TG-JSON-FIELD", "line 1, column 1")}


@pytest.mark.parametrize("said", [b'{"type": "FeatureCollection"}', b'{"a": {"TypeCode": "IMA"}}'])
def test_json_of_another_kind_is_other(said):
    message = read_message(said)
    assert message.kind == "other"
    assert [finding.code for finding in message.findings] == ["TG-JSON-OTHER"]


def test_what_is_no_object_is_told():
    assert findings(b"[1]") == {("TG-JSON-OTHER", "Declaration")}
    assert findings(b"1") == {("TG-JSON-OTHER", "Declaration")}


def test_json_nested_without_end_is_told():
    deep = b'{"Beyond":[{"kind":"element","element":' + b'{"name":"a","children":[' * 50_000
    assert {code for code, _ in findings(deep)} == {"TG-JSON-FORM"}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "sNaN", "1E999999999", "1E-70", "9" * 65])
def test_a_number_without_bounds_is_told(number):
    said = b'{"GoodsItemQuantity": {"Value": "%s"}}' % number.encode()
    assert findings(said) == {("TG-JSON-VALUE", "GoodsItemQuantity")}


@pytest.mark.parametrize("text", [b"\\u0000", b"\\b", b"\\uffff", "\ufffe".encode()])
def test_a_character_that_xml_does_not_allow_is_told(text):
    assert findings(b'{"TypeCode": "' + text + b'"}') == {("TG-JSON-VALUE", "TypeCode")}


@pytest.mark.parametrize(
    "beyond",
    [
        '{"kind": "lexical", "at": "TypeCode", "text": "IMD"}',
        '{"kind": "lexical", "at": "GoodsItemQuantity", "text": "3"}',
        '{"kind": "lexical", "at": "Colour", "text": "3"}',
        '{"kind": "attribute", "name": "a b", "text": "3"}',
        '{"kind": "element"}',
        '{"kind": "element", "element": {"name": "a b"}}',
        '{"kind": "element", "element": {"name": "a", "children": [{"name": "b", "text": "\\u0001"}]}}',
    ],
)
def test_what_is_kept_beyond_the_fields_cannot_contradict_them_or_break_xml(beyond):
    said = f'{{"TypeCode": "IMA", "GoodsItemQuantity": {{"Value": "2"}}, "Beyond": [{beyond}]}}'
    assert findings(said.encode()) == {("TG-JSON-VALUE", "Beyond")}


def test_what_is_kept_beyond_the_fields_may_agree_with_them():
    said = b"""{"GoodsItemQuantity": {"Value": "2"}, "Beyond":
        [{"kind": "lexical", "at": "GoodsItemQuantity", "text": "002"}]}"""
    assert from_json(said).goods_item_quantity.value == Decimal(2)
