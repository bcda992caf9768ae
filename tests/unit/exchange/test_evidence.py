"""Evidence of an answer: carried whole to whoever asked, from where it broke off, and to nobody else."""

import random

import msgspec
import pytest
import zstandard

from tests.unit.exchange.nodes import agree, document
from tidegate.acts import EnquiryAnswered, EvidenceCarried, MessageRefused
from tidegate.exchange import ExchangeReader, Question, answer_enquiry, change, enquire, partners_waited_for
from tidegate.exchange.delivering import ParcelRefusedError, UnreachableError
from tidegate.exchange.evidence import EVIDENCE, PIECE, Fetching, evidence_of
from tidegate.exchange.messages import EvidenceAsked, EvidencePiece, evidence_in
from tidegate.exchange.signed import Response, sign_response
from tidegate.exchange.signing import key_in_force
from tidegate.journal import follow, tables

UID = "urn:example:xa-xb"
OTHER = zstandard.compress(b"another photograph")
PHOTOGRAPH = random.Random(1).randbytes(3 * PIECE + 17)  # that does not compress: four pieces


@pytest.fixture
def answered(pair):
    """Two nodes: the second has asked the first for assistance, and was answered with two files."""
    first, second = pair
    agree(first, second)
    asked = enquire(second.actor, UID, "assist", Question(text="Was it inspected?"), "mutual-assistance")
    second.deliver(first)
    answer_enquiry(first.actor, second.name, asked.id, "It was.", (PHOTOGRAPH, b"a protocol"))
    first.deliver(second)
    follow(second.journal, ExchangeReader(), second.node.read_tables)
    return first, second, asked.id


def _fetch(second, first):
    follow(second.journal, ExchangeReader(), second.node.read_tables)
    fetching = Fetching(second.journal, second.name, second.node.read_tables, second.delivery())
    settled = fetching.fetch(second.partner(first), second.clock())
    follow(second.journal, ExchangeReader(), second.node.read_tables)
    return settled


def _waits(node):
    connection = tables(ExchangeReader(), node.node.read_tables)
    try:
        return partners_waited_for(connection)
    finally:
        connection.close()


def test_evidence_is_carried_whole_and_either_side_has_an_act_of_it(answered):
    first, second, enquiry = answered
    assert _waits(second) == [first.name], "evidence that is not here is waited for"
    assert _fetch(second, first) == 2
    found = {
        second.journal.attachment(digest)
        for _act, digest in evidence_of(second.journal, second.name, enquiry)
    }
    assert found == {PHOTOGRAPH, b"a protocol"}
    assert _waits(second) == []
    given, received = first.acts(EvidenceCarried.KIND), second.acts(EvidenceCarried.KIND)
    assert {one.digest for one in given} == {one.digest for one in received}
    assert {(one.by, one.partner) for one in (*given, *received)} == {(first.name, second.name)}
    assert _fetch(second, first) == 0, "what is here is not fetched again"


def test_a_transfer_that_breaks_off_goes_on_from_there(answered):
    first, second, _ = answered
    send, pieces = second.net.send, []

    def breaking(request):
        if request.url.endswith(EVIDENCE):
            pieces.append(msgspec.json.decode(request.body, type=EvidenceAsked))
            if len(pieces) == 3:
                raise UnreachableError("The line is cut.")
        return send(request)

    second.net.send = breaking
    with pytest.raises(UnreachableError):
        _fetch(second, first)
    assert _fetch(second, first) > 0
    big = [one.offset for one in pieces if one.offset]
    assert len(set(big)) == 3, "each piece but the first begins where the one before it ended"
    assert big.count(max(big)) == 1, "what came in before the break is not asked for again"
    assert PHOTOGRAPH in {
        second.journal.attachment(d) for _a, d in evidence_of(second.journal, second.name, pieces[0].enquiry)
    }


def test_nobody_else_is_given_it_and_nothing_else_is_given(net, answered):
    first, second, enquiry = answered
    other = net.node("xc.example")
    agree(first, other, document("xa.example", "xc.example", uid="urn:example:xa-xc"))
    (answer,) = second.acts(EnquiryAnswered.KIND)
    digest = evidence_in(bytes(answer.message))[0]
    own = first.journal.attach([b"a secret of the first node"])[0]
    for asker, wanted in ((other, digest), (second, own)):
        asked = EvidenceAsked(enquiry=enquiry, digest=wanted)
        with pytest.raises(ParcelRefusedError) as refused:
            asker.delivery().post(asker.partner(first), EVIDENCE, msgspec.json.encode(asked))
        assert refused.value.fields["reason"] == "unknown_evidence"
    assert first.acts(EvidenceCarried.KIND) == []


def test_while_the_agreement_is_suspended_it_waits_and_when_it_has_ended_that_is_settled(answered):
    first, second, _ = answered
    change(first.actor, UID, "suspend", "a leak")
    with pytest.raises(ParcelRefusedError):
        _fetch(second, first)
    assert _waits(second) == [first.name]
    change(first.actor, UID, "end", "it is over")
    assert _fetch(second, first) == 2
    assert _waits(second) == []
    assert second.acts(EvidenceCarried.KIND) == []
    assert {one.reason for one in second.acts(MessageRefused.KIND)} >= {"not_in_that_state"}


def test_octets_that_are_not_those_that_the_answer_named_are_not_kept(answered):
    first, second, enquiry = answered
    send = second.net.send

    def forging(request):
        if not request.url.endswith(EVIDENCE):
            return send(request)
        asked = msgspec.json.decode(request.body, type=EvidenceAsked)
        piece = EvidencePiece(digest=asked.digest, octets=len(OTHER), offset=asked.offset, data=OTHER)
        answer = Response(200, {}, msgspec.json.encode(piece), request)
        sign_response(
            answer, key_in_force(first.journal, first.node.signing_keys()), second.clock(), "n" * 32
        )
        return answer

    second.net.send = forging
    assert _fetch(second, first) == 2
    assert evidence_of(second.journal, second.name, enquiry) == []
    assert [one.reason for one in second.acts(MessageRefused.KIND)] == ["altered", "altered"]
