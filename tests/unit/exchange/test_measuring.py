"""What is measured from acts alone: dry runs, reviews, totals, retention, assistance."""

from datetime import timedelta

import msgspec
import pytest

from tests.unit.exchange.nodes import agree, document
from tidegate.acts import (
    DisclosureExpired,
    DisclosureReceived,
    DisclosureSent,
    EnquiryAnswered,
    EnquiryMade,
    decode,
)
from tidegate.exchange import (
    NotInThatStateError,
    Question,
    answer_enquiry,
    canonical,
    change,
    enquire,
    propose,
    read_agreement,
    sign,
)
from tidegate.exchange.auditing import audit, audit_answer
from tidegate.exchange.dry_run import dry_run
from tidegate.exchange.expiring import expire
from tidegate.exchange.messages import Answered, Disclosed, Message
from tidegate.exchange.rendering import agreement_key
from tidegate.exchange.review import review
from tidegate.exchange.review_page import partner_map, review_page
from tidegate.exchange.standing import standing_of
from tidegate.journal import verify

UID = "urn:example:xa-xb"
BOTH = {"assigner": "xa.example", "assignee": "xb.example"}
TOTALS = {
    **BOTH,
    "uid": "totals",
    "action": "disclose",
    "target": "goods.released",
    "purpose": ["statistics"],
    "aggregate": {"by": ["transport_mode"], "total": ["net_mass"], "period": "day", "minimumCell": 3},
}


def reviewed(node, partner):
    now = node.clock()
    return review(node.journal, node.name, partner.name, now - timedelta(days=365), now)


def content_of(act, type_):
    return msgspec.json.decode(msgspec.json.decode(act.message, type=Message).content, type=type_)


def test_a_dry_run_over_the_past_shows_what_the_agreement_then_sends(pair, messages):
    first, second = pair
    agreement = read_agreement(canonical(document()))
    now = first.clock()
    assert dry_run(first.journal, agreement, first.name, b"", (now - timedelta(days=92), now))[0].shared == 0
    agree(first, second)
    first.lodge(*messages[:8])
    now = first.clock()
    key = agreement_key(first.node.key, UID)
    (told,) = dry_run(first.journal, agreement, first.name, key, (now - timedelta(days=92), now))
    sent = [content_of(act, Disclosed) for act in first.acts(DisclosureSent.KIND)]
    assert told.shared == len(sent) > 0
    assert told.rows == sum(len(one.rows) for one in sent)
    assert told.fields.keys() <= {"mrn", "commodity", "origin", "net_mass"}
    assert told.examples == [row for one in sent for row in one.rows][:3]


def test_a_dry_run_looks_no_further_back_than_it_is_asked(pair, messages):
    first, _ = pair
    first.lodge(*messages[:4])
    first.net.clock.now += timedelta(days=100)
    agreement, now = read_agreement(canonical(document())), first.clock()
    (told,) = dry_run(first.journal, agreement, first.name, b"k", (now - timedelta(days=92), now))
    assert (told.acts, told.shared) == (0, 0)


def test_totals_go_out_when_their_period_is_over_and_small_cells_never_do(pair, messages):
    first, second = pair
    agree(first, second, document(permission=[TOTALS]))
    first.lodge(*messages[:15])
    assert first.acts(DisclosureSent.KIND) == []
    first.net.clock.now += timedelta(days=1)
    first.lodge(messages[15])
    sent = [content_of(act, Disclosed) for act in first.acts(DisclosureSent.KIND)]
    assert [one.period for one in sent] == ["2026-03-02"]
    rows = sent[0].rows
    assert rows
    assert all(int(row["declarations"]) >= 3 for row in rows)
    assert all(set(row) == {"transport_mode", "total_net_mass", "declarations"} for row in rows)
    assert first.deliver(second).receipts == 1


def test_a_responder_that_begins_anew_goes_on_where_it_stopped(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:4])
    before = first.acts(DisclosureSent.KIND)
    (first.node.working_tables / "exchange.sqlite").unlink()
    first.lodge(*messages[4:8])
    after = first.acts(DisclosureSent.KIND)
    assert after[: len(before)] == before
    assert len({act.id for act in after}) == len(after) > len(before)
    assert first.deliver(second).receipts == len(after)


def test_the_review_counts_flows_answers_and_outcomes_from_acts(pair, messages):
    first, second = pair
    outcomes = [
        {
            "uid": "some",
            "text": "Some are received.",
            "measure": "received",
            "atLeast": "1",
            "clause": "released",
        },
        {"uid": "quick", "text": "Answers are quick.", "measure": "answer_hours", "atMost": "1"},
        {"uid": "many", "text": "A million are sent.", "measure": "sent", "atLeast": "1000000"},
        {"uid": "found", "text": "Something is found.", "measure": "hits", "atLeast": "1"},
    ]
    agree(first, second, document(expectedOutcome=outcomes))
    mrns = first.lodge(*messages[:6])
    first.deliver(second)
    enquire(second.actor, UID, "verify", Question(mrn=mrns[0]), "mutual-assistance")
    enquire(second.actor, UID, "assist", Question(text="Please look."), "mutual-assistance")
    second.deliver(first)
    first.node.catch_up()
    first.deliver(second)
    second.net.clock.now += timedelta(days=11)
    told = reviewed(second, first).agreements[0]
    assert told.received["released"] == len(first.acts(DisclosureSent.KIND))
    assert (told.enquiries_made, told.answered_by_partner, told.overdue) == (2, 1, 1)
    assert 23 < told.silence_hours < 25, "assistance was due after ten days, and eleven have passed"
    assert {one.outcome: one.reached for one in told.outcomes} == {
        "some": True,
        "quick": True,
        "many": False,
        "found": False,
    }
    page = review_page(reviewed(second, first), second.name)
    assert "| Some are received. | received at least 1 |" in page
    assert "xa.example" in partner_map(standing_of(second.journal), second.name)


def test_assistance_is_asked_answered_with_evidence_and_bound_by_the_agreement(pair):
    first, second = pair
    agree(first, second)
    asked = enquire(second.actor, UID, "assist", Question(text="Was it inspected?"), "mutual-assistance")
    assert asked.due is not None
    second.deliver(first)
    (heard,) = first.acts(EnquiryMade.KIND)
    first.node.catch_up()
    assert first.acts(EnquiryAnswered.KIND) == [], "software does not answer what officers are asked"
    answer_enquiry(first.actor, second.name, heard.id, "It was, and it conformed.", (b"a picture",))
    first.deliver(second)
    (answer,) = second.acts(EnquiryAnswered.KIND)
    told = content_of(answer, Answered)
    assert (told.enquiry, told.text, len(told.evidence)) == (asked.id, "It was, and it conformed.", 1)
    assert first.journal.attachment(told.evidence[0]) == b"a picture"


def test_what_may_be_kept_no_longer_is_erased_and_the_log_and_the_audit_still_hold(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:5])
    first.deliver(second)
    count = len(second.acts(DisclosureReceived.KIND))
    assert expire(second.journal, second.node.read_tables, second.name, second.clock()) == 0
    second.net.clock.now += timedelta(days=31)
    assert expire(second.journal, second.node.read_tables, second.name, second.clock()) == count
    entries = second.journal.read(0, 100_000, {DisclosureReceived.KIND})
    assert [one.body for one in entries] == [None] * count
    (act,) = second.acts(DisclosureExpired.KIND)
    assert len(act.ids) == count
    assert verify(second.journal).faults == ()

    def ask(question):
        return audit_answer(second.journal, second.node.signing_keys(), first.name, question)

    assert audit(first.journal, first.partner(second), ask).differences == ()


def test_an_amended_agreement_lets_out_what_the_new_version_says(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:4])
    waiting = len(first.acts(DisclosureSent.KIND))
    narrower = document(version=2)
    del narrower["permission"][0]["fields"]["mrn"]
    propose(first.actor, canonical(narrower))
    first.deliver(second)
    received = len(second.acts(DisclosureReceived.KIND))
    assert received == waiting, "what was made ready under the version in force leaves while it is"
    first.lodge(*messages[4:6])
    sign(second.actor, UID)
    second.deliver(first)
    told = first.deliver(second)
    assert told.withdrawn == len(first.acts(DisclosureSent.KIND)) - waiting, "the clause has changed"
    first.lodge(*messages[6:9])
    rows = content_of(first.acts(DisclosureSent.KIND)[-1], Disclosed).rows
    assert all("mrn" not in row for row in rows)
    assert first.deliver(second).receipts > 0


def test_only_the_party_that_suspended_resumes(pair):
    first, second = pair
    agree(first, second)
    change(first.actor, UID, "suspend", "for the test")
    first.deliver(second)
    assert standing_of(second.journal).agreements[UID].state == "suspended"
    with pytest.raises(NotInThatStateError):
        change(second.actor, UID, "resume", "it is not ours")


def test_the_acts_of_an_exchange_read_back(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:2])
    first.deliver(second)
    for node in pair:
        for entry in node.journal.read(0, 100_000):
            decode(entry.kind, entry.version, entry.body)
