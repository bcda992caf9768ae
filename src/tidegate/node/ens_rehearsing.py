"""Plays a carrier's day on a node: announced, lodged, amended, diverted, arrived, declared, then compared.

The day is only the outside: everything it does enters the node the way it would in earnest, as messages and
as acts of people. What the day knows to be true is compared at the end with what the node says.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from tidegate.acts import Call
from tidegate.declarations.ens import read_entry
from tidegate.declarations.messages import read_message
from tidegate.entry import (
    Announcement,
    LooseEnd,
    announce_conveyance,
    announcements,
    arrive_conveyance,
    divert,
    entry_now,
    loose_ends,
    receive_entry,
    record_entry_control,
)
from tidegate.journal import tables
from tidegate.node.clearing import Incoming, record
from tidegate.simulation.carriage import CarrierDay, carrier_day, discharged
from tidegate.simulation.carriage_messages import CARRIER, amendment, import_declaration, lodgement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tidegate.node.installation import Node
    from tidegate.simulation.carriage import Carried, Journey

_AUTHOR = f"operator:{CARRIER}"
_PUT_RIGHT_AFTER = timedelta(minutes=40)
_AMENDED_AFTER = timedelta(hours=2)
_DIVERTED_BEFORE = timedelta(hours=1)
_ELSEWHERE_AFTER = timedelta(hours=6)
_CONTROLLED_AFTER = timedelta(hours=3)

Deed = Literal["announce", "lodge", "right", "amend", "divert", "arrive", "elsewhere", "control", "declare"]


class NotTakenError(RuntimeError):
    """A message of the played day was not taken in: its reference was used before, or it is no message."""

    code = "rehearsal.not_taken"


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """What a rehearsed day came to, and how far the node's word is the day's truth."""

    seed: int
    day: date
    conveyances: int
    crew: int
    passengers: int
    lodged: int
    accepted: int
    rejected: int
    late: int
    amended: int
    diverted: int
    decisions: dict[str, int]
    arrived: int
    controlled: int
    released: int
    missed: int
    declared: int
    matched: int
    unannounced: int
    unmatched: dict[str, int]
    unmatched_without_reason: int
    consignments: int
    as_in_truth: int


def rehearse(
    node: Node, seed: int, on: date, consignments: int
) -> tuple[Rehearsed, list[LooseEnd], list[str]]:
    """Play a carrier's day; returns what it came to, what met nothing, and where that is not the truth."""
    day = carrier_day(seed, on, consignments)
    stage = CarrierStage(node, day, node.answer)
    for when, deed, number in sorted(deeds_of(day)):
        stage.do(when, deed, number)
    node.catch_up()
    return _compared(stage)


def deeds_of(day: CarrierDay) -> Iterator[tuple[datetime, Deed, int]]:
    """Yield everything that happens: when, what, and about which journey or consignment."""
    for journey in day.journeys:
        first = min(one.lodged for one in day.carried) - timedelta(hours=1)
        yield min(first, journey.departs), "announce", journey.number
        yield journey.arrives, "arrive", journey.number
        yield journey.arrives + _ELSEWHERE_AFTER, "elsewhere", journey.number
    for one in day.carried:
        yield one.lodged, "lodge", one.number
        if one.fate == "flawed":
            yield one.lodged + _PUT_RIGHT_AFTER, "right", one.number
        if one.fate in ("amended", "spoiled"):
            yield one.lodged + _AMENDED_AFTER, "amend", one.number
        if one.fate == "diverted":
            yield one.journey.arrives - _DIVERTED_BEFORE, "divert", one.number
        if one.fate == "vague":
            yield one.journey.arrives + _CONTROLLED_AFTER, "control", one.number
        if one.declared is not None:
            yield one.declared, "declare", one.number


class CarrierStage:
    """The day as it is played: which number each consignment got, and how often something was sent.

    ``settle`` has what was recorded answered.
    """

    def __init__(self, node: Node, day: CarrierDay, settle: Callable[[], object]) -> None:
        """Take the node and the day."""
        self.node = node
        self.day = day
        self.settle = settle
        self.numbers: dict[int, str] = {}
        self.flawed: dict[int, str] = {}
        self.declared: dict[int, str | None] = {}

    def do(self, when: datetime, deed: Deed, number: int) -> None:
        """Do what happens at a moment."""
        if deed in ("announce", "arrive", "elsewhere"):
            self._move(when, deed, self.day.journeys[number])
        else:
            self._tell(when, deed, self.day.carried[number])

    def _move(self, when: datetime, deed: Deed, journey: Journey) -> None:
        journal = self.node.journal
        if deed == "announce":
            calls = [Call(journey.loading, departs=journey.departs), Call(journey.unloading, journey.arrives)]
            announce_conveyance(
                journal,
                journey.conveyance,
                when,
                _AUTHOR,
                itinerary=calls,
                crew=journey.crew,
                passengers=journey.passengers,
            )
            return
        elsewhere = deed == "elsewhere"
        came = tuple(discharged(self.day, journey, elsewhere=elsewhere))
        if came or not elsewhere:
            office = journey.other_office if elsewhere else journey.office
            arrive_conveyance(
                journal,
                journey.conveyance,
                when,
                _AUTHOR,
                office=office,
                discharged=came,
                crew=journey.crew,
                passengers=journey.passengers,
            )

    def _tell(self, when: datetime, deed: Deed, one: Carried) -> None:
        if deed == "lodge":
            (self.flawed if one.fate == "flawed" else self.numbers)[one.number] = self._receive(
                lodgement(one), when
            )
        elif deed == "right":
            self.numbers[one.number] = self._receive(lodgement(one, put_right=True), when)
        elif deed == "amend":
            self._receive(amendment(one, self.numbers[one.number], when), when)
        elif deed == "declare":
            data = import_declaration(one)
            incoming = Incoming(one.lrn, when, data, read_message(data, self.node.limits))
            record(self.node, [incoming])
            self.declared[one.number] = incoming.mrn
        else:
            self._act(when, deed, one)

    def _receive(self, data: bytes, when: datetime) -> str:
        node = self.node
        message = read_entry(data, node.limits)
        country = node.administration.country
        receipt = receive_entry(node.journal, message, data, when, country=country, key=node.key)
        if receipt.mrn is None:
            raise NotTakenError(f"the played day sent what the node does not take: {receipt.findings}")
        return receipt.mrn

    def _act(self, when: datetime, deed: Deed, one: Carried) -> None:
        """Do what needs to know how things stand: the node answers first."""
        self.settle()
        mrn, journal = self.numbers[one.number], self.node.journal
        if deed == "divert":
            expected = one.journey.arrives + _ELSEWHERE_AFTER
            divert(journal, mrn, when, _AUTHOR, office=one.journey.other_office, expected=expected)
        elif entry_now(journal, mrn)[0].state == "arrived":
            record_entry_control(
                journal, mrn, when, "officer:simulated", outcome="conform", found="As announced."
            )


def _compared(stage: CarrierStage) -> tuple[Rehearsed, list[LooseEnd], list[str]]:
    node, day = stage.node, stage.day
    reader = node.reader("entry")
    with closing(tables(reader, node.read_tables)) as connection:
        mine = {*stage.numbers.values(), *stage.flawed.values()}
        held = {one.mrn: one for one in announcements(connection) if one.mrn in mine}
        strange = set(day.unannounced.values())
        ends = [one for one in loose_ends(connection) if one.subject in mine | strange]
    differing = [
        f"{one.lrn} ({one.fate}): {said}" for one in day.carried if (said := _differs(stage, one, held))
    ]
    differing += [
        f"{word}: came unannounced and was not told"
        for word in sorted(strange - {one.subject for one in ends if one.what == "goods"})
    ]
    entries = list(held.values())
    return (
        Rehearsed(
            seed=day.seed,
            day=day.day,
            conveyances=len(day.journeys),
            crew=sum(one.crew for one in day.journeys),
            passengers=sum(one.passengers for one in day.journeys),
            lodged=len(entries),
            accepted=sum(one.stands for one in entries),
            rejected=sum(one.state == "rejected" for one in entries),
            late=sum(one.late for one in entries),
            amended=sum(one.versions > 1 for one in entries),
            diverted=sum(one.diverted > 0 for one in entries),
            decisions=dict(Counter(str(one.decision) for one in entries if one.decision)),
            arrived=sum(one.arrived is not None for one in entries),
            controlled=sum(one.outcome is not None for one in entries),
            released=sum(one.state == "released" for one in entries),
            missed=sum(one.state == "missed" for one in entries),
            declared=len(stage.declared),
            matched=sum(bool(one.declarations) for one in entries),
            unannounced=sum(one.what == "goods" for one in ends),
            unmatched=dict(Counter(one.reason for one in ends)),
            unmatched_without_reason=_without_reason(entries, ends),
            consignments=len(day.carried),
            as_in_truth=len(day.carried) - sum(bool(_differs(stage, one, held)) for one in day.carried),
        ),
        ends,
        differing,
    )


def _without_reason(entries: list[Announcement], ends: list[LooseEnd]) -> int:
    told = {one.subject for one in ends if one.reason and one.text}
    return sum(not one.declarations and one.mrn not in told for one in entries)


def _differs(stage: CarrierStage, one: Carried, held: dict[str, Announcement]) -> str:
    """Return in what the node's word of a consignment is not what is true, or nothing."""
    entry = held.get(stage.numbers[one.number])
    if entry is None:
        return "it is not known"
    if one.fate == "flawed" and held[stage.flawed[one.number]].state != "rejected":
        return "its mistake was not found"
    state = "released" if one.comes else "missed"
    if entry.state != state:
        return f"it is {entry.state}, not {state}"
    if (entry.versions > 1) != (one.fate == "amended"):
        return "its amendment is not what it should be"
    if entry.late != (one.fate == "late"):
        return f"it is {'' if entry.late else 'not '}called late"
    declared = stage.declared.get(one.number)
    expected = (declared,) if declared is not None else ()
    return "" if entry.declarations == expected else f"it met {entry.declarations}, not {expected}"
