"""What a rehearsal came to, counted from the journals of all its nodes and from the capture of the wire."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    CheckpointWitnessed,
    DeclarationLodged,
    DisclosureReceived,
    DisclosureRefused,
    DisclosureSent,
    DisclosureWithdrawn,
    EnquiryAnswered,
    EnquiryMade,
    EnquiryRefused,
    ReceiptRecorded,
    decode,
)
from tidegate.exchange import ExchangeReader, partners_waited_for, standing_of
from tidegate.exchange.auditing import audit
from tidegate.exchange.messages import Receipt
from tidegate.exchange.receipting import receipt_act
from tidegate.exchange.refusals import MessageRefusedError
from tidegate.journal import follow, read_checkpoint, tables
from tidegate.node.exchange_asking import asking
from tidegate.node.exchange_wire import count_outside
from tidegate.node.installation import open_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tidegate.acts import Act
    from tidegate.node.exchange_rehearsal import Member
    from tidegate.node.installation import Node


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of a rehearsal that come from journals and wire."""

    declarations: int
    enquiries: int
    answers: int
    withdrawn: int
    fields: int
    sent: int
    received: int
    refused: int
    receipts_verified: int
    lost: int
    twice: int
    out_of_scope: int
    audit_differences: int


class _Counts(msgspec.Struct):
    """What the journals say, in sets of (agreement, id), and in lists where doubles are to be seen."""

    sent: list[tuple[str, str]] = []
    about: list[tuple[str, str, int, str]] = []
    received: list[tuple[str, str]] = []
    refused: set[tuple[str, str]] = set()
    withdrawn: set[tuple[str, str]] = set()
    receipted: set[str] = set()
    bad_receipts: int = 0
    enquiries: int = 0
    refused_enquiries: set[str] = set()
    answers: int = 0
    declarations: int = 0


def settled(folder: Path) -> bool:
    """Tell whether a node has answered all it has heard, and nothing waits for its partners."""
    with open_node(folder, lambda: datetime.now(UTC)) as node:
        before = node.journal.size
        node.answer()
        follow(node.journal, ExchangeReader(), node.read_tables)
        with closing(tables(ExchangeReader(), node.read_tables)) as connection:
            return not partners_waited_for(connection) and node.journal.size == before


def tally(folder: Path, members: Sequence[Member]) -> Tally:
    """Count what the journals say, verify every receipt anew, audit every pair, and read the wire."""
    counts = _Counts()
    differences = 0
    for member in members:
        with open_node(member.folder, lambda: datetime.now(UTC)) as node:
            _count(node, counts)
            _verify_receipts(node, counts)
            for partner in standing_of(node.journal).partners.values():
                with asking(node, partner, lambda: datetime.now(UTC)) as ask:
                    found = audit(node.journal, partner, ask)
                differences += len(found.differences)
    documents = [json.loads(path.read_text("utf-8")) for path in sorted((folder / "agreements").iterdir())]
    wire = count_outside(folder / "wire", documents)
    (folder / "wire.json").write_bytes(msgspec.json.encode(wire))
    gone = counts.refused | counts.withdrawn
    sent = set(counts.sent) - gone
    received = set(counts.received)
    twice = len(counts.received) - len(received)
    twice += len(counts.sent) - len(set(counts.sent)) + len(counts.about) - len(set(counts.about))
    return Tally(
        declarations=counts.declarations,
        enquiries=counts.enquiries,
        answers=counts.answers,
        withdrawn=len(counts.withdrawn),
        fields=wire.fields,
        sent=len(sent),
        received=len(received),
        refused=len(counts.refused) + len(counts.refused_enquiries),
        receipts_verified=len({id_ for _, id_ in sent} & counts.receipted),
        lost=len(sent ^ received),
        twice=twice,
        out_of_scope=wire.outside,
        audit_differences=differences + counts.bad_receipts,
    )


def _count(node: Node, counts: _Counts) -> None:
    for act in _acts(node):
        if isinstance(act, DisclosureSent):
            counts.sent.append((act.agreement, act.id))
            counts.about.append((act.agreement, act.clause, act.about, act.id))
        elif isinstance(act, DisclosureReceived):
            counts.received.append((act.agreement, act.id))
        elif isinstance(act, DisclosureRefused):
            counts.refused.add((act.agreement, act.id))
        elif isinstance(act, DisclosureWithdrawn):
            counts.withdrawn.add((act.agreement, act.id))
        elif isinstance(act, EnquiryMade):
            counts.enquiries += act.by == node.origin
        elif isinstance(act, EnquiryAnswered):
            counts.answers += act.by != node.origin
        elif isinstance(act, EnquiryRefused):
            counts.refused_enquiries.add(act.id)
        elif isinstance(act, DeclarationLodged):
            counts.declarations += 1


def _acts(node: Node) -> Iterator[Act]:
    kinds = {
        one.KIND
        for one in (
            DeclarationLodged,
            DisclosureSent,
            DisclosureReceived,
            DisclosureRefused,
            DisclosureWithdrawn,
            EnquiryMade,
            EnquiryAnswered,
            EnquiryRefused,
            ReceiptRecorded,
            CheckpointWitnessed,
        )
    }
    start = 0
    while entries := node.journal.read(start, 1000, kinds):
        yield from (decode(one.kind, one.version, one.body) for one in entries if one.body is not None)
        start = entries[-1].position + 1


def _verify_receipts(node: Node, counts: _Counts) -> None:
    """Verify every receipt again, from what is in the journal and the partners' keys alone."""
    standing = standing_of(node.journal)
    notes: dict[tuple[str, int], str] = {}
    digests: dict[str, bytes] = {}
    recorded: list[ReceiptRecorded] = []
    for act in _acts(node):
        if isinstance(act, CheckpointWitnessed):
            notes[act.partner, act.size] = act.note
        elif isinstance(act, DisclosureSent):
            digests[act.id] = bytes(act.message)
        elif isinstance(act, ReceiptRecorded):
            recorded.append(act)
    for act in recorded:
        if act.id not in digests:
            continue
        try:
            note = notes[act.partner, act.size]
            checkpoint = read_checkpoint(note, standing.partners[act.partner].keys)
            receipt = Receipt(act.id, act.position, act.envelope, act.path)
            receipt_act(receipt, act.partner, node.origin, digests[act.id], checkpoint)
        except (KeyError, MessageRefusedError):
            counts.bad_receipts += 1
        else:
            counts.receipted.add(act.id)
