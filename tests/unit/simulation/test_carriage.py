"""A carrier's day is a function of seed and day, and its messages are what they are meant to be."""

from collections import Counter
from datetime import date, timedelta

import pytest

from tidegate.declarations.ens import check_entry, read_entry
from tidegate.declarations.ens.sharing import conveyance_of, goods_of_declaration, goods_of_entry
from tidegate.declarations.messages import read_message
from tidegate.declarations.references import check_container
from tidegate.simulation.carriage import carrier_day, discharged
from tidegate.simulation.carriage_messages import amendment, import_declaration, lodgement

DAY = date(2026, 1, 15)
PLAYED = carrier_day(1, DAY, 300)
MRN = "26XA0000060A1B2C31"


def test_the_same_seed_and_day_are_the_same_and_others_are_not():
    assert carrier_day(1, DAY, 300) == PLAYED
    assert carrier_day(2, DAY, 300) != PLAYED
    assert carrier_day(1, DAY + timedelta(days=1), 300) != PLAYED


def test_every_fate_and_every_kind_of_conveyance_is_there():
    assert len(Counter(one.fate for one in PLAYED.carried)) == 10
    assert {one.mode for one in PLAYED.journeys} == {"1", "3", "4"}
    assert PLAYED.unannounced


@pytest.mark.parametrize("fate", ["plain", "flawed", "spoiled", "amended", "vague", "forbidden"])
def test_messages_are_sound_but_where_they_are_meant_not_to_be(fate):
    for one in (one for one in PLAYED.carried if one.fate == fate):
        first, second = check_entry(lodgement(one)), check_entry(lodgement(one, put_right=True))
        altered = check_entry(amendment(one, MRN, one.lodged))
        assert (first.valid, second.valid, altered.valid) == (True, True, True)
        assert [found.code for found in first.findings] == (["8102"] if fate == "flawed" else [])
        assert second.findings == ()
        assert [found.code for found in altered.findings] == (["8102"] if fate == "spoiled" else [])


def test_a_message_tells_of_its_journey_and_its_goods():
    for one in PLAYED.carried:
        entry = read_entry(lodgement(one)).declaration
        assert conveyance_of(entry) == one.journey.conveyance
        known = list(goods_of_entry(entry))
        assert known == [("document", one.document)] + (
            [("container", one.container)] if one.container else []
        )
        assert not one.container or check_container(one.container) is None


def test_an_import_declaration_names_what_its_goods_are_known_by():
    for one in PLAYED.carried[:40]:
        declaration = read_message(import_declaration(one)).declaration
        known = ("container", one.container) if one.container else ("document", one.amended_document)
        assert known in set(goods_of_declaration(declaration))


def test_what_is_left_behind_or_forbidden_is_not_discharged_and_the_diverted_elsewhere():
    here = {name for one in PLAYED.journeys for name in discharged(PLAYED, one)}
    there = {name for one in PLAYED.journeys for name in discharged(PLAYED, one, elsewhere=True)}
    assert set(PLAYED.unannounced.values()) <= here
    for one in PLAYED.carried:
        name = one.container or one.amended_document
        assert (name in here) == (one.comes and one.fate != "diverted")
        assert (name in there) == (one.fate == "diverted")
