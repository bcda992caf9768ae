"""A journal in which consignments live as a test says: acts with their hours, folded into figures."""

from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tidegate.acts import (
    ChannelAssigned,
    ControlRecorded,
    DeclarationAccepted,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationLodged,
    DeclarationRegistered,
    GoodsArrived,
    GoodsReleased,
    PaymentRecorded,
    TaxLine,
)
from tidegate.insight import InsightReader, Span
from tidegate.journal import Append, Draft, Key, create_journal, follow, tables

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
WEEK = Span(date(2026, 3, 2), date(2026, 3, 8))
MRN = "26XA{:014}"


class Told:
    """A journal that is told acts; hours count from BEGIN."""

    def __init__(self, folder, journal=None):
        self.folder = folder
        self.journal = journal or create_journal(folder / "journal", clock=lambda: BEGIN)

    def say(self, hours, act, *further):
        for one in (act, *further):
            draft = Draft(
                kind=one.KIND,
                version=one.VERSION,
                occurred=BEGIN + timedelta(hours=hours),
                author=Key("test"),
                keys=(Key(f"mrn:{one.mrn}"),),
                body=one.encode(),
            )
            self.journal.append([Append((draft,))])

    def lodge(self, number, hours=0.0, *, type_="IMA", office="XA1", channel="green", due="0", **chosen):
        """Lodge, and let customs decide at once, as it does where the goods are there."""
        mrn = MRN.format(number)
        self.say(
            hours,
            DeclarationLodged(mrn=mrn, lrn="L", declarant="D", type=type_, items=1, office=office),
        )
        if type_.endswith("D"):
            self.say(hours, DeclarationRegistered(mrn=mrn))
        else:
            self.decide(mrn, hours, office=office, channel=channel, due=due, **chosen)
        return mrn

    def decide(self, mrn, hours, *, office="XA1", channel="green", due="0", stratum="none", share=0.02):
        self.say(hours, DeclarationAccepted(mrn=mrn), assessed(mrn, due))
        self.say(
            hours,
            ChannelAssigned(
                mrn=mrn, channel=channel, stratum=stratum, grounds="", office=office, random_share=share
            ),
        )

    def arrive(self, mrn, hours):
        self.say(hours, GoodsArrived(mrn=mrn))

    def control(self, mrn, hours, outcome="conform"):
        self.say(hours, ControlRecorded(mrn=mrn, outcome=outcome, found=""))

    def pay(self, mrn, hours, amount):
        self.say(hours, PaymentRecorded(mrn=mrn, reference="R", amount=Decimal(amount), currency="XTS"))

    def release(self, mrn, hours):
        self.say(hours, GoodsReleased(mrn=mrn), DeclarationCleared(mrn=mrn))

    @contextmanager
    def figures(self, name="read", batch=1_000):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        follow(self.journal, InsightReader(), folder, batch=batch)
        with closing(tables(InsightReader(), folder)) as connection:
            yield connection


def assessed(mrn, due, tax="A00"):
    lines = ()
    if Decimal(due):
        lines = (TaxLine(item=1, type=tax, base=Decimal(1), rate=None, amount=Decimal(due), currency="XTS"),)
    return DeclarationAssessed(mrn=mrn, due=Decimal(due), currency="XTS", taxes=lines)
