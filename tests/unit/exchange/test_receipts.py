"""A receipt shows one message in one log, a race makes one act, and logs of one size have one root."""

import msgspec
import pytest

from tests.unit.exchange.nodes import agree
from tests.unit.exchange.test_refusals import disclosure, sent_by_hand
from tidegate.acts import DisclosureReceived
from tidegate.exchange.messages import Answer
from tidegate.exchange.receipting import receipt_act
from tidegate.exchange.refusals import MessageRefusedError
from tidegate.exchange.witnessing import check_continues
from tidegate.journal import SqliteJournal, parse_checkpoint
from tidegate.journal.notes import sign_note
from tidegate.node.exchange import signing_key


@pytest.fixture
def receipted(pair):
    first, second = pair
    agree(first, second)
    answer, request = sent_by_hand(first, second, disclosure())
    told = msgspec.json.decode(answer.body, type=Answer)
    message = bytes(msgspec.json.decode(request.body, type=dict[str, msgspec.Raw])["messages"])[1:-1]
    return first, second, told.receipts[0], message, parse_checkpoint(told.checkpoint)


def test_a_receipt_shows_the_very_message_that_was_sent(receipted):
    first, second, receipt, message, checkpoint = receipted
    assert receipt_act(receipt, second.name, first.name, message, checkpoint).id == "a" * 32


@pytest.mark.parametrize("what", ["another message", "another sender", "another place", "another path"])
def test_a_receipt_shows_nothing_else(receipted, what):
    first, second, receipt, message, checkpoint = receipted
    sender = "xz.example" if what == "another sender" else first.name
    if what == "another message":
        message += b" "
    elif what == "another place":
        receipt = msgspec.structs.replace(receipt, position=receipt.position - 1)
    elif what == "another path":
        receipt = msgspec.structs.replace(receipt, path=receipt.path[:-1])
    with pytest.raises(MessageRefusedError) as refused:
        receipt_act(receipt, second.name, sender, message, checkpoint)
    assert refused.value.reason == "bad_receipt"


def test_the_same_message_taken_twice_at_once_is_one_act_with_one_receipt(pair, monkeypatch):
    first, second = pair
    agree(first, second)
    answers = [sent_by_hand(first, second, disclosure())[0]]
    last = SqliteJournal.last
    # What the other thread appended a moment ago is not seen by the look-up, only by the condition.
    monkeypatch.setattr(
        SqliteJournal, "last", lambda self, key: None if key.text.startswith("message:") else last(self, key)
    )
    answers.append(sent_by_hand(first, second, disclosure())[0])
    told = [msgspec.json.decode(one.body, type=Answer).receipts for one in answers]
    assert told[0][0].position == told[1][0].position
    assert len(second.acts(DisclosureReceived.KIND)) == 1


def test_two_logs_of_one_size_and_different_roots_are_a_fork(receipted):
    first, second, _, _, checkpoint = receipted
    text = checkpoint.note.partition("\n\n")[0].split("\n")
    other = sign_note(f"{text[0]}\n{text[1]}\n{'A' * 43}=\n", [signing_key(second.node)])
    partner = first.partner(second)
    assert check_continues(partner, checkpoint.note, checkpoint.size, (), checkpoint) is not None
    with pytest.raises(MessageRefusedError) as refused:
        check_continues(partner, other, checkpoint.size, (), checkpoint)
    assert refused.value.reason == "forked"
