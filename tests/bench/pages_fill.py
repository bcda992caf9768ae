"""Fills a node with consignments that have lived: the acts a year of them leaves, appended in batches.

They are appended as a responder and people would have said them, and not decided on by this node: that is
measured elsewhere (`bench_clearance`). What is filled is the journal; tables are folded from it as ever.

Most of a year is done with; of the last month, a quarter waits for somebody: for a control, for documents,
for money, for goods. One trader has two of every hundred consignments, the others share the rest.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from tidegate.acts import (
    ChannelAssigned,
    ControlRecorded,
    DeclarationAccepted,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationLodged,
    DeclarationRegistered,
    DeclarationRejected,
    DocumentsDelivered,
    DocumentsRequested,
    GoodsReleased,
    NoticeIssued,
    PaymentRecorded,
    Reason,
    TaxLine,
)
from tidegate.declarations.findings import Finding
from tidegate.journal import Append, Draft, Key, KeyIsNew
from tidegate.notices.reader import operator_key
from tidegate.simulation import Lodgement, World, day

OFFICES = ("XAPRT001", "XAAIR001", "XALND001", "XAPST001")
TRADER = "XA000000001"
DAYS = 365
KINDS = ("released", "rejected", "control", "decision", "asked", "delivered", "payment", "arrival")
_OPEN = KINDS[2:]
_OPEN_WEIGHTS = (35, 10, 15, 10, 20, 10)
_RECENT, _LEFT_OPEN = 0.08, 0.25  # the last month, and how much of it waits
_REJECTED = 0.01
_OF_TRADER = 0.02
_OTHERS = 5_000
_AT_ONCE = 2_000
_SAMPLES = 60
_CHAPTERS = ("61", "62", "84", "85", "87", "39", "94", "08")
_DAY = timedelta(days=1)


def mrn_of(number: int) -> str:
    """Return the number that a consignment of the fill has."""
    return f"26XA{number:014}"


def fill(node, consignments: int, until: datetime) -> tuple[dict[str, str], dict[str, str]]:
    """Append the acts of so many consignments, spread over a year that ends at a moment.

    Returns the last consignment of each kind, of anybody and of the trader.
    """
    draws = random.Random(1)
    attached = node.journal.attach([one.xml for one in sampled(until)])
    step = timedelta(days=DAYS) / consignments
    begin = until - step * consignments
    samples: dict[str, str] = {}
    own: dict[str, str] = {}
    waiting = []
    for number in range(consignments):
        kind = _kind(draws, number / consignments)
        trader = draws.random() < _OF_TRADER
        declarant = TRADER if trader else f"XA{draws.randrange(2, _OTHERS):09}"
        life = _Life(draws, number, declarant, begin + step * number, until)
        waiting.append(life.append(kind, attached[number % len(attached)]))
        samples[kind] = life.mrn
        if trader:
            own[kind] = life.mrn
        if len(waiting) == _AT_ONCE:
            node.journal.append(waiting)
            waiting = []
    if waiting:
        node.journal.append(waiting)
    return samples, own


def sampled(until: datetime) -> list[Lodgement]:
    """Return what was declared in truth: the fill's consignments share it."""
    return day(World.make(1), until.date(), _SAMPLES, "XA")


def _kind(draws: random.Random, passed: float) -> str:
    if draws.random() < _REJECTED:
        return "rejected"
    if passed > 1 - _RECENT and draws.random() < _LEFT_OPEN:
        return draws.choices(_OPEN, _OPEN_WEIGHTS)[0]
    return "released"


class _Life:
    """The acts of one consignment: most are let go at once, some are paid for or controlled first."""

    def __init__(
        self, draws: random.Random, number: int, declarant: str, lodged: datetime, until: datetime
    ) -> None:
        self.mrn = mrn_of(number)
        self._draws, self._number = draws, number
        self._declarant, self._until = declarant, until
        self._office = draws.choice(OFFICES)
        self._due = Decimal(draws.randrange(1_000, 900_000)) / 100
        self._moment = lodged
        self._drafts: list[Draft] = []

    def append(self, kind: str, attached: str) -> Append:
        """Return all its acts as they enter together."""
        lrn = f"L{self._number}"
        early = kind == "arrival"
        first = DeclarationLodged(
            mrn=self.mrn, lrn=lrn, declarant=self._declarant, type="IMD" if early else "IMA", items=2,
            office=self._office, place=self._office,
        )  # fmt: skip
        by = Key(f"operator:{self._declarant}", personal=True)
        # As lodging keys it, so that its trader finds it by the own reference.
        known = Key(f"lrn:{len(self._declarant)}:{self._declarant}:{lrn}", personal=True)
        self._drafts.append(_draft(self.mrn, first, self._moment, by, keys=(by, known), attached=(attached,)))
        if kind == "rejected":
            found = Finding("TG0001", "GoodsShipment", "Something that is needed is not stated.")
            self._say(DeclarationRejected(mrn=self.mrn, findings=(found,)))
        elif early:
            self._say(DeclarationRegistered(mrn=self.mrn))
        else:
            self._decided(kind)
        if self._declarant == TRADER:
            self._told(lrn)
        return Append(tuple(self._drafts), (KeyIsNew(Key(f"mrn:{self.mrn}")),))

    def _say(self, *acts) -> None:
        for act in acts:
            self._drafts.append(_draft(self.mrn, act, min(self._moment, self._until), _OFFICER))

    def _decided(self, kind: str) -> None:
        draws, mrn = self._draws, self.mrn
        at_random, score = draws.random() < 0.02, draws.random() ** 4
        stratum = "random" if at_random else "profile" if score > 0.85 else "none"
        channel = "red" if at_random else "yellow" if stratum == "profile" else "green"
        if kind in ("control", "decision"):
            channel, stratum = draws.choice(("yellow", "red")), "profile"
        paid = kind == "payment" or draws.random() < 0.3
        self._say(
            DeclarationAccepted(mrn=mrn),
            self._assessed(score, deferred=not paid),
            ChannelAssigned(mrn=mrn, channel=channel, stratum=stratum, grounds="Drawn or chosen.",
                            office=self._office, random_share=0.02),
        )  # fmt: skip
        if kind == "control":
            return
        if channel != "green":
            self._controlled("irregular" if kind == "decision" else "", at_random=at_random)
        if kind in ("asked", "delivered"):
            self._say(DocumentsRequested(mrn=mrn, grounds="The invoice, please."))
        if kind == "delivered":
            self._say(DocumentsDelivered(mrn=mrn, words="Here it is."))
        if kind != "released":
            return
        if paid:
            self._moment += timedelta(hours=draws.lognormvariate(1.5, 1))
            reference = f"{mrn}-1"
            self._say(PaymentRecorded(mrn=mrn, reference=reference, amount=self._due, currency="XTS"))
        self._say(GoodsReleased(mrn=mrn), DeclarationCleared(mrn=mrn))

    def _controlled(self, outcome: str, *, at_random: bool) -> None:
        draws, mrn = self._draws, self.mrn
        self._moment += timedelta(hours=draws.lognormvariate(1, 1))
        found = outcome or ("irregular" if draws.random() < (0.06 if at_random else 0.25) else "conform")
        self._say(ControlRecorded(mrn=mrn, outcome=found, found=""))
        if found == "irregular" and not outcome:
            self._say(ControlRecorded(mrn=mrn, outcome="conform", found=""))

    def _assessed(self, score: float, *, deferred: bool) -> DeclarationAssessed:
        duty = (self._due / 4).quantize(Decimal("0.01"))
        chapter = _CHAPTERS[self._number % len(_CHAPTERS)]
        lines = tuple(
            TaxLine(item=1, type=tax, base=self._due * 5, rate=Decimal(10), amount=amount, currency="XTS",
                    chapter=chapter)
            for tax, amount in (("A00", duty), ("B00", self._due - duty))
        )  # fmt: skip
        reasons = (Reason(text="Goods somewhat dear.", weight=score, item=1, profile="P001"),)
        return DeclarationAssessed(
            mrn=self.mrn, due=self._due, currency="XTS", taxes=lines, score=score, reasons=reasons,
            deferred=deferred, likelihood=score / 4, model="M1",
        )  # fmt: skip

    def _told(self, lrn: str) -> None:
        notice = NoticeIssued(
            type="DMSCLE", function="09", operator=TRADER, mrn=self.mrn, lrn=lrn, version=1,
            reference=f"N{self._number}", about=0, words="It is told how it stands.",
        )  # fmt: skip
        key = operator_key(TRADER)
        self._drafts.append(_draft(self.mrn, notice, min(self._moment, self._until), _OFFICER, keys=(key,)))


_OFFICER = Key("officer:simulated")


def _draft(mrn, act, occurred, author, *, keys=(), attached=()) -> Draft:
    return Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=occurred.astimezone(UTC),
        author=author,
        keys=(Key(f"mrn:{mrn}"), *keys),
        body=act.encode(),
        attachments=attached,
    )


def arriving(until: datetime, start: int) -> Iterator[tuple[str, str, Append]]:
    """Yield new work without end: its number, its office, its acts; each is due sooner than the last.

    So the latest stands first in the queue, and where it stands in a refreshed one, all before it do. Numbers
    are counted from ``start`` on.
    """
    draws = random.Random(2)
    for number in count(start):
        mrn, office = f"26XW{number:014}", draws.choice(OFFICES)
        moment = until - DAYS * _DAY - timedelta(seconds=number)
        first = DeclarationLodged(
            mrn=mrn, lrn=mrn, declarant=TRADER, type="IMA", items=2, office=office, place=office
        )
        said = (
            first,
            DeclarationAccepted(mrn=mrn),
            DeclarationAssessed(mrn=mrn, due=Decimal(0), currency="XTS", deferred=True),
            ChannelAssigned(mrn=mrn, channel="yellow", stratum="profile", grounds="Chosen.", office=office),
        )
        drafts = tuple(_draft(mrn, act, moment, _OFFICER) for act in said)
        yield mrn, office, Append(drafts, (KeyIsNew(Key(f"mrn:{mrn}")),))
