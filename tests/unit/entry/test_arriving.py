"""What arrives, is left behind or was not announced; what is released, and what is matched with what."""

from datetime import timedelta

import pytest

from tests.unit.clearance.making import lodging
from tests.unit.entry.making import (
    ARRIVAL,
    CONTROLLED,
    DOCUMENT,
    FORBIDDEN,
    MOMENT,
    OFFICE,
    SHIP,
    EntryPost,
)
from tidegate.acts import Call
from tidegate.clearance import lodge
from tidegate.declarations.goods import TransportEquipment
from tidegate.entry import (
    EntryReader,
    EntryRefusedError,
    EntryResponder,
    announce_conveyance,
    arrive_conveyance,
    loose_ends,
    picture,
    record_entry_control,
)
from tidegate.journal import answer, replay

ANOTHER = {"GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23": "TGBL0002"}
BOX = "CSQU3054383"
BOXED = {"GOOITEGDS[1]/CONNR2[1]/ConNumNR21": BOX, "GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23": "TGBL0003"}
EQUIPMENT = "GoodsShipment/Consignment/TransportEquipment"
PREVIOUS = "GoodsShipment/PreviousDocument[1]"


def naming(kind, reference):
    """Return the edits by which an import declaration names one reference and no container but that."""
    edits = {EQUIPMENT: None}
    if kind == "container":
        return {**edits, f"{EQUIPMENT}[1]": TransportEquipment(id=reference)}
    return {**edits, f"{PREVIOUS}/TypeCode": kind, f"{PREVIOUS}/ID": reference}


def test_what_may_proceed_is_released_when_it_arrives(post):
    mrn = post.lodged("A1")
    post.arrives(DOCUMENT)
    held = post.held(mrn)
    assert (held.state, held.arrived) == ("released", ARRIVAL)


def test_what_is_to_be_controlled_waits_for_a_control_that_finds_nothing_against_it(post):
    conform, irregular, forbidden = (
        post.lodged("A1", CONTROLLED),
        post.lodged("A2", {**CONTROLLED, **ANOTHER}),
        post.lodged("A3", {**FORBIDDEN, **BOXED}),
    )
    with pytest.raises(EntryRefusedError, match="nothing of it is here"):
        record_entry_control(post.journal, conform, ARRIVAL, "officer:1", outcome="conform", found="")
    post.arrives(DOCUMENT, "TGBL0002", BOX)
    assert {post.held(one).state for one in (conform, irregular, forbidden)} == {"arrived"}
    for mrn, outcome in ((conform, "conform"), (irregular, "irregular")):
        record_entry_control(post.journal, mrn, ARRIVAL, "officer:1", outcome=outcome, found="looked")
    post.catch_up()
    assert post.held(conform).state == "released"
    assert (post.held(irregular).state, post.held(irregular).outcome) == ("arrived", "irregular")


def test_what_is_not_discharged_is_missed_and_may_come_later(post):
    mrn = post.lodged("A1")
    post.arrives("OTHER")
    assert post.held(mrn).state == "missed"
    post.amended(mrn, {"HEAHEA/ConRefNumHEA": "TG2602N"})
    assert post.held(mrn).state == "accepted"
    post.arrives(DOCUMENT, conveyance="1:9074729:TG2602N")
    assert post.held(mrn).state == "released"


def test_goods_that_nobody_announced_are_told(post):
    rejected = post.lodged("A1", {"GOOITEGDS[1]/IteNumGDS7": "2"})
    post.arrives(DOCUMENT, "STRANGE")
    with post.tables() as connection:
        assert picture(connection, SHIP).unannounced == ("STRANGE", DOCUMENT)
        reasons = {one.subject: one.reason for one in loose_ends(connection)}
    assert reasons == {rejected: "rejected", "STRANGE": "unannounced", DOCUMENT: "unannounced"}


def test_a_conveyance_arrives_at_an_office_once(post):
    post.arrives(DOCUMENT)
    with pytest.raises(EntryRefusedError) as refused:
        post.arrives(DOCUMENT)
    assert refused.value.code == "conflict"
    post.arrives(DOCUMENT, office="GB000011")


def test_many_discharged_references_lie_in_the_attachment(post):
    mrn = post.lodged("A1")
    post.arrives(*(f"X{number}" for number in range(1_500)), DOCUMENT)
    assert post.held(mrn).state == "released"
    with post.tables() as connection:
        assert len(picture(connection, SHIP).unannounced) == 1_500


def test_goods_conveyance_and_people_meet_in_one_picture(post):
    calls = [Call("FRLEH", departs=MOMENT), Call("GBFXT", arrives=ARRIVAL)]
    announce_conveyance(post.journal, SHIP, MOMENT, "operator:line", itinerary=calls, crew=21, passengers=2)
    mrn = post.lodged("A1")
    arrive_conveyance(
        post.journal, SHIP, ARRIVAL, "operator:line", office=OFFICE, discharged=[DOCUMENT], crew=20
    )
    post.catch_up()
    with post.tables() as connection:
        seen = picture(connection, SHIP)
    assert (seen.journey.crew, seen.journey.passengers) == (20, 2)
    assert seen.journey.arrivals == {OFFICE: ARRIVAL}
    assert [one.place for one in seen.journey.itinerary] == ["FRLEH", "GBFXT"]
    assert [(one.mrn, one.state) for one in seen.entries] == [(mrn, "released")]


@pytest.mark.parametrize("order", ["entry first", "declaration first"])
@pytest.mark.parametrize("by", ["document", "container", "ucr"])
def test_a_declaration_meets_its_entry_whichever_comes_first(post, order, by):
    edits = {**BOXED, "HEAHEA/ComRefNumHEA": "6GB123456789000-TG1"}
    named = {
        "document": naming("705", "TGBL0003"),
        "container": naming("container", BOX),
        "ucr": {EQUIPMENT: None, "GoodsShipment/UCR/TraderAssignedReferenceID": "6GB123456789000-TG1"},
    }[by]
    if order == "entry first":
        mrn = post.lodged("A1", edits)
        declared = post.declared("D1", named)
    else:
        declared = post.declared("D1", named)
        mrn = post.lodged("A1", edits)
    assert post.held(mrn).declarations == (declared,)
    matched = [one for one in post.journal.read(0, 100) if one.kind == "entry.matched"]
    assert len(matched) == 1
    assert by.encode() in matched[0].body


def test_a_declaration_meets_the_entry_whose_number_it_names(post):
    mrn = post.lodged("A1")
    declared = post.declared("D1", naming("355", mrn))
    assert post.held(mrn).declarations == (declared,)


def test_a_container_alone_joins_only_what_is_near_in_time(post):
    mrn = post.lodged("A1", BOXED)
    post.declared("D1", naming("container", BOX), ARRIVAL + timedelta(days=31))
    assert post.held(mrn).declarations == ()
    near = post.declared("D2", naming("container", BOX), ARRIVAL + timedelta(days=29))
    assert post.held(mrn).declarations == (near,)


def test_a_declaration_lodged_long_before_is_not_read_for_an_entry(post):
    post.declared("D1", naming("705", "TGBL0003"), ARRIVAL - timedelta(days=31))
    near = post.declared("D2", naming("705", "TGBL0003"), ARRIVAL - timedelta(days=29))
    assert post.held(post.lodged("A1", BOXED)).declarations == (near,)


def test_a_rejected_entry_meets_nothing(post):
    mrn = post.lodged("A1", {**BOXED, "GOOITEGDS[1]/IteNumGDS7": "2"})
    post.declared("D1", naming("container", BOX))
    post.declared("D2", naming("355", mrn))
    assert post.held(mrn).declarations == ()


def test_an_amendment_meets_what_it_names_now(post):
    mrn = post.lodged("A1")
    declared = post.declared("D1", naming("705", "TGBL0009"))
    assert post.held(mrn).declarations == ()
    post.amended(mrn, {"GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23": "TGBL0009"})
    assert post.held(mrn).declarations == (declared,)


def test_nothing_is_loose_without_a_reason(post):
    edits = [
        {},
        {**ANOTHER, "GOOITEGDS[1]/IteNumGDS7": "2"},
        {"GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23": "LEFT"},
        {"GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23": "LATER", "HEAHEA/ConRefNumHEA": "TG2602N"},
        {"GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23": "FAR", "CUSOFFFENT730/RefNumCUSOFFFENT731": "GB000011"},
        {"GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23": "MET"},
    ]
    numbers = [post.lodged(f"A{number}", one) for number, one in enumerate(edits)]
    post.arrives(DOCUMENT, "MET")
    post.declared("D1", naming("705", "MET"))
    with post.tables() as connection:
        ends = {one.subject: one.reason for one in loose_ends(connection)}
    expected = ["undeclared", "rejected", "missed", "on its way", "elsewhere"]
    assert ends == dict(zip(numbers, expected, strict=False))


def test_tables_folded_as_it_came_are_those_rebuilt_from_the_start(post):
    test_nothing_is_loose_without_a_reason(post)
    replayed = replay(post.journal, EntryReader(), post.folder / "read")
    assert replayed.before == replayed.after
    assert replayed.entries > 10


def test_a_new_version_goes_on_with_what_the_old_one_heard(tmp_path):
    post = EntryPost(tmp_path)
    mrn = post.lodged("A1", BOXED)
    newer = EntryResponder(post.terms, post.journal)
    newer.version = 2
    answer(post.journal, newer, post.folder / "responders")
    arrive_conveyance(post.journal, SHIP, ARRIVAL, "operator:line", office=OFFICE, discharged=[BOX])
    lodge(post.journal, [lodging("D1", naming("container", BOX), ARRIVAL)], country="GB", key=bytes(32))
    answer(post.journal, newer, post.folder / "responders")
    held = post.held(mrn)
    post.journal.close()
    assert (held.state, len(held.declarations)) == ("released", 1)
    assert held.versions == 1
