"""People beside a living world: traders who answer, and the ready trader, who has something of each kind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import DeliveredFile, DocumentsRequested, decode
from tidegate.clearance import (
    RefusedActError,
    consignment_now,
    deliver_documents,
    order_control,
    record_payment,
    request_documents,
)
from tidegate.node.living import AUTHOR
from tidegate.node.playing import Stage, play_window
from tidegate.simulation import Frames, Lodgement, frames_of, lodgements_of
from tidegate.simulation.flaws import flawed

if TYPE_CHECKING:
    from typing import Literal

    from tidegate.node.installation import Node
    from tidegate.node.living import Living
    from tidegate.simulation import World

_READ_AT_ONCE = 500
_ANSWERED_AFTER = timedelta(minutes=2)
_SHOWN = 14  # consignments of the ready trader
_REJECTED = 2  # of them
_CHANNELS: tuple[Literal["yellow", "red"], ...] = ("yellow", "yellow", "red", "red")
_WANTED = "Please send the invoice and the packing list: value and quantity do not seem to belong together."
_ORDERED = "Chosen by the office for a look at the documents."
_INVOICE = "Invoice {reference}\n\nGoods as declared under {mrn}. Terms: net 30 days.\n"


class Answering:
    """Traders who hand in what officers ask for, some time later; those in ``quiet`` leave it to people."""

    def __init__(self, node: Node, quiet: frozenset[str]) -> None:
        """Take the node, and the operators for whom people act."""
        self._node = node
        self._quiet = quiet
        self._position = max(0, node.journal.size - _READ_AT_ONCE)
        self._asked: list[tuple[datetime, str]] = []

    def play(self, until: datetime) -> None:
        """Hand in what was asked for long enough ago."""
        journal = self._node.journal
        while entries := journal.read(self._position, _READ_AT_ONCE, {DocumentsRequested.KIND}):
            self._position = entries[-1].position + 1
            for entry in entries:
                act = None if entry.body is None else decode(entry.kind, entry.version, entry.body)
                if isinstance(act, DocumentsRequested):
                    self._asked.append((entry.recorded + _ANSWERED_AFTER, act.mrn))
        due = [mrn for when, mrn in self._asked if when <= until]
        self._asked = [one for one in self._asked if one[0] > until]
        for mrn in due:
            self._deliver(mrn, until)

    def _deliver(self, mrn: str, when: datetime) -> None:
        try:
            consignment, _ = consignment_now(self._node.journal, mrn)
            if (
                consignment.declarant not in self._quiet
                and consignment.documents
                and not consignment.delivered
            ):
                deliver(self._node, mrn, when, consignment.declarant)
        except RefusedActError:
            return  # somebody was first, and theirs counts


def deliver(node: Node, mrn: str, when: datetime, operator: str) -> None:
    """Hand in an invoice as text.

    Raises:
        RefusedActError: nothing is asked for any more.
    """
    text = _INVOICE.format(reference=mrn[-6:], mrn=mrn).encode()
    described = [DeliveredFile(name="invoice.txt", media="text/plain", octets=len(text), type="N380")]
    deliver_documents(node.journal, mrn, when, operator, files=[text], described=described)


class Showcase:
    """What is arranged when a world begins, once, so that each desk has something of each kind.

    The ready trader's consignments are lodged: rejected, to be documented, to be paid, cleared. Of what
    others lodged, some is controlled on an officer's own grounds, so that there is work in each channel.
    """

    def __init__(
        self, living: Living, node: Node, world: World, operator: str, rates: tuple[int, int]
    ) -> None:
        """Take the living world, the ready trader's number, and how much was and is declared a day."""
        self._living = living
        self._node = node
        self._world = world
        self._operator = operator
        self._rates = rates
        self._done = False

    def play(self, until: datetime) -> None:
        """Arrange it, the first time."""
        if self._done:
            return
        self._done = True
        others = [mrn for mrn in self._living.lodged() if self._waits(mrn) == ("payment",)]
        for mrn, channel in zip(others, _CHANNELS, strict=False):
            order_control(self._node.journal, mrn, until, AUTHOR, channel=channel, grounds=_ORDERED)
        for mrn in others[len(_CHANNELS) : len(_CHANNELS) + 1]:
            request_documents(self._node.journal, mrn, until, AUTHOR, grounds=_WANTED)
        self._living.adopt(self._lodge(until))

    def _lodge(self, moment: datetime) -> Stage:
        """Lodge the ready trader's, and bring some of them where they can be looked at."""
        settle = self._living.wait_answered
        stage = Stage(self._node, self._world, AUTHOR, settle=settle, others_act=True)
        for place, one in enumerate(self._chosen(moment)):
            shown = (
                msgspec.structs.replace(one, xml=flawed(one.xml, "unknown_currency"))
                if place < _REJECTED
                else one
            )
            stage.waiting[shown.reference] = shown
            stage.plan(shown.occurred, "lodge", shown.reference)
        play_window(stage, moment)
        self._arrange(stage, moment)
        return stage

    def _chosen(self, moment: datetime) -> list[Lodgement]:
        """Return the trader's latest lawful declarations, of those that the world does not lodge itself."""
        found: list[Lodgement] = []
        for on in (moment.date() - timedelta(days=1), moment.date()):
            country = self._node.administration.country
            frames = frames_of(self._world, country, on, self._rates[1])
            first = frames_of(self._world, country, on, self._rates[0])
            taken = first.goods_items["declaration"].unique().implode()
            rows = (frames.goods_items["declarant"] == self._operator) & (
                frames.goods_items["occurred"] <= moment
            )
            rows &= ~frames.goods_items["declaration"].is_in(taken) & frames.truth["flaw"].is_null()
            found += lodgements_of(Frames(frames.goods_items.filter(rows), frames.truth.filter(rows)))
        lawful = [one for one in found if not one.truth.irregular and one.pays]
        return lawful[-_SHOWN:]

    def _arrange(self, stage: Stage, moment: datetime) -> None:
        """Ask for documents of one, let one be paid at once, leave one to be paid by whoever looks."""
        open_ = [mrn for mrn in stage.lodgements if self._waits(mrn) == ("payment",)]
        for mrn in open_[:1]:
            request_documents(self._node.journal, mrn, moment, AUTHOR, grounds=_WANTED)
        left = set(open_[1:3])
        stage.events = [one for one in stage.events if one[2] != "pay" or one[3] not in left]
        for mrn in open_[3:6]:
            now, _ = consignment_now(self._node.journal, mrn)
            record_payment(
                self._node.journal,
                mrn,
                moment,
                f"operator:{self._operator}",
                reference=f"{mrn}-1",
                amount=now.due - now.paid,
                currency=now.currency,
            )

    def _waits(self, mrn: str) -> tuple[str, ...]:
        return consignment_now(self._node.journal, mrn)[0].outstanding
