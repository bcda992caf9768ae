"""A node that rewrites its history, or re-signs it, is found by its partner."""

import base64

import apsw
import msgspec
import pytest

from tests.unit.exchange.nodes import agree
from tidegate.acts import CheckpointCosigned, CheckpointWitnessed, DisclosureSent, KeyRotated
from tidegate.exchange import rekey
from tidegate.exchange.auditing import AuditAnswer, AuditRequest, audit, audit_answer
from tidegate.exchange.delivering import ParcelRefusedError
from tidegate.exchange.refusals import MessageRefusedError
from tidegate.exchange.witnessing import (
    check_continues,
    continued,
    cosign,
    cosignature_holds,
    last_witnessed,
)
from tidegate.journal import Append, Draft, Key, create_journal, make_checkpoint, verify
from tidegate.node.exchange import signing_key


@pytest.fixture
def exchanged(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:8])
    first.deliver(second)
    return pair


def asked(first, second, journal=None):
    """Return the audit of the first node by the second."""

    def ask(question: AuditRequest) -> AuditAnswer:
        answer = audit_answer(journal or first.journal, first.node.signing_keys(), second.name, question)
        return msgspec.json.decode(msgspec.json.encode(answer), type=AuditAnswer)

    return audit(second.journal, second.partner(first), ask)


def rewritten(first, folder, change):
    """Make a journal with the same acts but for what a change makes of them, signed by the node's own key."""
    journal = create_journal(folder, clock=first.net.clock)
    for entry in first.journal.read(0, 100_000):
        for digest in entry.attachments:
            journal.attach([first.journal.attachment(digest)])
        body = change(entry)
        if body is None:
            continue
        draft = Draft(
            kind=entry.kind,
            version=entry.version,
            occurred=entry.occurred,
            author=Key(entry.author),
            keys=tuple(Key(one) for one in entry.keys),
            body=body,
            cause=entry.cause,
            attachments=entry.attachments,
        )
        journal.append([Append((draft,))])
    return journal


def test_an_honest_pair_has_no_differences(exchanged):
    first, second = exchanged
    found = asked(first, second)
    assert found.differences == ()
    assert found.received >= 5
    assert asked(second, first).differences == ()


def test_one_act_rewritten_in_the_database_is_found_by_the_partner(exchanged):
    first, second = exchanged
    position = first.journal.read(0, 100_000, {"declaration.lodged"})[2].position
    connection = apsw.Connection(str(first.journal.path))
    body = connection.execute("SELECT body FROM bodies WHERE position = ?", (position,)).get
    altered = body.replace(b'"items":', b'"items":9')
    assert altered != body
    connection.execute("UPDATE bodies SET body = ? WHERE position = ?", (altered, position))
    connection.close()
    found = asked(first, second)
    assert any(one.what == "verification" and str(position) in one.text for one in found.differences)


def test_a_history_written_anew_and_signed_by_the_nodes_own_key_is_found_by_the_partner(exchanged, tmp_path):
    first, second = exchanged
    target = first.journal.read(0, 100_000, {"declaration.lodged"})[2].position

    def change(entry):
        return entry.body.replace(b'"items":', b'"items":9') if entry.position == target else entry.body

    journal = rewritten(first, tmp_path / "anew", change)
    assert verify(journal, keys=[one.verifier for one in first.node.signing_keys()]).faults == ()
    found = asked(first, second, journal)
    assert [one.what for one in found.differences] == ["forked"]
    journal.close()


def test_a_history_cut_short_is_found_by_the_partner(exchanged, tmp_path):
    first, second = exchanged
    size = last_witnessed(second.journal, first.name).size
    journal = rewritten(
        first, tmp_path / "short", lambda entry: entry.body if entry.position < size - 3 else None
    )
    assert any(one.what == "forked" for one in asked(first, second, journal).differences)
    journal.close()


def test_a_node_that_went_back_to_an_older_journal_is_refused_at_the_next_parcel(
    exchanged, messages, tmp_path
):
    first, second = exchanged
    first.lodge(*messages[8:12])
    first.deliver(second)
    forked = rewritten(first, tmp_path / "fork", lambda entry: entry.body)
    checkpoint = make_checkpoint(forked, first.node.signing_keys())
    partner, before = second.partner(first), last_witnessed(second.journal, first.name)
    path = continued(forked, before.size, checkpoint.size) if checkpoint.size > before.size else ()
    with pytest.raises(MessageRefusedError) as refused:
        check_continues(partner, checkpoint.note, before.size, path, before)
    assert refused.value.reason == "forked"
    forked.close()


def test_what_one_side_lost_is_listed(exchanged):
    first, second = exchanged
    sent = first.acts(DisclosureSent.KIND)[0]

    def ask(question):
        answer = audit_answer(first.journal, first.node.signing_keys(), second.name, question)
        kept = [one for one in answer.entries if sent.id.encode() not in base64.b64decode(one.envelope)]
        return msgspec.structs.replace(answer, entries=tuple(kept))

    found = audit(second.journal, second.partner(first), ask)
    assert [(one.what, one.id) for one in found.differences] == [("unsent", sent.id)]


def test_partners_sign_each_others_checkpoints_as_witnesses(exchanged):
    first, second = exchanged
    witnessed = second.acts(CheckpointWitnessed.KIND)
    cosigned = first.acts(CheckpointCosigned.KIND)
    assert witnessed
    assert {act.cosignature for act in cosigned} <= {act.cosignature for act in witnessed}
    checkpoint = last_witnessed(second.journal, first.name)
    line = cosign(checkpoint, signing_key(second.node), second.clock())
    keys = [signing_key(second.node).verifier]
    assert cosignature_holds(checkpoint, line, keys)
    assert not cosignature_holds(checkpoint, line, [signing_key(first.node).verifier])
    other = last_witnessed(first.journal, second.name)
    assert not cosignature_holds(other, line, keys)


def test_a_key_that_was_rotated_is_followed(exchanged, messages):
    first, second = exchanged
    note_before = second.partner(first).keys
    first.node.rotate_key(first.clock())
    first.lodge(*messages[8:12])
    with pytest.raises(ParcelRefusedError) as refused:
        first.deliver(second)
    assert refused.value.fields["reason"] == "unknown_key"
    assert rekey(second.actor, first.name, first.acts(KeyRotated.KIND)[0].note)
    assert second.partner(first).keys != note_before
    assert first.deliver(second).receipts > 0
    assert asked(first, second).differences == ()
