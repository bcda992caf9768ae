"""Fills a node with consignments that have lived: the acts a year of them leaves, appended in batches.

They are appended as a responder and people would have said them, and not decided on by this node: that is
measured elsewhere (`bench_clearance`). What is filled is the journal; tables are folded from it as ever.
"""

import random
from datetime import UTC, timedelta
from decimal import Decimal

from tidegate.acts import (
    ChannelAssigned,
    ControlRecorded,
    DeclarationAccepted,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationLodged,
    GoodsReleased,
    PaymentRecorded,
    Reason,
    TaxLine,
)
from tidegate.journal import Append, Draft, Key, KeyIsNew
from tidegate.simulation import World, day

OFFICES = ("XAPRT001", "XAAIR001", "XALND001", "XAPST001")
DAYS = 365
_AT_ONCE = 500
_SAMPLES = 60
_LEFT_OPEN = 0.02


def fill(node, consignments, until):
    """Append the acts of so many consignments, spread over a year that ends at a moment."""
    draws = random.Random(1)
    lodgements = day(World.make(1), until.date(), _SAMPLES, "XA")
    attached = node.journal.attach([one.xml for one in lodgements])
    step = timedelta(days=DAYS) / consignments
    begin = until - step * consignments
    waiting = []
    for number in range(consignments):
        waiting.append(_lived(draws, number, begin + step * number, attached, until))
        if len(waiting) == _AT_ONCE:
            node.journal.append(waiting)
            waiting = []
    if waiting:
        node.journal.append(waiting)


def mrn_of(number):
    return f"26XA{number:014}"


def _lived(draws, number, lodged, attached, until):
    """Return the acts of one consignment: most are let go at once, some are paid for or controlled first."""
    mrn, office = mrn_of(number), draws.choice(OFFICES)
    declarant = f"XA{draws.randrange(5_000):09}"
    at_random, score = draws.random() < 0.02, draws.random() ** 4
    stratum = "random" if at_random else "profile" if score > 0.85 else "none"
    channel = "red" if at_random else "yellow" if stratum == "profile" else "green"
    due = Decimal(draws.randrange(1_000, 900_000)) / 100
    first = DeclarationLodged(
        mrn=mrn, lrn=f"L{number}", declarant=declarant, type="IMA", items=2, office=office, place=office
    )
    said = [(lodged, first), (lodged, DeclarationAccepted(mrn=mrn))]
    said.append((lodged, _assessed(mrn, due, score)))
    said.append(
        (lodged, ChannelAssigned(mrn=mrn, channel=channel, stratum=stratum, grounds="Drawn or chosen.",
                                 office=office, random_share=0.02)),
    )  # fmt: skip
    moment = lodged
    if channel != "green":
        moment += timedelta(hours=draws.lognormvariate(1, 1))
        outcome = "irregular" if draws.random() < (0.06 if at_random else 0.25) else "conform"
        said.append((moment, ControlRecorded(mrn=mrn, outcome=outcome, found="")))
        if outcome == "irregular":
            said.append((moment, ControlRecorded(mrn=mrn, outcome="conform", found="")))
    if draws.random() < 0.3:  # so many pay at once
        moment += timedelta(hours=draws.lognormvariate(1.5, 1))
        said.append(
            (moment, PaymentRecorded(mrn=mrn, reference=f"{mrn}-1", amount=due, currency="XTS")),
        )
    if draws.random() > _LEFT_OPEN:
        said += [(moment, GoodsReleased(mrn=mrn)), (moment, DeclarationCleared(mrn=mrn))]
    drafts = [
        _draft(
            mrn, declarant, act, min(when, until), attached[number % len(attached)] if act is first else ""
        )
        for when, act in said
    ]
    return Append(tuple(drafts), (KeyIsNew(Key(f"mrn:{mrn}")),))


def _assessed(mrn, due, score):
    duty = (due / 4).quantize(Decimal("0.01"))
    lines = tuple(
        TaxLine(item=1, type=tax, base=due * 5, rate=Decimal(10), amount=amount, currency="XTS")
        for tax, amount in (("A00", duty), ("B00", due - duty))
    )
    reasons = (Reason(text="Goods somewhat dear.", weight=score, item=1, profile="P001"),)
    return DeclarationAssessed(
        mrn=mrn, due=due, currency="XTS", taxes=lines, score=score, reasons=reasons, deferred=score < 0.2
    )


def _draft(mrn, declarant, act, occurred, attached):
    keys = (Key(f"mrn:{mrn}"),)
    if attached:
        keys += (Key(f"operator:{declarant}", personal=True),)
    return Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=occurred.astimezone(UTC),
        author=Key(f"operator:{declarant}", personal=True) if attached else Key("officer:simulated"),
        keys=keys,
        body=act.encode(),
        attachments=(attached,) if attached else (),
    )
