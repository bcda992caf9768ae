"""Every message of the UK's trade test is recognised, and rewritten from its values without loss."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from functools import cache
from io import BytesIO

import pytest
from lxml import etree

from tests.conformance.declarations_corpus import (
    DATA,
    SCENARIOS,
    SCHEMAS,
    canonical_bytes,
    needs_corpus,
    scenario_files,
)
from tidegate.declarations.classes import class_plan, walk
from tidegate.declarations.declaration import Declaration, MetaData
from tidegate.declarations.flat import load_mapping, read_flat
from tidegate.declarations.json_form import from_json, to_json
from tidegate.declarations.messages import read_file, read_message, write_message
from tidegate.declarations.rules import RuleContext, judge
from tidegate.declarations.wire import reading

pytestmark = needs_corpus

ACCEPTED, REJECTED = "01", "03"
META = "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"
DEC = "{urn:wco:datamodel:WCO:DEC-DMS:2}"
REQUESTS = {"COR": "amendment", "INV": "cancellation", "GPR": "arrival"}
WRITTEN = {"declaration", "amendment", "cancellation", "arrival", "movement", "notification"}


@cache
def messages():
    return {path: read_file(path) for path in scenario_files()}


def with_declaration():
    return [(path, data, message) for path, (data, message) in messages().items() if message.declaration]


def rewritten():
    return [
        (path, data, write_message(message))
        for path, (data, message) in messages().items()
        if message.kind in WRITTEN
    ]


def expected_kind(data):
    """Tell the kind of a file by its text alone, without the reader: names and type codes as they stand."""
    if b"<" not in data[:200]:
        return "other"
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return "unreadable"
    if any(etree.QName(child).localname == "Response" for child in root if isinstance(child.tag, str)):
        return "notification"
    if "nventoryLinking" in etree.QName(root).localname:
        return "movement"
    stated = root if root.tag == f"{DEC}Declaration" else root.find(f".//{DEC}Declaration")
    outermost = etree.QName(root).localname
    if stated is None or outermost not in {"MetaData", "Declaration", "submitDeclarationRequest"}:
        return "other"
    return REQUESTS.get(stated.findtext(f"{DEC}TypeCode"), "declaration")


def test_every_file_is_of_the_kind_that_its_content_says():
    read = {path: message.kind for path, (_, message) in messages().items()}
    assert read == {path: expected_kind(data) for path, (data, _) in messages().items()}


def test_all_kinds_occur_and_all_files_are_accounted_for():
    kinds = Counter(message.kind for _, message in messages().values())
    assert set(kinds) == {*WRITTEN, "other", "unreadable"}
    assert kinds["declaration"] >= 200
    assert sum(kinds.values()) == len(scenario_files())


def test_damaged_element_names_make_a_file_other():
    damaged = [path for path in scenario_files() if "TT_IM222a" in path.parts and path.suffix == ".xml"]
    assert "other" in {messages()[path][1].kind for path in damaged}


def test_what_is_not_well_formed_says_line_and_column():
    unreadable = [message for _, message in messages().values() if message.kind == "unreadable"]
    assert unreadable
    for message in unreadable:
        assert message.findings[0].location.startswith("line ")
        assert ", column " in message.findings[0].location


def test_a_message_and_its_rewriting_are_canonically_equal():
    pairs = rewritten()
    assert len(pairs) > 500
    assert [path.name for path, data, again in pairs if canonical_bytes(data) != canonical_bytes(again)] == []


def test_the_canonical_form_notices_every_kind_of_loss():
    whole = b'<a x="1" y="2"><b>t </b> <c/><c><d>1</d></c></a>'
    same = b'<a y="2" x="1"><!-- x --><b>t </b><c></c>\n<c><d>1</d></c></a>'
    assert canonical_bytes(whole) == canonical_bytes(same)
    for loss in (
        b'<a x="1"><b>t </b><c/><c><d>1</d></c></a>',
        b'<a x="1" y="2"><b>t</b><c/><c><d>1</d></c></a>',
        b'<a x="1" y="2"><b>t </b><c><d>1</d></c></a>',
        b'<a x="1" y="2"><b>t </b><c><d>1</d></c><c/></a>',
        b'<a x="1" y="2"><b>t </b><c/><c><d>01</d></c></a>',
        b'<a x="1" y="2"><b>t </b>w<c/><c><d>1</d></c></a>',
        b'<a x="1" y="2" xmlns="u"><b>t </b><c/><c><d>1</d></c></a>',
    ):
        assert canonical_bytes(whole) != canonical_bytes(loss)


@cache
def schema(name):
    both = f"""<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema">
      <s:import namespace="{META}" schemaLocation="DocumentMetaData_2_DMS.xsd"/>
      <s:import namespace="{DEC.strip("{}")}" schemaLocation="{name}"/></s:schema>"""
    return etree.XMLSchema(etree.parse(BytesIO(both.encode()), base_url=f"{SCHEMAS.as_uri()}/both.xsd"))


def test_what_validated_still_validates():
    valid = 0
    for path, _data, message in with_declaration():
        if message.envelope is not None:
            continue
        before = schema("WCO_DEC_2_DMS.xsd").validate(etree.fromstring(messages()[path][0]))
        after = schema("WCO_DEC_2_DMS.xsd").validate(etree.fromstring(write_message(message)))
        assert after == before, path.name
        valid += before
    assert valid > 150


def test_a_declaration_is_the_same_after_json():
    stated = {path: message.declaration for path, _, message in with_declaration()}
    assert {path: from_json(to_json(declaration)) for path, declaration in stated.items()} == stated


def used_fields():
    """Return every (class, field) that a declaration of the corpus states, with one message that does."""
    found = {}
    for path, data, message in with_declaration():
        if message.meta_data is None:
            continue
        for _, value in walk(message.meta_data):
            for field in class_plan(type(value)).fields:
                if getattr(value, field.attribute) not in (None, ()):
                    found.setdefault((type(value), field.name), (path, data))
    return found


def test_the_comparison_fails_when_any_one_element_is_dropped_from_the_reader(monkeypatch):
    used = used_fields()
    assert len(used) > 150
    whole = reading._take
    unnoticed = []
    for (of, name), (path, data) in used.items():

        def drop(child, field, *rest, of=of, name=name):
            if field.name != name or field not in class_plan(of).fields:
                whole(child, field, *rest)

        monkeypatch.setattr(reading, "_take", drop)
        if canonical_bytes(write_message(read_message(data))) == canonical_bytes(data):
            unnoticed.append((of.__name__, name, path.name))
    assert unnoticed == []


def test_a_movement_says_its_references():
    movements = [message.movement for _, message in messages().values() if message.kind == "movement"]
    assert {"EAL", "EDL", "CST"} <= {movement.code for movement in movements}
    assert all(movement.code != "?" for movement in movements)
    assert all(movement.mrn or movement.ucr or movement.master_ucr for movement in movements)


@cache
def answered():
    """Return the folders in which the authority published an acceptance or a rejection."""
    found = {ACCEPTED: set(), REJECTED: set()}
    for path, (_, message) in messages().items():
        if message.kind == "notification":
            for response in message.foreign.children:
                found.get(response.word("FunctionCode"), set()).add(path.relative_to(SCENARIOS).parts[0])
    return found


def expected_accepted():
    """Return the scenarios whose notifications, by the published table, begin with an acceptance."""
    with (DATA / "cds" / "scenarios.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    said = {row["Annotated Sample Reference"].strip(): row["Notification Messages"] for row in rows}
    return {name for name, words in said.items() if "DMSACC" in words and "DMSREJ" not in words}


def test_what_the_authority_accepted_is_not_stopped_by_a_rule():
    context = RuleContext(on=date(2024, 6, 1), country="GB")
    accepted = (answered()[ACCEPTED] | expected_accepted()) - answered()[REJECTED]
    stopped, judged = [], 0
    for path, _, message in with_declaration():
        if path.relative_to(SCENARIOS).parts[0] in accepted:
            judged += 1
            stopped += [
                (path.name, f.code, f.location) for f in judge(message.declaration, context) if f.stops
            ]
    assert judged > 150
    assert stopped == []


def test_the_plan_knows_every_element_of_the_declarations():
    unknown = Counter(
        (type(value).__name__, beyond.element.name)
        for _, _, message in with_declaration()
        for _, value in walk(message.meta_data or MetaData())
        for beyond in value.beyond
        if beyond.element is not None
    )
    assert unknown == Counter()


KOREA = DATA / "korea" / "train.csv"


@pytest.mark.skipif(not KOREA.is_file(), reason="the shared Korean declarations are not beside the project")
def test_the_korean_declarations_are_read_whole():
    flat = list(read_flat(KOREA, load_mapping("korea")))
    assert len(flat) == 37_385
    assert sum(len(one.declaration.goods_shipment.government_agency_goods_item) for one in flat) == 37_385
    assert all(one.findings == () for one in flat)
    assert len({one.id for one in flat}) == 37_385
    context = RuleContext(on=date(2020, 6, 1), country="KR", further_countries=frozenset({"ZZ"}))
    assert [f for one in flat[::20] for f in judge(one.declaration, context) if f.stops] == []


XSD = "{http://www.w3.org/2001/XMLSchema}"


def schema_children(element, types):
    """Return the elements that the schema has directly below an element."""
    made = element.find(f"{XSD}complexType")
    made = types[element.get("type")] if made is None else made
    return list(made.find(f"{XSD}sequence").iterchildren(f"{XSD}element"))


def limits(name, data_types):
    """Return the most characters or digits, and decimals, that the schema takes in a leaf's type."""
    facets = {etree.QName(facet).localname: facet.get("value") for facet in data_types[name].iter(f"{XSD}*")}
    most = next((facets[facet] for facet in ("maxLength", "length", "totalDigits") if facet in facets), None)
    return most and int(most), int(facets.get("fractionDigits", 0))


def test_the_classes_are_the_schema_s_in_names_order_number_and_formats():
    root = etree.parse(SCHEMAS / "WCO_DEC_2_DMS.xsd").getroot()
    types = {made.get("name"): made for made in root.iterchildren(f"{XSD}complexType")}
    definitions = etree.parse(SCHEMAS / "WCO_DS" / "WCO_DEC_DS_2_DMS.xsd").getroot()
    data_types = {f"ds:{made.get('name')}": made for made in definitions.iterchildren(f"{XSD}*")}
    compared = 0
    waiting = [(root.find(f"{XSD}element[@name='Declaration']"), Declaration)]
    while waiting:
        element, of = waiting.pop()
        plan = class_plan(of).by_name()
        below = schema_children(element, types)
        fields = [plan[child.get("name")] for child in below]
        assert [field.order for field in fields] == sorted(field.order for field in fields), of.__name__
        for child, field in zip(below, fields, strict=True):
            compared += 1
            assert field.many == (child.get("maxOccurs", "1") != "1"), field.name
            if field.kind == "class":
                waiting.append((child, field.holds))
            elif (
                field.kind != "time" and field.name != "TaxRateNumeric"
            ):  # the schema has no limits for a rate
                whole, _, decimals = field.format.lstrip("an.").partition(",")
                assert (int(whole), int(decimals or 0)) == limits(child.get("type"), data_types), field.name
    assert compared == 459
