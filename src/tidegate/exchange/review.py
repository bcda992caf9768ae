"""What an exchange came to, measured from acts alone: flows, answers, refusals, hits, outcomes, silence."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    ControlRecorded,
    DisclosureReceived,
    DisclosureRefused,
    DisclosureSent,
    EnquiryAnswered,
    EnquiryMade,
    EnquiryRefused,
    MessageRefused,
    ReceiptRecorded,
    decode,
)
from tidegate.exchange.drafting import partner_key
from tidegate.exchange.messages import Answered, Disclosed, Message, Question
from tidegate.exchange.rows import Rows
from tidegate.exchange.standing import standing_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.acts import Act
    from tidegate.exchange.model import Outcome
    from tidegate.journal import Entry, SqliteJournal

_HOUR = 3600.0
_BATCH = 1_000
_KNOWN_BY = ("mrn", "ucr")


class Reached(msgspec.Struct, frozen=True):
    """An expected outcome, what was measured, and whether that is enough; null where nothing was measured."""

    outcome: str
    text: str
    measure: str
    expected: str
    measured: str | None
    reached: bool | None


class AgreementReview(msgspec.Struct, kw_only=True):
    """What one agreement came to in a time. Hours are medians; null where there was nothing to measure.

    ``silence_hours`` is the cost of silence: hours past their deadline that answers took, or have taken yet.
    """

    agreement: str
    title: str
    version: int
    state: str
    sent: dict[str, int]
    received: dict[str, int]
    receipts: int
    waiting: int
    refused: dict[str, int]
    enquiries_made: int
    enquiries_received: int
    answered_by_partner: int
    answered_by_us: int
    answer_hours_of_partner: float | None
    answer_hours_of_ours: float | None
    overdue: int
    silence_hours: float
    hits: int
    outcomes: list[Reached]


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What the exchange with a partner came to, from a moment to another."""

    partner: str
    kind: str
    since: datetime
    until: datetime
    refused_parcels: dict[str, int]
    agreements: list[AgreementReview]


class _Flow(msgspec.Struct):
    """The acts of one agreement in a time."""

    sent: dict[str, str] = {}
    received: Counter[str] = msgspec.field(default_factory=Counter)
    refused: Counter[str] = msgspec.field(default_factory=Counter)
    made: dict[str, tuple[datetime, EnquiryMade]] = {}
    answers: dict[str, tuple[datetime, EnquiryAnswered]] = {}
    refused_enquiries: set[str] = set()
    heard_of: dict[str, datetime] = {}


def review(journal: SqliteJournal, me: str, partner: str, since: datetime, until: datetime) -> Review:
    """Return the review of a partner; `unknown_partner` is for the caller, who knows the standing."""
    standing = standing_of(journal)
    flows: dict[str, _Flow] = {}
    receipts: set[str] = set()
    settled: set[str] = set()
    parcels: Counter[str] = Counter()
    for entry in _entries(journal, partner, since, until):
        act = decode(entry.kind, entry.version, entry.body or b"{}")
        if isinstance(act, ReceiptRecorded):
            receipts.add(act.id)
        elif isinstance(act, MessageRefused):
            parcels[act.reason] += 1
        elif hasattr(act, "agreement"):
            _note(flows.setdefault(act.agreement, _Flow()), entry, act, settled)
    hits = _hits(journal, flows, since, until)
    told = []
    for uid, held in sorted(standing.agreements.items()):
        if held.partner != partner:
            continue
        version = held.current or held.versions[max(held.versions)]
        flow = flows.get(uid, _Flow())
        made = _agreement(flow, me, until, receipts, settled)
        made.agreement, made.title, made.state = uid, version.agreement.title, held.state
        made.version, made.hits = version.agreement.version, hits.get(uid, 0)
        made.outcomes = [_reached(one, made, flow) for one in version.agreement.expected_outcome]
        told.append(made)
    return Review(
        partner=partner,
        kind=standing.partners[partner].kind,
        since=since,
        until=until,
        refused_parcels=dict(sorted(parcels.items())),
        agreements=told,
    )


def _note(flow: _Flow, entry: Entry, act: Act, settled: set[str]) -> None:
    if isinstance(act, DisclosureSent):
        flow.sent[act.id] = act.clause
    elif isinstance(act, DisclosureReceived):
        flow.received[act.clause] += 1
        content = msgspec.json.decode(_content(act.message), type=Disclosed)
        for row in content.rows:
            for name in _KNOWN_BY:
                if name in row:
                    flow.heard_of.setdefault(row[name], entry.recorded)
    elif isinstance(act, DisclosureRefused | EnquiryRefused):
        flow.refused[act.reason] += 1
        settled.add(act.id)
        if isinstance(act, EnquiryRefused):
            flow.refused_enquiries.add(act.id)
    elif isinstance(act, EnquiryMade):
        flow.made[act.id] = (entry.recorded, act)
    elif isinstance(act, EnquiryAnswered):
        flow.answers[act.enquiry] = (entry.recorded, act)
        _hear(flow, entry, act)


def _hear(flow: _Flow, entry: Entry, act: EnquiryAnswered) -> None:
    """Note what an answer found was asked about."""
    answered = msgspec.json.decode(_content(act.message), type=Answered)
    asked = flow.made.get(act.enquiry)
    if asked is None or not answered.found:
        return
    question = msgspec.json.decode(_content(asked[1].message), type=Question)
    for name in _KNOWN_BY:
        if getattr(question, name):
            flow.heard_of.setdefault(getattr(question, name), entry.recorded)


def _agreement(
    flow: _Flow, me: str, until: datetime, receipts: set[str], settled: set[str]
) -> AgreementReview:
    ours = {id_: one for id_, one in flow.made.items() if one[1].by == me}
    theirs = {id_: one for id_, one in flow.made.items() if one[1].by != me}
    silence, overdue = _silence(flow, until)
    return AgreementReview(
        agreement="",
        title="",
        version=0,
        state="",
        sent=dict(sorted(Counter(flow.sent.values()).items())),
        received=dict(sorted(flow.received.items())),
        receipts=len(receipts & flow.sent.keys()),
        waiting=len(flow.sent.keys() - receipts - settled),
        refused=dict(sorted(flow.refused.items())),
        enquiries_made=len(ours),
        enquiries_received=len(theirs),
        answered_by_partner=len(ours.keys() & flow.answers.keys()),
        answered_by_us=len(theirs.keys() & flow.answers.keys()),
        answer_hours_of_partner=_hours(ours, flow),
        answer_hours_of_ours=_hours(theirs, flow),
        overdue=overdue,
        silence_hours=silence,
        hits=0,
        outcomes=[],
    )


def _hours(made: dict[str, tuple[datetime, EnquiryMade]], flow: _Flow) -> float | None:
    taken = [
        (flow.answers[id_][0] - asked).total_seconds() / _HOUR
        for id_, (asked, _) in made.items()
        if id_ in flow.answers
    ]
    return round(median(taken), 4) if taken else None


def _silence(flow: _Flow, until: datetime) -> tuple[float, int]:
    hours, overdue = 0.0, 0
    for id_, (_, act) in flow.made.items():
        if act.due is None or id_ in flow.refused_enquiries:
            continue
        end = flow.answers[id_][0] if id_ in flow.answers else until
        if end > act.due:
            hours += (end - act.due).total_seconds() / _HOUR
            overdue += 1
    return round(hours, 2), overdue


def _hits(
    journal: SqliteJournal, flows: dict[str, _Flow], since: datetime, until: datetime
) -> dict[str, int]:
    """Return, by agreement, the irregular controls on what a partner had told of, by MRN or UCR, before."""
    if not any(flow.heard_of for flow in flows.values()):
        return {}
    rows = Rows(journal)
    found: Counter[str] = Counter()
    start = 0
    while entries := journal.read(start, _BATCH, {ControlRecorded.KIND}):
        start = entries[-1].position + 1
        for entry in entries:
            if entry.body is None or not since <= entry.recorded < until:
                continue
            told = rows.rows(entry)
            if not told or told[0]["outcome"] != "irregular":
                continue
            for uid, flow in flows.items():
                moments = [flow.heard_of.get(told[0][name] or "") for name in _KNOWN_BY]
                found[uid] += any(one is not None and one <= entry.recorded for one in moments)
    return dict(found)


def _reached(outcome: Outcome, made: AgreementReview, flow: _Flow) -> Reached:
    clause = outcome.clause
    sent = sum(count for uid, count in made.sent.items() if not clause or uid == clause)
    received = sum(count for uid, count in made.received.items() if not clause or uid == clause)
    hours = [one for one in (made.answer_hours_of_partner, made.answer_hours_of_ours) if one is not None]
    measures: dict[str, float | None] = {
        "sent": sent,
        # Each side reviews what it knows: a receipt says that what it has sent was received.
        "received": received or (made.receipts if sent else 0),
        "receipts": made.receipts,
        "answered": made.answered_by_partner + made.answered_by_us,
        "answer_hours": max(hours) if hours else None,
        "hits": made.hits,
        "refused": sum(flow.refused.values()),
    }
    value = measures[outcome.measure]
    bound = Decimal(outcome.at_least or outcome.at_most or "0")
    measured = None if value is None else Decimal(str(value))
    reached = None if measured is None else measured >= bound if outcome.at_least else measured <= bound
    return Reached(
        outcome.uid,
        outcome.text,
        outcome.measure,
        f"at {'least' if outcome.at_least else 'most'} {bound}",
        None if measured is None else str(measured),
        reached,
    )


def _content(message: msgspec.Raw) -> msgspec.Raw:
    return msgspec.json.decode(message, type=Message).content


def _entries(journal: SqliteJournal, partner: str, since: datetime, until: datetime) -> Iterator[Entry]:
    start = 0
    while entries := journal.about(partner_key(partner), start, _BATCH):
        start = entries[-1].position + 1
        yield from (one for one in entries if one.body is not None and since <= one.recorded < until)
