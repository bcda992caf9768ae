"""What officers look up: by references, who is on what, how operators were met; folded however acts come."""

from contextlib import closing

import pytest

from tests.unit.clearance.making import ITEM, MOMENT, RED
from tidegate.acts import EntryMatched, GoodsReference
from tidegate.clearance import (
    DeskReader,
    NotAllowedError,
    OvertakenError,
    UnknownConsignmentError,
    announced_by,
    consignment_now,
    found_by,
    give_back,
    operator_past,
    record_control,
    take_up,
    taken_by,
    takings,
    work_now,
)
from tidegate.clearance.drafting import author_key, draft
from tidegate.journal import Append, Key, follow, replay, tables

A, B = "person:anna", "person:ben"
UCR = "GoodsShipment/UCR/TraderAssignedReferenceID"
CONTAINER = "GoodsShipment/Consignment/TransportEquipment[1]/ID"
WAYBILL = {
    f"{ITEM}/AdditionalDocument[9]/TypeCode": "N705",
    f"{ITEM}/AdditionalDocument[9]/ID": "BL-4711",
}


def looked_up(post, batch=1_000):
    folder = post.folder / f"read-{batch}"
    follow(post.journal, DeskReader(), folder, batch=batch)
    return closing(tables(DeskReader(), folder))


@pytest.mark.parametrize(
    ("edits", "reference", "kind"),
    [
        ({UCR: "6GB123-A"}, "6gb123-a", "ucr"),
        ({CONTAINER: "MSCU1234566"}, "MSCU1234566", "container"),
        ({"GoodsShipment/Importer/ID": "XA777"}, "XA777", "operator"),
        ({}, "LRN-1", "lrn"),
    ],
)
def test_a_consignment_is_found_by_what_it_is_known_by(post, edits, reference, kind):
    mrn, other = post.cleared("LRN-1", edits), post.cleared("LRN-2")
    with looked_up(post) as found:
        assert [(one.mrn, one.kind) for one in found_by(found, reference)] == [(mrn, kind)]
        assert mrn != other
        assert found_by(found, reference[:-1]) == []


def test_those_under_one_number_are_read_in_pages_the_latest_first(post):
    numbers = [post.cleared(f"L{n}", {"GoodsShipment/Importer/ID": "XA777"}) for n in range(5)]
    with looked_up(post) as found:
        seen, before = [], None
        while part := found_by(found, "XA777", before=before, limit=2):
            seen += [one.mrn for one in part]
            before = part[-1].position
    assert seen == numbers[::-1]


def test_whom_controls_met_and_found_wrong_is_counted_once_a_consignment_for_every_party(post):
    one, _other = (post.cleared(f"L{n}", RED | {"GoodsShipment/Importer/ID": "XA777"}) for n in range(2))
    declarant = consignment_now(post.journal, one)[0].declarant
    record_control(post.journal, one, MOMENT, A, outcome="irregular", found="Other goods.")
    record_control(post.journal, one, MOMENT, A, outcome="conform", found="Put right.")
    with looked_up(post) as found:
        for number in ("XA777", declarant):
            past = operator_past(found, number)
            assert (past.consignments, past.controls, past.hits) == (2, 1, 1)
        assert operator_past(found, "XA000").consignments == 0


def test_who_takes_a_consignment_up_is_seen_until_it_is_given_back_or_released(post):
    one, other = post.cleared("L1", RED), post.cleared("L2", RED)
    take_up(post.journal, one, MOMENT, A, seen=-1)
    take_up(post.journal, other, MOMENT, A, seen=-1)
    with looked_up(post) as found:
        assert takings(found, [one, other])[one].officer == A
        assert set(taken_by(found, A)) == {one, other}
    give_back(post.journal, one, MOMENT, A)
    record_control(post.journal, other, MOMENT, B, outcome="conform", found="")
    post.catch_up()
    with looked_up(post) as found:
        assert takings(found, [one, other]) == {}


def test_taking_up_locks_nothing_and_overtakes_nobody(post):
    mrn = post.cleared("L1", RED)
    seen = consignment_now(post.journal, mrn)[1]
    take_up(post.journal, mrn, MOMENT, A)
    record_control(post.journal, mrn, MOMENT, B, outcome="conform", found="", seen=seen)


def test_of_two_who_take_up_at_once_the_second_is_told(post):
    mrn = post.cleared("L1", RED)
    first = take_up(post.journal, mrn, MOMENT, A, seen=-1)
    with pytest.raises(OvertakenError) as told:
        take_up(post.journal, mrn, MOMENT, B, seen=-1)
    assert told.value.fields["position"] == first
    assert take_up(post.journal, mrn, MOMENT, A, seen=-1) == first
    take_up(post.journal, mrn, MOMENT, B, seen=first)
    assert work_now(post.journal, mrn).officer == B


def test_only_who_is_on_it_gives_back_and_only_what_there_is_is_taken_up(post):
    mrn = post.cleared("L1", RED)
    with pytest.raises(NotAllowedError):
        give_back(post.journal, mrn, MOMENT, A)
    take_up(post.journal, mrn, MOMENT, A)
    with pytest.raises(NotAllowedError):
        give_back(post.journal, mrn, MOMENT, B)
    with pytest.raises(UnknownConsignmentError):
        take_up(post.journal, "26XANOSUCHNUMBER00", MOMENT, A)


def test_the_entry_that_a_declaration_met_is_known_with_what_they_share(post):
    mrn = post.cleared("L1")
    act = EntryMatched(mrn="26XAENTRY", declaration=mrn, by=GoodsReference("container", "MSCU1234566"))
    post.journal.append([Append((draft(act, MOMENT, author_key("responder:entry"), [Key("entry:x")]),))])
    with looked_up(post) as found:
        assert announced_by(found, mrn) == [("26XAENTRY", "container", "MSCU1234566")]


def test_folded_one_by_one_and_in_one_go_and_anew_is_the_same(post):
    mrn = post.cleared("L1", RED | {UCR: "6GB123-A"})
    take_up(post.journal, mrn, MOMENT, A)
    record_control(post.journal, mrn, MOMENT, A, outcome="irregular", found="Other goods.")
    rows = []
    for batch in (1, 1_000):
        with looked_up(post, batch) as found:
            rows.append(
                [found.execute(f"SELECT * FROM {name}").fetchall() for name in ("known", "operators")]
            )
    assert rows[0] == rows[1]
    told = replay(post.journal, DeskReader(), post.folder / "read-1")
    assert told.before == told.after
