"""Audits: two logs held against each other, entry by entry, each shown by proofs under what was witnessed.

The node that is audited answers with proofs from its log, and with what verifying its own journal finds. What
the auditor believes is only what the proofs show; what is missing, differs or contradicts is a difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.exchange.drafting import RECEIVED_KEY, SENT_KEY, SETTLED_KEY, partner_key
from tidegate.exchange.messages import Receipt
from tidegate.exchange.receipting import REFUSALS, shown_entry
from tidegate.exchange.receiving import receipts
from tidegate.exchange.refusals import MessageRefusedError
from tidegate.exchange.witnessing import check_continues, continued, last_witnessed
from tidegate.journal import make_checkpoint, verify
from tidegate.journal.proofs import ProofImpossibleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tidegate.exchange.standing import Partner
    from tidegate.journal import Entry, SqliteJournal
    from tidegate.journal.notes import SigningKey

AUDIT = "/exchange/v1/audit"
PAGE = 1_000
_DIGEST = "sha256:"


class AuditRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an auditor asks: a page of the entries with it, and a proof that continues ``since``."""

    since: int
    start: int = 0


class AuditAnswer(msgspec.Struct, frozen=True):
    """A page of entries as proofs under a checkpoint, and from where the next one begins; -1 for none.

    ``faults`` is what verifying the journal found, on the first page.
    """

    checkpoint: str
    path: tuple[str, ...]
    entries: tuple[Receipt, ...]
    next: int
    faults: tuple[str, ...] = ()


class Difference(msgspec.Struct, frozen=True):
    """Something in which two logs differ: a word, the message it is about, and a sentence."""

    what: str
    id: str
    text: str


class Audit(msgspec.Struct, frozen=True):
    """What an audit found: how many messages either log has, and every difference."""

    partner: str
    size: int
    sent: int
    received: int
    differences: tuple[Difference, ...]


class _Shown(msgspec.Struct):
    """A message as one log shows it: its digest, and whether it was refused."""

    digest: str
    refused: bool = False
    settled: bool = False


def audit_answer(
    journal: SqliteJournal, keys: Sequence[SigningKey], auditor: str, asked: AuditRequest
) -> AuditAnswer:
    """Return what a node shows an auditor of the entries that it has with it."""
    checkpoint = make_checkpoint(journal, keys)
    faults: tuple[str, ...] = ()
    if asked.start == 0:
        found = verify(journal, keys=[key.verifier for key in keys])
        faults = tuple(f"{fault.part} at {fault.position}: {fault.text}" for fault in found.faults[:100])
    try:
        path = continued(journal, asked.since, checkpoint.size)
    except ProofImpossibleError as error:
        path, faults = (), (*faults, str(error))
    entries = journal.about(partner_key(auditor), asked.start, PAGE)
    wanted = [one.position for one in entries if _is_message(one) and one.position < checkpoint.size]
    proofs = receipts(journal, wanted, checkpoint.size)
    return AuditAnswer(
        checkpoint=checkpoint.note,
        path=path,
        entries=tuple(proofs[position] for position in wanted),
        next=entries[-1].position + 1 if len(entries) == PAGE else -1,
        faults=faults,
    )


def audit(journal: SqliteJournal, partner: Partner, ask: Callable[[AuditRequest], AuditAnswer]) -> Audit:
    """Hold a partner's log against this one and against what was witnessed of it; ``ask`` puts the question.

    What is still on its way is no difference: a message that was sent and is neither settled here nor there.
    """
    witnessed = last_witnessed(journal, partner.name)
    since = witnessed.size if witnessed is not None else 0
    differences: list[Difference] = []
    theirs_sent: dict[str, _Shown] = {}
    theirs_received: dict[str, _Shown] = {}
    size = start = 0
    while start >= 0:
        answer = ask(AuditRequest(since, start))
        differences += [Difference("verification", "", text) for text in answer.faults]
        try:
            seen = check_continues(partner, answer.checkpoint, since, answer.path, witnessed)
        except MessageRefusedError as refused:
            differences.append(Difference(refused.reason, "", refused.text))
            break
        if seen is None:
            text = f"The log of {partner.name} is now shorter than the one that was witnessed here."
            differences.append(Difference("forked", "", text))
            break
        size = seen.size
        for shown in answer.entries:
            try:
                envelope = shown_entry(shown, seen)
            except MessageRefusedError as refused:
                differences.append(Difference(refused.reason, "", refused.text))
                continue
            _note(envelope.kind, envelope.keys, theirs_sent, theirs_received)
        start = answer.next
    ours_sent, ours_received = _own(journal, partner.name)
    if not any(one.what == "forked" for one in differences):
        differences += _compared(ours_sent, theirs_received, "theirs")
        differences += _compared(theirs_sent, ours_received, "ours")
    return Audit(partner.name, size, len(ours_sent), len(ours_received), tuple(differences))


def _compared(sent: dict[str, _Shown], received: dict[str, _Shown], whose: str) -> Iterator[Difference]:
    """Yield where what one log has sent and the other has received differ; ``whose`` log has received."""
    for id_, one in sent.items():
        other = received.get(id_)
        if other is None:
            if one.settled and not one.refused:
                yield Difference("lost", id_, f"It was settled by a receipt, and is not in {whose}.")
        elif other.digest != one.digest:
            yield Difference("altered", id_, f"It has another digest in {whose}.")
        elif one.settled and one.refused != other.refused:
            yield Difference("refusal", id_, "One log says that it was refused, the other that it was taken.")
    for id_ in received.keys() - sent.keys():
        yield Difference("unsent", id_, f"It was received in {whose}, and never sent by the other.")


def _own(journal: SqliteJournal, partner: str) -> tuple[dict[str, _Shown], dict[str, _Shown]]:
    sent: dict[str, _Shown] = {}
    received: dict[str, _Shown] = {}
    start = 0
    while True:
        entries = journal.about(partner_key(partner), start, PAGE)
        for entry in entries:
            _note(entry.kind, entry.keys, sent, received)
        if len(entries) < PAGE:
            return sent, received
        start = entries[-1].position + 1


def _note(kind: str, keys: Sequence[str], sent: dict[str, _Shown], received: dict[str, _Shown]) -> None:
    """Fold an entry, as its envelope tells it, into what was sent and what was received."""
    digest = next((key for key in keys if key.startswith(_DIGEST)), "")
    for key in keys:
        prefix, _, rest = key.partition(":")
        id_ = rest.rpartition(":")[2]
        if f"{prefix}:" == SENT_KEY:
            sent[id_] = _Shown(digest)
        elif f"{prefix}:" == RECEIVED_KEY:
            received[id_] = _Shown(digest, refused=kind in REFUSALS)
        elif f"{prefix}:" == SETTLED_KEY and id_ in sent:
            sent[id_].settled = True
            sent[id_].refused = kind in REFUSALS


def _is_message(entry: Entry) -> bool:
    return any(key.startswith((SENT_KEY, RECEIVED_KEY, SETTLED_KEY)) for key in entry.keys)
