"""The queue of officers and the lists of declarants: folded from acts, however those come in batches."""

from contextlib import closing
from datetime import timedelta
from typing import get_args

import pytest

from tests.unit.clearance.making import MOMENT, PAYS_AT_ONCE, PRE_LODGED, RED, YELLOW
from tidegate.acts import ChannelAssigned, DeclarationAssessed
from tidegate.clearance import (
    ClearanceReader,
    NotAllowedError,
    OvertakenError,
    acts_about,
    arrive,
    consignment_now,
    holder_of,
    holdings,
    order_control,
    queue,
    queue_counts,
    record_control,
    refer,
    task_of,
)
from tidegate.clearance.life import Outstanding
from tidegate.clearance.work import _HOLDERS
from tidegate.journal import follow, tables

OFFICER = "officer:1"


def folded(post, batch=1_000):
    """Return the reader's tables, made in batches of a size."""
    folder = post.folder / f"read-{batch}"
    follow(post.journal, ClearanceReader(), folder, batch=batch)
    return closing(tables(ClearanceReader(), folder))


def waiting(post, **filters):
    with folded(post) as found:
        return [(one.mrn, one.task) for one in queue(found, **filters)]


def test_documents_are_examined_before_goods_and_what_is_not_there_is_not_examined(post):
    red, yellow = post.cleared("L1", RED), post.cleared("L2", YELLOW)
    absent = post.cleared("L3", RED | PRE_LODGED)
    assert waiting(post) == [(yellow, "documents"), (red, "goods")]
    arrive(post.journal, absent, MOMENT, "operator:XA1")
    assert (absent, "goods") in waiting(post)


def test_what_is_done_leaves_and_what_was_found_waits_for_a_decision(post):
    one, other = post.cleared("L1", RED), post.cleared("L2", RED)
    record_control(post.journal, one, MOMENT, OFFICER, outcome="conform", found="")
    record_control(post.journal, other, MOMENT, OFFICER, outcome="irregular", found="Other goods.")
    post.catch_up()
    assert waiting(post) == [(other, "decision")]


def test_a_task_has_its_reason_and_the_deadline_of_its_kind(post):
    mrn = post.cleared("L1", YELLOW)
    with folded(post) as found:
        (one,) = queue(found, standards={"documents": 2, "goods": 24, "decision": 24})
    assert (one.mrn, one.channel, one.since) == (mrn, "yellow", int(MOMENT.timestamp()))
    assert one.deadline == one.since + 2 * 3600
    assert one.grounds


def test_what_its_score_has_chosen_is_told_with_the_first_reason_of_its_risk(post):
    mrn = post.cleared("L1", YELLOW)
    (assessed,) = [act for _, act in acts_about(post.journal, mrn) if isinstance(act, DeclarationAssessed)]
    (chosen,) = [act for _, act in acts_about(post.journal, mrn) if isinstance(act, ChannelAssigned)]
    assert chosen.stratum == "profile"
    with folded(post) as found:
        assert [one.grounds for one in queue(found)] == [assessed.reasons[0].text]


def test_a_long_queue_is_read_in_pages_and_counted_whole(post):
    numbers = {post.cleared(f"L{n}", YELLOW) for n in range(7)}
    with folded(post) as found:
        seen, after = [], None
        while part := queue(found, limit=3, after=after):
            seen += [one.mrn for one in part]
            after = (part[-1].deadline, part[-1].mrn)
        assert queue_counts(found) == {("documents", "yellow"): (7, int(MOMENT.timestamp()))}
    assert len(seen) == len(numbers) == 7
    assert set(seen) == numbers


def test_offices_tasks_and_channels_are_filtered(post):
    red, yellow = post.cleared("L1", RED), post.cleared("L2", YELLOW)
    office = consignment_now(post.journal, red)[0].office
    assert waiting(post, office=office, channel="red") == [(red, "goods")]
    assert waiting(post, task="documents") == [(yellow, "documents")]
    assert waiting(post, office="XAXXX999") == []


@pytest.mark.parametrize("batch", [1, 7])
def test_batches_make_no_difference(post, batch):
    for n, edits in enumerate((RED, YELLOW, {}, PAYS_AT_ONCE, RED | PRE_LODGED, RED)):
        post.cleared(f"L{n}", edits)
    first = waiting(post)[0][0]
    record_control(post.journal, first, MOMENT, OFFICER, outcome="irregular", found="Less.")
    order_control(post.journal, first, MOMENT, OFFICER, channel="red", grounds="A tip.")
    read = "SELECT * FROM work ORDER BY mrn", "SELECT * FROM grounds ORDER BY mrn", "SELECT * FROM holdings"
    with folded(post) as whole, folded(post, batch) as cut:
        for question in read:
            assert list(cut.execute(question)) == list(whole.execute(question)) != []


def test_a_declarant_has_a_list_of_what_is_its_own_with_who_must_act(post):
    held, free, owing = post.cleared("L1", RED), post.cleared("L2"), post.cleared("L3", PAYS_AT_ONCE)
    declarant = consignment_now(post.journal, held)[0].declarant
    with folded(post) as found:
        own = {one.mrn: one for one in holdings(found, [declarant])}
        assert {mrn: one.holder for mrn, one in own.items()} == {held: "customs", free: "", owing: "trader"}
        assert own[owing].waits == "payment"
        assert own[owing].owed.endswith(" XTS")
        assert [one.mrn for one in holdings(found, [declarant], holder="trader")] == [owing]
        assert holdings(found, ["XA999999999"]) == []
        last = holdings(found, [declarant], limit=2)[-1]
        rest = holdings(found, [declarant], before=(last.lodged, last.mrn))
        assert len(rest) == 1


def test_an_officer_orders_a_control_of_what_was_let_through(post):
    mrn = post.cleared("L1", PAYS_AT_ONCE)
    assert task_of(consignment_now(post.journal, mrn)[0]) is None
    order_control(post.journal, mrn, MOMENT, OFFICER, channel="red", grounds="A tip.")
    now = consignment_now(post.journal, mrn)[0]
    assert (now.state, now.channel, task_of(now), holder_of(now)) == (
        "under_control",
        "red",
        "goods",
        "customs",
    )
    with folded(post) as found:
        assert [one.grounds for one in queue(found)] == ["A tip."]


def test_whatever_release_may_wait_for_has_somebody_who_holds_it():
    assert set(get_args(Outstanding)) == set(_HOLDERS)


def test_what_is_released_is_not_controlled_any_more(post):
    mrn = post.cleared("L1")
    with pytest.raises(NotAllowedError, match="is released"):
        order_control(post.journal, mrn, MOMENT, OFFICER, channel="red", grounds="A tip.")


def test_what_is_referred_is_found_by_whom_it_was_referred_to_until_it_is_controlled(post):
    mrn = post.cleared("L1", RED)
    refer(post.journal, mrn, MOMENT, OFFICER, to="XALAB001", words="A sample is to be analysed.")
    assert waiting(post, referred="XALAB001") == [(mrn, "goods")]
    record_control(post.journal, mrn, MOMENT, OFFICER, outcome="irregular", found="Not olive oil.")
    assert waiting(post, referred="XALAB001") == []
    assert waiting(post) == [(mrn, "decision")]


@pytest.mark.parametrize(
    "said", [{"to": " ", "words": "why"}, {"to": "B", "words": " "}, {"to": "B", "words": "x" * 2_001}]
)
def test_a_referral_says_to_whom_and_why(post, said):
    mrn = post.cleared("L1", RED)
    with pytest.raises(NotAllowedError):
        refer(post.journal, mrn, MOMENT, OFFICER, **said)


def test_who_acts_on_what_they_saw_is_told_when_it_has_changed(post):
    mrn = post.cleared("L1", RED)
    seen = consignment_now(post.journal, mrn)[1]
    refer(post.journal, mrn, MOMENT, OFFICER, to="XALAB001", words="A sample.", seen=seen)
    with pytest.raises(OvertakenError) as refused:
        record_control(
            post.journal,
            mrn,
            MOMENT + timedelta(minutes=1),
            "officer:2",
            outcome="conform",
            found="",
            seen=seen,
        )
    assert refused.value.fields["position"] == consignment_now(post.journal, mrn)[1]
