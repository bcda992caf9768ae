"""Entry summary declarations are taken in, answered, amended and diverted."""

from datetime import timedelta

import pytest

from tests.unit.entry.making import ARRIVAL, CONTROLLED, FORBIDDEN, MOMENT, SHIP, EntryPost, octets
from tidegate.declarations.references import check_mrn
from tidegate.entry import EntryRefusedError, answers_of, divert, entry_now
from tidegate.journal import AttachmentErasedError

BROKEN = {"GOOITEGDS[1]/IteNumGDS7": "2"}


def said(post, mrn):
    return [one.type for one in answers_of(post.journal, mrn)]


def test_a_sound_entry_is_accepted_under_a_number_and_may_proceed(post):
    mrn = post.lodged("A1")
    held = post.held(mrn)
    assert check_mrn(mrn) is None
    assert (held.state, held.decision, held.conveyance, held.office) == (
        "accepted",
        "proceed",
        SHIP,
        "GB000060",
    )
    assert held.expected == ARRIVAL
    assert [(one.kind, one.id) for one in held.references] == [("document", "TGBL0001")]
    assert said(post, mrn) == ["CC328A"]


def test_an_entry_that_breaks_rules_is_rejected_with_every_finding(post):
    mrn = post.lodged("A1", {**BROKEN, "ITI[2]": None})
    held = post.held(mrn)
    assert (held.state, held.codes, held.decision) == ("rejected", ("8102", "8684"), None)
    (answer,) = answers_of(post.journal, mrn)
    assert (answer.type, [one.code for one in answer.findings]) == ("CC316A", ["8102", "8684"])
    assert answer.text == "Rejected: 2 things to put right."


@pytest.mark.parametrize(
    "data",
    [
        b"<a/>",
        b"",
        octets("A1", {"MesIdeMES19": None}),
        octets("A1").replace(b"202601171400", b"202602301400"),
    ],
)
def test_a_message_that_is_no_entry_is_kept_with_what_is_wrong(post, data):
    receipt = post.receive(data)
    assert receipt.mrn is None
    assert receipt.findings
    assert post.kinds() == ["message.received"]


def test_a_reference_is_used_once(post):
    first = post.lodged("A1")
    again = post.receive(octets("A1"))
    assert again.mrn is None
    assert again.findings[0].values == {"mrn": first}
    assert post.receive(octets("A2")).mrn not in {None, first}


def test_what_profiles_say_of_the_goods_decides_in_advance(post):
    controlled, forbidden = post.lodged("A1", CONTROLLED), post.lodged("A2", FORBIDDEN)
    assert post.held(controlled).decision == "control at arrival"
    assert post.held(forbidden).decision == "do not load"
    assert said(post, controlled) == ["CC328A", "CC351A"]
    act = next(one for one in post.journal.read(0) if one.kind == "advance.decided")
    assert b"'General cargo' says nothing." in act.body


def test_a_decision_does_not_depend_on_the_batch(tmp_path):
    bodies = []
    for size in (1, 3, 1000):
        post = EntryPost(tmp_path / str(size))
        for number in range(6):
            post.receive(octets(f"A{number}", [{}, CONTROLLED, FORBIDDEN, BROKEN][number % 4]))
        post.catch_up(batch=size)
        post.catch_up(batch=size)
        answers = [one for one in post.journal.read(0, 1000) if one.cause is not None]
        bodies.append(sorted((one.kind, one.body) for one in answers))
        post.journal.close()
    assert bodies[0] == bodies[1] == bodies[2]
    assert len(bodies[0]) == 11


def test_what_was_erased_before_it_was_answered_is_rejected_and_holds_up_nothing(post, monkeypatch):
    first = post.receive(octets("A1"))
    second = post.receive(octets("A2"))
    read, erased = post.journal.attachment, post.journal.read(first.position, 1)[0].attachments[0]

    def attachment(digest):
        if digest == erased:
            raise AttachmentErasedError("gone")
        return read(digest)

    monkeypatch.setattr(post.journal, "attachment", attachment)
    post.catch_up()
    assert (post.held(first.mrn).state, post.held(first.mrn).codes) == ("rejected", ("TG-ERASED",))
    assert post.held(second.mrn).state == "accepted"


def test_an_amendment_takes_the_place_of_what_was_announced(post):
    mrn = post.lodged("A1")
    post.amended(mrn, {"GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23": "TGBL0002", **CONTROLLED})
    held = post.held(mrn)
    assert [one.id for one in held.references] == ["TGBL0002"]
    assert (held.versions, held.decision, held.state) == (2, "control at arrival", "accepted")
    assert said(post, mrn) == ["CC328A", "CC304A", "CC351A"]


def test_an_amendment_that_breaks_a_rule_changes_nothing(post):
    mrn = post.lodged("A1")
    before = post.held(mrn)
    post.amended(mrn, {**BROKEN, "GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23": "TGBL0002"})
    assert post.held(mrn) == before
    assert said(post, mrn) == ["CC328A", "CC305A"]


@pytest.mark.parametrize(
    ("edits", "code"),
    [({"PERLODSUMDEC/TINPLD1": "GB000000001000"}, "TG-ENS-PERSON"), ({}, "TG-ENS-CLOSED")],
)
def test_an_amendment_of_another_or_after_arrival_is_refused(post, edits, code):
    mrn = post.lodged("A1")
    if not edits:
        post.arrives("TGBL0001")
    post.amended(mrn, edits)
    assert [one.code for one in answers_of(post.journal, mrn)[-1].findings] == [code]
    assert post.held(mrn).versions == 1


def test_an_amendment_of_nothing_is_refused(post):
    receipt = post.amended("26GB0000060A1B2C31")
    (refused,) = [one for one in post.journal.read(0) if one.kind == "alteration.refused"]
    assert receipt.position == 0
    assert b"TG-ENS-UNKNOWN" in refused.body


def test_a_diversion_moves_the_goods_to_another_office(post):
    mrn = post.lodged("A1")
    divert(
        post.journal, mrn, MOMENT, "operator:line", office="GB000011", expected=ARRIVAL + timedelta(hours=5)
    )
    post.catch_up()
    held = post.held(mrn)
    assert (held.office, held.expected, held.diverted) == ("GB000011", ARRIVAL + timedelta(hours=5), 1)
    post.arrives("TGBL0001")
    assert post.held(mrn).state == "accepted"
    post.arrives("TGBL0001", office="GB000011")
    assert post.held(mrn).state == "released"


def test_what_is_not_on_its_way_is_not_diverted(post):
    rejected = post.lodged("A1", BROKEN)
    with pytest.raises(EntryRefusedError) as refused:
        divert(post.journal, rejected, MOMENT, "operator:line", office="GB000011", expected=ARRIVAL)
    assert refused.value.code == "not_allowed"
    with pytest.raises(EntryRefusedError) as unknown:
        entry_now(post.journal, "26GB0000060A1B2C31")
    assert unknown.value.code == "unknown"
