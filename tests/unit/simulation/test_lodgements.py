"""What is lodged: sound messages read and validate, and give back the rows they were written from."""

import polars as pl
import pytest
from lxml import etree
from polars.testing import assert_frame_equal

from tests.shared_data import shared_data
from tests.unit.simulation.conftest import ON
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.declarations.messages import read_message
from tidegate.declarations.rules import RuleContext, judge
from tidegate.simulation import FLAWS, Parameters, World, day, frames_of, lodgements_of

CONTEXT = RuleContext(on=ON, country="XA", further_countries=frozenset({"XA", "XB"}))
NAMESPACES = {
    "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2": "DocumentMetaData_2_DMS.xsd",
    "urn:wco:datamodel:WCO:DEC-DMS:2": "WCO_DEC_2_DMS.xsd",
}
CODES = {
    "text_in_number": "TG-NUMBER",
    "unknown_currency": "TG-CURRENCY",
    "unknown_country": "TG-COUNTRY",
    "missing_element": "TG-DECLARANT",
    "item_count_wrong": "TG-ITEM-COUNT",
}


def stops(xml):
    message = read_message(xml)
    found = message.findings if message.declaration is None else judge(message.declaration, CONTEXT)
    return {one.code for one in (*message.findings, *found) if one.stops}


def flawed(lodgements, flaw):
    found = [one for one in lodgements if one.truth.flaw == flaw]
    assert found, f"the day has no {flaw}"
    return found


def test_the_same_seed_gives_the_same_bytes():
    assert day(World.make(7), ON, 60) == day(World.make(7), ON, 60)


def test_another_seed_gives_other_bytes(world):
    other = {one.xml for one in day(World.make(8), ON, 60)}
    assert not other & {one.xml for one in day(world, ON, 60)}


def test_a_shorter_day_is_the_beginning_of_a_longer_one():
    sound = World.make(7, Parameters(flawed=0))
    longer = {one.reference: one for one in day(sound, ON, 90)}
    assert all(longer[one.reference] == one for one in day(sound, ON, 40))


def test_lodgements_come_in_order_of_time_within_the_day(monday):
    times = [one.occurred for one in monday]
    assert times == sorted(times)
    assert {one.date() for one in times} == {ON}
    assert len({one.hour for one in times}) > 12


def test_sound_messages_have_nothing_to_find(monday):
    sound = [one for one in monday if one.truth.flaw is None]
    assert len(sound) > 200
    for one in sound:
        message = read_message(one.xml)
        assert message.kind == "declaration"
        assert message.findings == ()
        assert judge(message.declaration, CONTEXT) == ()


def test_sound_messages_validate_by_the_published_schema(monday):
    data = shared_data()
    if data is None:
        pytest.skip("the shared data with the WCO schema is absent")
    folder = data / "cds" / "schemas" / "wco" / "declaration"
    imports = "".join(
        f'<x:import namespace="{name}" schemaLocation="{(folder / file).as_uri()}"/>'
        for name, file in NAMESPACES.items()
    )
    schema = etree.XMLSchema(
        etree.fromstring(f'<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema">{imports}</x:schema>')
    )
    for one in monday:
        if one.truth.flaw is None:
            schema.assertValid(etree.fromstring(one.xml))


def test_a_message_read_again_gives_the_rows_it_was_written_from():
    world = World.make(11, Parameters(flawed=0))
    frames = frames_of(world, "XB", ON, 300)
    read = [
        Lodged(one.reference, one.occurred, read_message(one.xml).declaration)
        for one in lodgements_of(frames)
    ]
    assert_frame_equal(goods_item_frame(read), frames.goods_items)


@pytest.mark.parametrize("flaw", ["malformed_xml", "wrong_encoding"])
def test_what_cannot_be_read_says_so(monday, flaw):
    assert {read_message(one.xml).kind for one in flawed(monday, flaw)} == {"unreadable"}


def test_a_wrong_encoding_is_not_utf_8(monday):
    for one in flawed(monday, "wrong_encoding"):
        with pytest.raises(UnicodeDecodeError):
            one.xml.decode("utf-8")


@pytest.mark.parametrize("flaw", CODES)
def test_a_flaw_of_form_is_the_one_it_is_named_for_and_no_other(monday, flaw):
    for one in flawed(monday, flaw):
        assert stops(one.xml) == {CODES[flaw]}


def test_a_duplicate_has_the_reference_of_the_same_declarants_earlier_sound_message(monday):
    before = {}
    duplicates = 0
    for one in monday:
        if one.truth.flaw == "duplicate_lrn":
            duplicates += 1
            assert one.lrn in before[one.declarant]
        elif one.truth.flaw is None:
            before.setdefault(one.declarant, set()).add(one.lrn)
    assert duplicates > 3


def test_references_are_used_once_but_by_duplicates(monday):
    first = [(one.declarant, one.lrn) for one in monday if one.truth.flaw != "duplicate_lrn"]
    assert len(set(first)) == len(first)


def test_the_message_states_the_reference_and_declarant_of_its_lodgement(monday):
    for one in monday:
        declaration = read_message(one.xml).declaration
        if declaration is not None and one.truth.flaw != "missing_element":
            assert declaration.functional_reference_id == one.lrn
            assert declaration.declarant.id == one.declarant


def test_every_flaw_is_drawn():
    frames = frames_of(World.make(3, Parameters(flawed=0.9)), "XA", ON, 1_000)
    assert set(frames.truth["flaw"].drop_nulls()) == set(FLAWS)


def test_truth_leaves_no_word_in_the_message(monday):
    for one in monday:
        if one.truth.campaign and one.truth.flaw is None:
            assert one.truth.campaign.encode() not in one.xml
            assert one.truth.scheme.encode() not in one.xml


def test_the_frames_have_the_columns_of_the_goods_item_frame(world):
    frames = frames_of(world, "XA", ON, 20)
    assert frames.goods_items.schema == goods_item_frame([]).schema
    assert frames.goods_items.select("declaration", "item").equals(frames.truth.select("declaration", "item"))
    assert frames.goods_items.filter(pl.col("net_mass") <= 0).is_empty()
