"""One agreement, one kind of act: signed, disclosed, delivered, received as an act, with a receipt."""

import msgspec

from tests.unit.exchange.nodes import agree
from tidegate.acts import DisclosureReceived, DisclosureSent, ReceiptRecorded
from tidegate.exchange.messages import Disclosed, Message


def test_what_an_agreement_allows_is_sent_received_and_receipted(pair, messages):
    first, second = pair
    agree(first, second)
    first.lodge(*messages[:10])
    sent = first.acts(DisclosureSent.KIND)
    assert len(sent) >= 5
    told = first.deliver(second)
    assert (told.sent, told.receipts, told.refused) == (len(sent), len(sent), 0)
    received = second.acts(DisclosureReceived.KIND)
    assert [one.id for one in received] == [one.id for one in sent]
    assert {one.id for one in first.acts(ReceiptRecorded.KIND)} >= {one.id for one in sent}
    fields = set()
    for act in received:
        content = msgspec.json.decode(msgspec.json.decode(act.message, type=Message).content, type=Disclosed)
        fields |= {name for row in content.rows for name in row}
    assert fields == {"mrn", "commodity", "origin", "net_mass"}
    assert first.deliver(second).sent == 0, "what is settled is not sent again"
