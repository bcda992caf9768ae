"""What customs answers: to a declaration a decision, to what release waits for a release."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tidegate.acts import (
    Act,
    ChannelAssigned,
    DeclarationAccepted,
    DeclarationAssessed,
    DeclarationLodged,
    DeclarationRejected,
    GoodsReleased,
    decode,
)
from tidegate.clearance.bounds import within
from tidegate.clearance.decision import Decision, Terms, decide
from tidegate.clearance.life import Consignment, advance, allowed
from tidegate.clearance.reader import CONSIGNMENT_KINDS, MRN_KEY, mrn_of
from tidegate.clearance.shelf import CONSIGNMENTS, Shelf
from tidegate.clearance.taxes import encoded, in_body
from tidegate.declarations.findings import Finding
from tidegate.declarations.frame import Lodged
from tidegate.declarations.messages import read_message
from tidegate.declarations.wire.xml import XmlLimits
from tidegate.journal import Append, Cause, Draft, Entry, Journal, Key, KeyIsNew
from tidegate.risk import Loads, select

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import apsw

# What goes into an act, in number and in octets; the rest is counted. A body has room for 64 KiB, of which
# findings, reasons and taxes take at most 24, 8 and 24. Judging the attachment again gives all findings.
_FINDINGS_IN_ACT, _FINDING_OCTETS = 50, 24 * 1024
_REASONS_IN_ACT, _REASON_OCTETS = 20, 8 * 1024

# A message was read within the limits of its day when it was lodged: it is not measured again, or a limit
# lowered since would stop the clearance of everything after it.
_NO_LIMITS = XmlLimits(octets=sys.maxsize, depth=sys.maxsize)
_UNREADABLE = Finding(
    "TG-UNREADABLE", "Declaration", "What was lodged is kept, but it cannot be read any more. Lodge it anew."
)

_LOADS = """
CREATE TABLE loads (
    day TEXT NOT NULL, office TEXT NOT NULL, channel TEXT NOT NULL, controls INTEGER NOT NULL,
    PRIMARY KEY (day, office, channel)
) WITHOUT ROWID;
"""


class ClearanceResponder:
    """Decides on what was lodged, and releases when nothing is outstanding.

    It knows what it knows as of its own position: each act is folded, then answered, then its answers are
    folded, before the next act is looked at. So the answers do not depend on how acts come in batches.
    """

    name = "clearance"
    version = 1
    kinds = CONSIGNMENT_KINDS
    schema = CONSIGNMENTS + _LOADS

    def __init__(self, terms: Terms, key: bytes, journal: Journal) -> None:
        """Take the terms and the node's key; of the journal, only its attachments are used."""
        self._terms = terms
        self._key = key
        self._journal = journal
        self._author = Key(f"responder:{self.name}")

    def absorb(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold entries without answering them, when a new version takes over."""
        shelf, loads = Shelf(tables), _load(tables, {entry.occurred.date() for entry in entries})
        shelf.fetch(mrn for entry in entries if (mrn := mrn_of(entry)) is not None)
        for entry in entries:
            mrn = mrn_of(entry)
            if mrn is None or entry.body is None:
                continue
            act = decode(entry.kind, entry.version, entry.body)
            consignment = advance(shelf.get(mrn), act, -1, entry.occurred)
            shelf.put(consignment)
            if consignment and isinstance(act, ChannelAssigned) and act.channel in ("red", "yellow"):
                loads.add(act.office, consignment.lodged.date(), act.channel)
        shelf.store()
        _store(loads, tables)

    def respond(self, entries: Sequence[Entry], tables: apsw.Connection) -> Sequence[Append]:
        """Answer a batch of entries, and fold both them and the answers."""
        heard = [
            (entry, mrn, decode(entry.kind, entry.version, entry.body))
            for entry in entries
            if (mrn := mrn_of(entry)) is not None and entry.body is not None
        ]
        decisions = self._decide([(entry, mrn) for entry, mrn, act in heard if _is_new(act)])
        shelf, loads = Shelf(tables), _load(tables, {entry.occurred.date() for entry, _, _ in heard})
        shelf.fetch(mrn for _, mrn, _ in heard)
        answers = []
        for entry, mrn, act in heard:
            consignment = advance(shelf.get(mrn), act, -1, entry.occurred)
            if consignment is None:
                continue
            decision = decisions[mrn] if _is_new(act) else None
            acts = self._decided(consignment, decision, loads) if decision else []
            for answered in acts:
                consignment = advance(consignment, answered, -1, entry.occurred) or consignment
            release = GoodsReleased(mrn=mrn)
            if allowed(consignment, release) and not consignment.outstanding:
                acts.append(release)
                consignment = advance(consignment, release, -1, entry.occurred) or consignment
            shelf.put(consignment)
            if acts:
                answers.append(self._append(entry, mrn, acts, decision))
        shelf.store()
        _store(loads, tables)
        return answers

    def _decide(self, lodged: list[tuple[Entry, str]]) -> dict[str, Decision]:
        """Return the decision on each declaration, read from the bytes that came.

        What was read when it was lodged and cannot be read now, by software that has become stricter, is
        rejected and says why: the declarations after it are not to wait for it.
        """
        readable, decisions = [], {}
        for entry, mrn in lodged:
            message = read_message(self._journal.attachment(entry.attachments[0]), _NO_LIMITS)
            if message.declaration is None:
                decisions[mrn] = Decision((_UNREADABLE, *message.findings), self._terms.default_office)
            else:
                readable.append(Lodged(mrn, entry.occurred, message.declaration))
        return decisions | decide(readable, self._terms)

    def _decided(self, consignment: Consignment, decision: Decision, loads: Loads) -> list[Act]:
        mrn = consignment.mrn
        if not decision.accepted:
            shown, further = _cut(decision.findings)
            return [DeclarationRejected(mrn=mrn, findings=shown, further=further)]
        choice = select(
            mrn,
            decision.score,
            decision.office,
            consignment.lodged.date(),
            policy=self._terms.policy,
            key=self._key,
            loads=loads,
        )
        return [
            DeclarationAccepted(mrn=mrn),
            self._assessed(mrn, decision),
            ChannelAssigned(
                mrn=mrn,
                channel=choice.channel,
                stratum=choice.stratum,
                grounds=choice.grounds,
                office=decision.office,
                probability=self._terms.policy.random_share if choice.stratum == "random" else None,
            ),
        ]

    def _assessed(self, mrn: str, decision: Decision) -> DeclarationAssessed:
        shown, further = _cut(decision.findings)
        reasons = within(decision.reasons, _REASONS_IN_ACT, _REASON_OCTETS)
        few = in_body(decision.taxes)
        return DeclarationAssessed(
            mrn=mrn,
            due=decision.due,
            currency=self._terms.tariff.currency,
            deferred=decision.deferred,
            taxes=decision.taxes if few else (),
            taxes_attached=0 if few else len(decision.taxes),
            findings=shown,
            score=decision.score,
            reasons=reasons,
            further=further,
            further_reasons=len(decision.reasons) - len(reasons),
        )

    def _append(self, entry: Entry, mrn: str, acts: list[Act], decision: Decision | None) -> Append:
        """Return the answers to one entry as a group; a release stands under a condition of its own."""
        drafts, conditions = [], []
        for n, answered in enumerate(acts):
            keys = [Key(MRN_KEY + mrn)]
            if isinstance(answered, GoodsReleased):
                keys.append(Key(f"release:{mrn}"))
                conditions.append(KeyIsNew(keys[-1]))
            attached: list[str] = []
            if isinstance(answered, DeclarationAssessed) and answered.taxes_attached and decision:
                attached = self._journal.attach([encoded(decision.taxes)])
            drafts.append(
                Draft(
                    kind=answered.KIND,
                    version=answered.VERSION,
                    occurred=entry.occurred,
                    author=self._author,
                    keys=tuple(keys),
                    body=answered.encode(),
                    cause=Cause(self.name, entry.position, mrn, n),
                    attachments=tuple(attached),
                )
            )
        return Append(tuple(drafts), tuple(conditions))


def _is_new(act: Act) -> bool:
    return isinstance(act, DeclarationLodged)


def _cut(findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], int]:
    """Return the findings that go into an act, those that stop acceptance first, and how many are left."""
    ordered = sorted(findings, key=lambda finding: not finding.stops)
    shown = within(ordered, _FINDINGS_IN_ACT, _FINDING_OCTETS)
    return shown, len(ordered) - len(shown)


def _load(tables: apsw.Connection, days: set[date]) -> Loads:
    """Return the controls counted so far on these days; only a lodging's own day is ever asked about."""
    counts: dict[tuple[str, date, str], int] = {}
    for day in sorted(days):
        rows = tables.execute("SELECT office, channel, controls FROM loads WHERE day = ?", (day.isoformat(),))
        counts |= {(office, day, channel): controls for office, channel, controls in rows}
    return Loads(counts)


def _store(loads: Loads, tables: apsw.Connection) -> None:
    rows = [
        (day.isoformat(), office, channel, n) for (office, day, channel), n in sorted(loads.counts.items())
    ]
    tables.executemany("INSERT OR REPLACE INTO loads VALUES (?, ?, ?, ?)", rows)
