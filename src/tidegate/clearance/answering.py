"""What customs answers to one act: the acts that follow from it, by the practice and by what was judged."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from tidegate.acts import (
    Act,
    Channel,
    ChannelAssigned,
    DeclarationAccepted,
    DeclarationAmended,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationInvalidated,
    DeclarationRegistered,
    DeclarationRejected,
    GoodsReleased,
    QueryRaised,
    RequestRefused,
)
from tidegate.clearance.bounds import referable, within
from tidegate.clearance.changes import changes_of
from tidegate.clearance.life import Consignment, allowed
from tidegate.clearance.naming import known_by
from tidegate.clearance.practice import place_of
from tidegate.clearance.settling import called
from tidegate.clearance.taxes import in_body
from tidegate.clearance.triggering import triggered
from tidegate.declarations.amending import amend
from tidegate.declarations.frame import Lodged
from tidegate.declarations.json_form import to_json
from tidegate.risk import Loads, select

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tidegate.clearance.judging import Judge, Judged
    from tidegate.declarations.declaration import Declaration
    from tidegate.declarations.findings import Finding
    from tidegate.journal import Entry, Journal

# What goes into an act, in number and in octets; the rest is counted. A body has room for 64 KiB, of which
# findings, reasons and taxes take at most 24, 8 and 24. Judging the attachment again gives all findings.
_FINDINGS_IN_ACT, _FINDING_OCTETS = 50, 24 * 1024
_REASONS_IN_ACT, _REASON_OCTETS = 20, 8 * 1024
_CHANGES_IN_ACT, _CHANGE_OCTETS = 100, 24 * 1024
_STRICTNESS = {"green": 0, "blue": 1, "yellow": 2, "red": 3}


class Answering:
    """Makes the acts of customs; it appends nothing and folds nothing."""

    def __init__(self, judge: Judge, key: bytes, journal: Journal) -> None:
        self.judge = judge
        self._key = key
        self._journal = journal

    def to_lodging(self, consignment: Consignment, judged: Judged, loads: Loads) -> list[Act]:
        """Answer a declaration that came in: rejected, registered until its goods arrive, or accepted."""
        mrn = consignment.mrn
        if not judged.decision.accepted:
            return [rejected(mrn, judged.decision.findings)]
        if self.judge.practice.accepts_on_arrival and consignment.pre_lodged:
            queries = [act for act in triggered(mrn, judged.words) if isinstance(act, QueryRaised)]
            # It draws from no quota yet: claims are served by the day of acceptance.
            return [DeclarationRegistered(mrn=mrn), self._assessed(mrn, judged, draws=False), *queries]
        return self.accept(consignment, judged, loads, consignment.lodged)

    def accept(self, consignment: Consignment, judged: Judged, loads: Loads, occurred: datetime) -> list[Act]:
        """Accept a declaration, assess it and assign its channel; or reject it, at arrival as at lodging."""
        mrn = consignment.mrn
        if not judged.decision.accepted:
            return [rejected(mrn, judged.decision.findings)]
        dwell = self.judge.practice.dwell(consignment.direction)
        return [
            DeclarationAccepted(mrn=mrn, until=occurred + dwell if dwell else None),
            self._assessed(mrn, judged),
            *triggered(mrn, judged.words),
            self._channel(consignment, judged, loads),
        ]

    def to_amendment(
        self,
        consignment: Consignment,
        request: Declaration | None,
        entry: Entry,
        loads: Loads,
        drawn: Mapping[str, int] = MappingProxyType({}),
    ) -> tuple[list[Act], Judged | None]:
        """Answer a request to amend: the new version and what was judged of it, or why there is none.

        Words that the version before did not have make happen what they ask for, and a channel stricter than
        the one the consignment is in is assigned anew; a control is never taken back by an amendment.
        """
        mrn = consignment.mrn
        current, found = self.judge.declaration(consignment.original)
        if current is None or request is None:
            return [refused(mrn, found)], None
        amended = amend(current, request)
        if amended.declaration is None:
            return [refused(mrn, amended.findings)], None
        moment = consignment.accepted or entry.occurred
        judged = self.judge.declarations([Lodged(mrn, moment, amended.declaration)], drawn)[mrn]
        if not judged.decision.accepted:
            return [refused(mrn, judged.decision.findings)], None
        changes = changes_of(request)
        shown = within(changes, _CHANGES_IN_ACT, _CHANGE_OCTETS)
        shipment = amended.declaration.goods_shipment
        granted = DeclarationAmended(
            mrn=mrn,
            version=consignment.version + 1,
            original=self._journal.attach([to_json(amended.declaration)])[0],
            items=len(shipment.government_agency_goods_item) if shipment is not None else 0,
            changes=shown,
            further=len(changes) - len(shown),
            place=referable(place_of(amended.declaration)),
            known_by=known_by(amended.declaration),
        )
        known = self.judge.practice.triggers(current)
        new = [word for word in judged.words if word not in known]
        assessed = self._assessed(mrn, judged, draws=consignment.accepted is not None)
        followed = [act for act in (assessed, *triggered(mrn, new)) if allowed(consignment, act)]
        return [granted, *followed, *self._stricter(consignment, judged, loads)], judged

    def to_invalidation(self, consignment: Consignment) -> list[Act]:
        """Answer a request to end a declaration: where the state let it be asked, it is granted."""
        return [DeclarationInvalidated(mrn=consignment.mrn)]

    def towards_release(self, consignment: Consignment, accounts: frozenset[str]) -> list[Act]:
        """Return what follows when nothing is outstanding: a call on an account, or release."""
        mrn = consignment.mrn
        release = GoodsReleased(mrn=mrn, provisional=self.judge.practice.clears and consignment.quota)
        waits = consignment.outstanding
        if not allowed(consignment, release) or set(waits) - {"payment"}:
            return []
        missing = called(consignment, accounts) if consignment.called or not waits else None
        if missing is not None:
            return [missing]
        if waits:
            return []
        if self.judge.practice.clears and not release.provisional:
            return [release, DeclarationCleared(mrn=mrn)]
        return [release]

    def _assessed(self, mrn: str, judged: Judged, *, draws: bool = True) -> DeclarationAssessed:
        decision = judged.decision
        shown, further = cut(decision.findings)
        reasons = within(decision.reasons, _REASONS_IN_ACT, _REASON_OCTETS)
        taxes = decision.taxes if judged.calculated else ()
        few = in_body(taxes)
        return DeclarationAssessed(
            mrn=mrn,
            due=decision.due if judged.calculated else decision.due * 0,
            currency=self.judge.terms.tariff.currency,
            deferred=judged.deferred,
            taxes=taxes if few else (),
            taxes_attached=0 if few else len(taxes),
            findings=shown,
            score=decision.score,
            reasons=reasons,
            further=further,
            draws=decision.draws if draws and judged.calculated else (),
            further_reasons=len(decision.reasons) - len(reasons),
            calculated=judged.calculated,
            quota=judged.quota,
            account=judged.account,
            secured=sum((line.secured for line in taxes), decision.due * 0),
            likelihood=decision.weighed.likelihood,
            strangeness=decision.weighed.strangeness,
            model=decision.model,
        )

    def _stricter(self, consignment: Consignment, judged: Judged, loads: Loads) -> list[Act]:
        """Return the channel that a new version leads to, where it is stricter than the one assigned."""
        if consignment.channel is None:
            return []
        tried = Loads(dict(loads.counts))
        assigned = self._channel(consignment, judged, tried)
        stricter = _STRICTNESS[assigned.channel] > _STRICTNESS[consignment.channel]
        if not stricter or not allowed(consignment, assigned):
            return []
        loads.counts = tried.counts
        return [assigned]

    def _channel(self, consignment: Consignment, judged: Judged, loads: Loads) -> ChannelAssigned:
        mrn, day, office = consignment.mrn, consignment.lodged.date(), judged.decision.office
        controls = {word.control for word in judged.words} - {""}
        if controls:
            channel: Channel = "red" if "physical" in controls else "yellow"
            loads.add(office, day, channel)
            grounds = "A word in the description of the goods asks for a control in this test environment."
            return ChannelAssigned(
                mrn=mrn, channel=channel, stratum="profile", grounds=grounds, office=office
            )
        policy, decision = self.judge.terms.policy, judged.decision
        choice = select(
            mrn,
            decision.score,
            office,
            day,
            policy=policy,
            key=self._key,
            loads=loads,
            weighed=decision.weighed,
        )
        return ChannelAssigned(
            mrn=mrn,
            channel=choice.channel,
            stratum=choice.stratum,
            grounds=choice.grounds,
            office=office,
            probability=choice.probability,
            random_share=policy.random_share,
        )


def rejected(mrn: str, findings: tuple[Finding, ...]) -> DeclarationRejected:
    """Return a rejection with as many of its findings as an act holds."""
    shown, further = cut(findings)
    return DeclarationRejected(mrn=mrn, findings=shown, further=further)


def refused(mrn: str, findings: tuple[Finding, ...]) -> RequestRefused:
    """Return the refusal of an amendment with as many of its findings as an act holds."""
    shown, further = cut(findings)
    return RequestRefused(mrn=mrn, request="amendment", findings=shown, further=further)


def cut(findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], int]:
    """Return the findings that go into an act, those that stop acceptance first, and how many are left."""
    ordered = sorted(findings, key=lambda finding: not finding.stops)
    shown = within(ordered, _FINDINGS_IN_ACT, _FINDING_OCTETS)
    return shown, len(ordered) - len(shown)
