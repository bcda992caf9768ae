"""Receipts: that a message is in its receiver's log, shown by the log itself under a checkpoint it signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    DisclosureRefused,
    DisclosureWithdrawn,
    EnquiryRefused,
    MessageRefused,
    ReceiptRecorded,
)
from tidegate.exchange.drafting import received_key
from tidegate.exchange.messages import message_digest
from tidegate.exchange.refusals import MessageRefusedError
from tidegate.journal import inclusion_holds
from tidegate.journal.envelope import decode_envelope
from tidegate.journal.notes import decode64
from tidegate.journal.tree import leaf_hash

if TYPE_CHECKING:
    from tidegate.exchange.messages import Receipt
    from tidegate.journal import Checkpoint
    from tidegate.journal.envelope import Envelope

REFUSALS = frozenset(
    {DisclosureRefused.KIND, DisclosureWithdrawn.KIND, EnquiryRefused.KIND, MessageRefused.KIND}
)


def shown_entry(receipt: Receipt, checkpoint: Checkpoint) -> Envelope:
    """Return the envelope of an entry that a receipt shows to be in the log of a checkpoint.

    Raises:
        MessageRefusedError: ``bad_receipt``, it does not show that.
    """
    envelope = decode64(receipt.envelope)
    path = [decode64(one) for one in receipt.path]
    if not inclusion_holds(receipt.position, checkpoint.size, leaf_hash(envelope), path, checkpoint.root):
        raise _bad(receipt, "the path does not lead from the entry to the root")
    try:
        return decode_envelope(envelope)
    except msgspec.DecodeError as error:
        raise _bad(receipt, f"the envelope cannot be read: {error}") from None


def receipt_act(
    receipt: Receipt, partner: str, me: str, message: bytes, checkpoint: Checkpoint
) -> ReceiptRecorded:
    """Return the act that records a receipt, once it is seen to be one for this very message.

    Raises:
        MessageRefusedError: ``bad_receipt``, it shows another message, or nothing.
    """
    envelope = shown_entry(receipt, checkpoint)
    wanted = {received_key(me, receipt.id).text, message_digest(message)}
    if not wanted <= set(envelope.keys) or envelope.kind in REFUSALS:
        raise _bad(receipt, "the entry is about another message")
    return ReceiptRecorded(
        partner=partner,
        id=receipt.id,
        position=receipt.position,
        size=checkpoint.size,
        envelope=receipt.envelope,
        path=receipt.path,
    )


def _bad(receipt: Receipt, why: str) -> MessageRefusedError:
    return MessageRefusedError("bad_receipt", f"The receipt for {receipt.id} shows nothing: {why}.")
