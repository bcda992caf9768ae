"""An entry summary declaration stands in the words and the frame that every declaration has."""

from datetime import UTC, datetime

import pytest

from tidegate.declarations.ens import sample_entry, with_entry_value
from tidegate.declarations.ens.sharing import (
    as_declaration,
    conveyance_of,
    goods_of_declaration,
    goods_of_entry,
    moment_of,
)
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.declarations.json_form import from_json, to_json

MEANS = "GOOITEGDS__IDEMEATRAGI970__IdeMeaTraGIMEATRA971"


def edited(**edits):
    entry = sample_entry()
    for place, stated in edits.items():
        entry = with_entry_value(entry, place.replace("__", "/"), stated)
    return entry


def test_its_items_are_rows_of_the_goods_item_frame():
    entry = edited(GOOITEGDS__CONNR2__ConNumNR21="CSQU3054383", GOOITEGDS__UNDanGooCodGDI1="1263")
    occurred = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
    (row,) = goods_item_frame([Lodged("M", occurred, as_declaration(entry))]).to_dicts()
    stated = {name: value for name, value in row.items() if value is not None}
    assert stated == {
        "declaration": "M",
        "item": 1,
        "items": 1,
        "occurred": occurred,
        "declaration_type": "ENS",
        "office": "GB000060",
        "declarant": "GB123456789000",
        "importer": "GB987654321000",
        "commodity": "610510",
        "description": "Men's shirts of cotton",
        "country_of_export": "FR",
        "transport_mode": "1",
        "containers": 1,
        "packages": 30,
        "gross_mass": 820_500_000,
        "documents": "N705",
    }


def test_in_the_shared_words_it_is_written_and_read_as_any_declaration():
    declaration = as_declaration(sample_entry())
    assert from_json(to_json(declaration)) == declaration
    assert declaration.goods_shipment.consignor.address.city_name == "Le Havre"


def test_numbers_that_are_none_are_no_numbers():
    entry = edited(GOOITEGDS__IteNumGDS7="first", GOOITEGDS__GroMasGDS46="heavy")
    (item,) = as_declaration(entry).goods_shipment.government_agency_goods_item
    assert item.sequence_numeric is None
    assert item.commodity.goods_measure.gross_mass_measure.value is None


def test_goods_are_known_by_documents_of_transport_ucrs_and_containers():
    entry = edited(
        HEAHEA__ComRefNumHEA="UCR1",
        GOOITEGDS__ComRefNumGIM1="UCR2",
        GOOITEGDS__CONNR2__ConNumNR21="CSQU3054383",
    )
    entry = with_entry_value(entry, "GOOITEGDS[1]/PRODOCDC2[2]/DocTypDC21", "N380")
    entry = with_entry_value(entry, "GOOITEGDS[1]/PRODOCDC2[2]/DocRefDC23", "an invoice")
    known = [("ucr", "UCR1"), ("document", "TGBL0001"), ("ucr", "UCR2"), ("container", "CSQU3054383")]
    assert list(goods_of_entry(entry)) == known
    assert set(goods_of_declaration(as_declaration(entry))) == set(known)


@pytest.mark.parametrize(
    ("edits", "conveyance"),
    [
        ({}, "1:9074729:TG2601N"),
        ({"HEAHEA__ConRefNumHEA": None}, "1:9074729:20260117"),
        ({"HEAHEA__TraModAtBorHEA76": "04", "HEAHEA__IdeOfMeaOfTraCroHEA85": None}, "4::TG2601N:20260117"),
        (
            {
                "HEAHEA__IdeOfMeaOfTraCroHEA85": None,
                "GOOITEGDS__IDEMEATRAGI970__IdeMeaTraGIMEATRA971": "AB-1",
            },
            "1:AB-1:TG2601N",
        ),
    ],
)
def test_a_journey_is_known_by_mode_identity_and_reference(edits, conveyance):
    assert conveyance_of(edited(**edits)) == conveyance


def test_a_day_that_does_not_exist_is_no_moment():
    assert moment_of("202601171400") == datetime(2026, 1, 17, 14, tzinfo=UTC)
    assert moment_of("202602301400") is None
    assert moment_of(None) is None
