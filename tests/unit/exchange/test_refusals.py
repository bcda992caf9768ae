"""What an agreement does not allow is refused with the clause or reason, and journalled on both sides."""

import itertools
from datetime import timedelta

import msgspec
import pytest

from tests.unit.exchange.nodes import agree, document
from tidegate.acts import (
    DisclosureReceived,
    DisclosureRefused,
    DisclosureSent,
    DisclosureWithdrawn,
    EnquiryAnswered,
    EnquiryRefused,
    MessageRefused,
    ReceiptRecorded,
)
from tidegate.exchange import Question, change, enquire
from tidegate.exchange.delivering import ParcelRefusedError, UnreachableError
from tidegate.exchange.messages import Answer, Answered, Message, Parcel
from tidegate.exchange.signed import Request, sign_request
from tidegate.node.exchange import signing_key

NONCES = itertools.count()
UID = "urn:example:xa-xb"


def sent_by_hand(node, to, message, **changes):
    """Have a node send a message that its own software would not: signed by it, whatever it says."""
    parts = {
        "profile": "https://tidegate.example/ns/exchange/1",
        "from": node.name,
        "to": to.name,
        "messages": [message],
        **changes,
    }
    request = Request("POST", f"http://{to.name.partition('/')[0]}:1/exchange/v1/parcels", {}, b"")
    request.body = msgspec.json.encode(parts)
    sign_request(request, signing_key(node.node), node.clock(), f"by hand {next(NONCES)}")
    return to.door.answer(request), request


def disclosure(**changes):
    rows = [{"mrn": "0" * 32, "origin": "CN"}]
    parts = {
        "id": "a" * 32,
        "type": "disclosure",
        "agreement": UID,
        "version": 1,
        "clause": "released",
        "purpose": "risk-management",
        "content": {"kind": "goods.released", "rows": rows},
    }
    return {**parts, **changes}


OUTSIDE = {
    "another field": ("out_of_scope", {"rows": [{"importer": "XA1"}]}),
    "a field in plain that should be a pseudonym": ("out_of_scope", {"rows": [{"mrn": "26XA1"}]}),
    "more digits than allowed": ("out_of_scope", {"rows": [{"commodity": "8471300000"}]}),
    "a number between the steps": ("out_of_scope", {"rows": [{"net_mass": "12"}]}),
    "another kind of act": ("out_of_scope", {"kind": "control.recorded"}),
    "a member that the profile does not have": ("unreadable", {"also": "this"}),
}


@pytest.mark.parametrize("what", OUTSIDE)
def test_a_disclosure_out_of_scope_is_refused_with_its_clause_and_journalled(pair, what):
    first, second = pair
    agree(first, second)
    reason, changes = OUTSIDE[what]
    content = {"kind": "goods.released", "rows": [{"origin": "CN"}], **changes}
    answer, _ = sent_by_hand(first, second, disclosure(content=content))
    (refusal,) = msgspec.json.decode(answer.body, type=Answer).refusals
    assert (refusal.reason, refusal.clause) == (reason, "released")
    (act,) = second.acts(DisclosureRefused.KIND)
    assert (act.by, act.reason, act.clause) == (second.name, reason, "released")
    assert second.acts(DisclosureReceived.KIND) == []


def test_what_is_in_scope_is_taken_so_that_the_refusals_are_for_what_differs(pair):
    first, second = pair
    agree(first, second)
    answer, _ = sent_by_hand(first, second, disclosure())
    assert len(msgspec.json.decode(answer.body, type=Answer).receipts) == 1


def test_a_wrong_purpose_is_refused_and_both_journals_tell(pair, messages):
    first, second = pair
    agree(first, second)
    (mrn,) = first.lodge(messages[0])
    enquire(second.actor, UID, "verify", Question(mrn=mrn), "statistics")
    assert second.deliver(first).refused == 1
    for node in pair:
        (act,) = node.acts(EnquiryRefused.KIND)
        assert (act.by, act.reason, act.clause) == (first.name, "wrong_purpose", "verify")


@pytest.mark.parametrize("what", ["suspend", "end"])
def test_a_disclosure_under_an_agreement_that_was_suspended_or_ended_is_refused(pair, messages, what):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:4])
    change(second.actor, UID, what, "for the test")  # the sender has not heard of it yet
    told = first.deliver(second)
    assert told.receipts == 0
    assert told.refused == told.sent > 0
    reason = {"suspend": "suspended", "end": "ended"}[what]
    for node in pair:
        assert {act.reason for act in node.acts(DisclosureRefused.KIND)} == {reason}


def test_an_expired_agreement_shares_nothing_and_takes_nothing(pair, messages):
    first, second = pair
    agree(first, second, document(validUntil="2026-03-03T00:00:00Z"))
    first.lodge(*messages[:3])
    first.net.clock.now += timedelta(days=2)
    told = first.deliver(second)
    assert (told.sent, told.withdrawn) == (0, len(first.acts(DisclosureSent.KIND))), "nothing leaves"
    answer, _ = sent_by_hand(first, second, disclosure())
    assert [one.reason for one in msgspec.json.decode(answer.body, type=Answer).refusals] == ["expired"]
    before = len(first.acts(DisclosureSent.KIND))
    first.lodge(*messages[4:8])
    assert len(first.acts(DisclosureSent.KIND)) == before


def test_what_waits_when_an_agreement_is_suspended_goes_on_waiting_and_is_sent_when_it_is_resumed(
    pair, messages
):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:6])
    waiting = len(first.acts(DisclosureSent.KIND))
    change(first.actor, UID, "suspend", "for the test")
    told = first.deliver(second)
    assert (told.sent, told.receipts) == (1, 1), "the suspension alone"
    assert second.acts(DisclosureReceived.KIND) == []
    first.lodge(*messages[6:9])
    assert len(first.acts(DisclosureSent.KIND)) == waiting, "nothing new is made ready either"
    change(first.actor, UID, "resume", "for the test")
    assert first.deliver(second).receipts == waiting + 1


def test_what_waits_when_an_agreement_ends_is_withdrawn(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:6])
    waiting = len(first.acts(DisclosureSent.KIND))
    change(first.actor, UID, "end", "for the test")
    assert first.deliver(second).withdrawn == waiting
    assert {act.reason for act in first.acts(DisclosureWithdrawn.KIND)} == {"ended"}
    assert second.acts(DisclosureReceived.KIND) == []


def test_what_had_arrived_when_an_agreement_ended_is_not_withdrawn_but_receipted(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:6])
    send, first.net.send = first.net.send, None

    def lost(request):
        send(request)
        raise UnreachableError("The answer was lost.")

    first.net.send = lost
    with pytest.raises(UnreachableError):
        first.deliver(second)
    first.net.send = send
    received = {act.id for act in second.acts(DisclosureReceived.KIND)}
    assert received
    change(first.actor, UID, "end", "for the test")
    assert first.deliver(second).withdrawn == 0
    assert received <= {act.id for act in first.acts(ReceiptRecorded.KIND)}


def test_a_replayed_request_is_refused_and_journalled(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:3])
    first.deliver(second)
    request, _ = first.net.wire[-1]
    received = len(second.acts(DisclosureReceived.KIND))
    answer = second.door.answer(Request(request.method, request.url, dict(request.headers), request.body))
    assert answer.status_code == 409
    assert msgspec.json.decode(answer.body)["reason"] == "replayed"
    assert [act.reason for act in second.acts(MessageRefused.KIND)] == ["replayed"]
    assert len(second.acts(DisclosureReceived.KIND)) == received


def test_a_signature_moved_to_another_body_is_refused_and_both_journals_tell(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:3])

    def moved(request):
        return Request(
            request.method, request.url, dict(request.headers), request.body.replace(b"CN", b"US") + b" "
        )

    first.net.alter = moved
    with pytest.raises(ParcelRefusedError) as refused:
        first.deliver(second)
    assert refused.value.fields["reason"] == "bad_signature"
    for node in pair:
        (act,) = node.acts(MessageRefused.KIND)
        assert (act.by, act.claimed, act.reason) == (second.name, first.name, "bad_signature")
    first.net.alter = None
    assert first.deliver(second).receipts > 0, "the same messages, unaltered, are taken"


def test_a_node_that_is_not_trusted_is_refused(net):
    first, second, third = net.node("xa.example"), net.node("xb.example"), net.node("xc.example")
    agree(first, second)
    answer, _ = sent_by_hand(third, second, disclosure())
    assert (answer.status_code, msgspec.json.decode(answer.body)["reason"]) == (401, "unknown_key")


@pytest.mark.parametrize("what", ["parcels", "audit", "anything"])
def test_nothing_at_the_door_is_answered_unsigned(pair, what):
    first, second = pair
    agree(first, second)
    answer = second.door.answer(Request("POST", f"http://xb.example:1/exchange/v1/{what}", {}, b"{}"))
    assert (answer.status_code, msgspec.json.decode(answer.body)["reason"]) == (401, "unsigned")


def test_clocks_too_far_apart_are_told_and_nothing_is_lost(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:3])
    first.skew = timedelta(minutes=20)
    with pytest.raises((ParcelRefusedError, UnreachableError)):
        first.deliver(second)
    assert second.acts(MessageRefused.KIND)[-1].reason == "skewed"
    first.skew = timedelta(minutes=2)
    assert first.deliver(second).receipts == len(first.acts(DisclosureSent.KIND))


def test_a_message_that_overtakes_the_one_before_it_is_told_to_come_again(pair):
    first, second = pair
    agree(first, second)
    early = disclosure(id="b" * 32, subject="c" * 32, after="a" * 32)
    answer, _ = sent_by_hand(first, second, early)
    (refusal,) = msgspec.json.decode(answer.body, type=Answer).refusals
    assert (refusal.reason, refusal.again) == ("early", True)
    assert second.acts(DisclosureRefused.KIND) == [], "it is not refused for good"
    sent_by_hand(first, second, disclosure(subject="c" * 32))
    answer, _ = sent_by_hand(first, second, early)
    assert len(msgspec.json.decode(answer.body, type=Answer).receipts) == 1


def test_another_message_under_an_id_that_was_used_is_refused(pair):
    first, second = pair
    agree(first, second)
    sent_by_hand(first, second, disclosure())
    content = {"kind": "goods.released", "rows": [{"origin": "US"}]}
    answer, _ = sent_by_hand(first, second, disclosure(content=content))
    (refusal,) = msgspec.json.decode(answer.body, type=Answer).refusals
    assert refusal.reason == "id_reused"
    assert len(second.acts(DisclosureReceived.KIND)) == 1


def test_a_parcel_of_another_profile_is_told_what_is_spoken_here(pair):
    first, second = pair
    agree(first, second)
    answer, _ = sent_by_hand(first, second, disclosure(), profile="https://tidegate.example/ns/exchange/2")
    told = msgspec.json.decode(answer.body)
    assert told["reason"] == "unknown_profile"
    assert "exchange/1" in told["text"]


def test_an_enquiry_is_answered_with_the_fields_of_its_clause_alone(pair, messages):
    first, second = pair
    agree(first, second)
    (mrn,) = first.lodge(messages[0])
    enquire(second.actor, UID, "verify", Question(mrn=mrn), "mutual-assistance")
    second.deliver(first)
    first.node.catch_up()
    first.deliver(second)
    (act,) = second.acts(EnquiryAnswered.KIND)
    answered = msgspec.json.decode(msgspec.json.decode(act.message, type=Message).content, type=Answered)
    assert answered.found
    assert {name for row in answered.rows for name in row} == {"stage", "items"}
    parcels = [msgspec.json.decode(request.body, type=Parcel) for request, _ in first.net.wire]
    assert all(
        mrn.encode() not in bytes(raw) for one in parcels if one.sender == first.name for raw in one.messages
    )
