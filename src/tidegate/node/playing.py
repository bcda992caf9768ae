"""Plays a day of the simulated trade world on a node: traders lodge, goods arrive, officers control.

The world is only the outside: everything it does enters the node the way it would in earnest, as messages and
as acts of people. What the world knows to be true is compared at the end with what the node found.
"""

from __future__ import annotations

import heapq
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Literal

import msgspec

from tidegate.clearance import (
    Consignment,
    RefusedActError,
    arrive,
    consignment,
    consignment_now,
    record_control,
    record_payment,
)
from tidegate.declarations.messages import read_message
from tidegate.journal import tables
from tidegate.node.clearing import Incoming, Told, record, tell
from tidegate.simulation import Inspector, Lodgement, arrival_delay, day, payment_delay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tidegate.node.installation import Node
    from tidegate.simulation import Thoroughness, World

_WINDOW = timedelta(minutes=30)
_AFTERWARDS = timedelta(days=5)  # how long after the day goods still arrive, and controls and payments happen
_THOROUGHNESS: dict[str, Thoroughness] = {"red": "physical", "yellow": "documents"}

Deed = Literal["lodge", "arrive", "control", "pay"]


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """What a played day came to. Money is in the accounting currency; hours are medians."""

    day: date
    messages: int
    lodged: int
    accepted: int
    rejected: int
    unreadable: int
    duplicates: int
    released: int
    outstanding: dict[str, int]
    channels: dict[str, int]
    findings: dict[str, int]
    due: Decimal
    paid: Decimal
    currency: str
    controls: int
    irregular_found: int
    irregular_in_truth: int
    random_controls: int
    random_irregular: int
    hours_to_release: float | None
    hours_to_release_of_nine_tenths: float | None


class Stage:
    """What is played: the events to come in order of time, and what became of each lodgement.

    ``settle`` has what was recorded answered; ``others_act`` says that people act here too, so that what the
    world is about to do may have been done, or become impossible.
    """

    def __init__(
        self, node: Node, world: World, author: str, *, settle: Callable[[], object], others_act: bool = False
    ) -> None:
        """Take the node and the world, and the name under which officers of the world act."""
        self.node = node
        self.settle = settle
        self.others_act = others_act
        self.world = world
        self.author = author
        self.inspector = Inspector(seed=world.seed)
        self.events: list[tuple[datetime, int, Deed, str]] = []
        self.lodgements: dict[str, Lodgement] = {}
        self.waiting: dict[str, Lodgement] = {}
        self.told: list[Told] = []
        self.unsettled: list[tuple[Incoming, Lodgement]] = []
        self.counter = 0

    def plan(self, when: datetime, deed: Deed, about: str) -> None:
        """Plan a deed."""
        heapq.heappush(self.events, (when, self.counter, deed, about))
        self.counter += 1

    def adopt(self, other: Stage) -> None:
        """Go on with what another stage had planned about what was lodged there."""
        self.lodgements |= other.lodgements
        for when, _, deed, about in other.events:
            if deed != "lodge":
                self.plan(when, deed, about)

    def forget_settled(self) -> None:
        """Forget the lodgements about which nothing is planned any more, and what was told."""
        planned = {about for _, _, _, about in self.events}
        self.lodgements = {mrn: one for mrn, one in self.lodgements.items() if mrn in planned}
        self.told.clear()

    def due(self, until: datetime) -> Iterator[tuple[datetime, Deed, str]]:
        """Yield what is due by a moment, in its order, and plan it no longer."""
        while self.events and self.events[0][0] <= until:
            when, _, deed, about = heapq.heappop(self.events)
            yield when, deed, about


def play_day(
    node: Node,
    world: World,
    on: date,
    declarations: int,
    *,
    progress: Callable[[float], None] | None = None,
) -> Played:
    """Play one day with so many declarations, and the five days after it in which it comes to rest.

    ``progress`` is called with the share of the time that has been played, 0 to 1.
    """
    stage = Stage(node, world, "officer:simulated", settle=node.catch_up)
    plan_day(stage, on, declarations)
    start = datetime.combine(on, time.min, tzinfo=UTC)
    end = start + timedelta(days=1) + _AFTERWARDS
    moment = start
    while moment < end:
        moment += _WINDOW
        play_window(stage, moment)
        if progress is not None:
            progress((moment - start) / (end - start))
    return _played(stage, on)


def plan_day(
    stage: Stage,
    on: date,
    declarations: int,
    *,
    after: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Plan what is lodged on a day, of it only what comes after and until moments where they are given."""
    country = stage.node.administration.country
    for one in day(stage.world, on, declarations, country, after=after, until=until):
        stage.waiting[one.reference] = one
        stage.plan(one.occurred, "lodge", one.reference)


def play_window(stage: Stage, until: datetime) -> None:
    """Do what is due in a window of time, in its order; then let the node answer, and plan what follows."""
    waiting: list[tuple[Incoming, Lodgement]] = []
    done = 0
    for when, deed, about in stage.due(until):
        done += 1
        if deed == "lodge":
            lodgement = stage.waiting.pop(about)
            message = read_message(lodgement.xml, stage.node.limits)
            incoming = Incoming(lodgement.reference, when, lodgement.xml, message, findings=message.findings)
            waiting.append((incoming, lodgement))
        else:
            _record(stage, waiting)
            waiting = []
            _do(stage, when, deed, about)
    _record(stage, waiting)
    if not done and not stage.unsettled:
        return
    stage.settle()
    for incoming, lodgement in stage.unsettled:
        stage.told.append(tell(stage.node, incoming))
        if incoming.mrn is not None:
            stage.lodgements[incoming.mrn] = lodgement
            follow_up(stage, incoming.mrn, lodgement)
    stage.unsettled.clear()


def _record(stage: Stage, waiting: list[tuple[Incoming, Lodgement]]) -> None:
    record(stage.node, [incoming for incoming, _ in waiting])
    stage.unsettled += waiting


def follow_up(stage: Stage, mrn: str, lodgement: Lodgement) -> None:
    """Plan what the world does about a new consignment: arrival, control, payment."""
    now, _ = consignment_now(stage.node.journal, mrn)
    arrival = arrival_delay(stage.world, lodgement)
    present = lodgement.occurred + (arrival or timedelta())
    if "arrival" in now.outstanding:
        stage.plan(present, "arrive", mrn)
    if "control" in now.outstanding:
        result = stage.inspector.inspect(lodgement.truth, mrn, _THOROUGHNESS[now.channel or "red"])
        # Documents are there when they are lodged; goods have to come first.
        begins = lodgement.occurred if now.channel == "yellow" else present
        stage.plan(begins + timedelta(hours=result.hours), "control", mrn)
    payment = payment_delay(stage.world, lodgement)
    if "payment" in now.outstanding:
        stage.plan(lodgement.occurred + (payment or timedelta(hours=1)), "pay", mrn)


def _do(stage: Stage, when: datetime, deed: Deed, mrn: str) -> None:
    journal = stage.node.journal
    lodgement = stage.lodgements[mrn]
    try:
        if deed == "arrive":
            arrive(journal, mrn, when, f"operator:{lodgement.declarant}", place=lodgement.office)
        elif deed == "control":
            now, _ = consignment_now(journal, mrn)
            result = stage.inspector.inspect(lodgement.truth, mrn, _THOROUGHNESS[now.channel or "red"])
            record_control(
                journal,
                mrn,
                when,
                stage.author,
                outcome=result.outcome,
                found=result.found,
                hours=result.hours,
            )
        elif deed == "pay":
            now, _ = consignment_now(journal, mrn)
            record_payment(
                journal,
                mrn,
                when,
                f"operator:{lodgement.declarant}",
                reference=f"{mrn}-1",
                amount=now.due - now.paid,
                currency=now.currency,
            )
    except RefusedActError as refused:
        if stage.others_act:
            return  # somebody was first, and theirs counts
        raise RuntimeError(f"the played day did what the node does not allow: {refused}") from refused


def _played(stage: Stage, on: date) -> Played:
    """Count what became of the day, from what was told and from the reader's table."""
    with_tables = tables(stage.node.reader("clearance"), stage.node.read_tables)
    held = [one for mrn in stage.lodgements if (one := consignment(with_tables, mrn)) is not None]
    with_tables.close()
    accepted = [one for one in held if one.state != "rejected"]
    controlled = [one for one in held if one.controls]
    drawn = [one for one in controlled if one.stratum == "random"]
    released = sorted(
        (one.released - one.lodged).total_seconds() / 3600 for one in held if one.released is not None
    )
    return Played(
        day=on,
        messages=len(stage.told),
        lodged=len(held),
        accepted=len(accepted),
        rejected=len(held) - len(accepted),
        unreadable=sum(one.kind == "unreadable" for one in stage.told),
        duplicates=sum(one.kind == "declaration" and one.mrn is None for one in stage.told),
        released=len(released),
        outstanding=dict(Counter(waits for one in held for waits in one.outstanding)),
        channels=dict(Counter(one.channel for one in accepted if one.channel)),
        findings=dict(Counter(finding.code for one in stage.told for finding in one.findings)),
        due=sum((one.due for one in accepted), Decimal(0)),
        paid=sum((one.paid for one in accepted), Decimal(0)),
        currency=stage.node.administration.terms.tariff.currency,
        controls=len(controlled),
        irregular_found=_irregular(controlled),
        irregular_in_truth=sum(stage.lodgements[one.mrn].truth.irregular for one in held),
        random_controls=len(drawn),
        random_irregular=_irregular(drawn),
        hours_to_release=round(median(released), 2) if released else None,
        hours_to_release_of_nine_tenths=round(released[int(len(released) * 0.9)], 2) if released else None,
    )


def _irregular(controlled: list[Consignment]) -> int:
    return sum(one.outcome == "irregular" for one in controlled)
