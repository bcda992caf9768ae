"""What the tests of entry lodge, and the small customs post they lodge it with."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from tests.unit.clearance.making import lodging
from tidegate.clearance import lodge
from tidegate.declarations.ens import read_entry, sample_entry, with_entry_value, write_entry
from tidegate.declarations.ens.reading import EntryMessage
from tidegate.entry import (
    EntryReader,
    EntryResponder,
    EntryTerms,
    announcement,
    arrive_conveyance,
    entry_now,
    receive_entry,
)
from tidegate.journal import answer, create_journal, follow, tables
from tidegate.risk import Profile

KEY = bytes(range(32))
MOMENT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
ARRIVAL = datetime(2026, 1, 17, 14, tzinfo=UTC)
SHIP = "1:9074729:TG2601N"
OFFICE = "GB000060"
DOCUMENT = "TGBL0001"
NOTHING = MappingProxyType({})
VAGUE = Profile(
    code="S1",
    purpose="vague descriptions",
    owner="test",
    condition="description = 'General cargo'",
    weight=0.5,
    reason="'{description}' says nothing.",
    start=date(2020, 1, 1),
)
EXPLOSIVE = Profile(
    code="S2",
    purpose="explosives",
    owner="test",
    condition="chapter = '36'",
    weight=0.9,
    reason="Explosives.",
    start=date(2020, 1, 1),
)
TERMS = EntryTerms(profiles=(VAGUE, EXPLOSIVE))
CONTROLLED = {"GOOITEGDS[1]/GooDesGDS23": "General cargo"}
FORBIDDEN = {"GOOITEGDS[1]/COMCODGODITM/ComNomCMD1": "360200"}


def octets(lrn="", edits=NOTHING, mrn=None):
    """Return a message: a lodgement with this LRN, or an amendment of this number."""
    entry = sample_entry("CC315A" if mrn is None else "CC313A")
    place = "HEAHEA/RefNumHEA4" if mrn is None else "HEAHEA/DocNumHEA5"
    for where, stated in {place: lrn or mrn, **edits}.items():
        entry = with_entry_value(entry, where, stated)
    return write_entry(EntryMessage(entry))


class EntryPost:
    """A journal, and the responder and reader that follow it."""

    def __init__(self, folder: Path, terms: EntryTerms = TERMS) -> None:
        self.folder = folder
        self.terms = terms
        self.journal = create_journal(folder / "journal", clock=lambda: MOMENT)

    def receive(self, data, occurred=MOMENT):
        return receive_entry(self.journal, read_entry(data), data, occurred, country="GB", key=KEY)

    def lodged(self, lrn, edits=NOTHING, occurred=MOMENT):
        """Lodge an entry, let it be answered, and return its number."""
        receipt = self.receive(octets(lrn, edits), occurred)
        self.catch_up()
        return receipt.mrn

    def amended(self, mrn, edits=NOTHING, occurred=MOMENT):
        receipt = self.receive(octets(edits=edits, mrn=mrn), occurred)
        self.catch_up()
        return receipt

    def arrives(self, *discharged, office=OFFICE, conveyance=SHIP, occurred=ARRIVAL):
        arrive_conveyance(
            self.journal, conveyance, occurred, "operator:line", office=office, discharged=discharged
        )
        self.catch_up()

    def declared(self, lrn, edits, occurred=ARRIVAL + timedelta(hours=2)):
        (receipt,) = lodge(self.journal, [lodging(lrn, edits, occurred)], country="GB", key=KEY)
        self.catch_up()
        return receipt.mrn

    def catch_up(self, batch=1000):
        answer(
            self.journal, EntryResponder(self.terms, self.journal), self.folder / "responders", batch=batch
        )

    def now(self, mrn):
        return entry_now(self.journal, mrn)[0]

    @contextmanager
    def tables(self):
        follow(self.journal, EntryReader(), self.folder / "read")
        connection = tables(EntryReader(), self.folder / "read")
        try:
            yield connection
        finally:
            connection.close()

    def held(self, mrn):
        """Return what the reader's table holds, which is what the acts say."""
        with self.tables() as connection:
            found = announcement(connection, mrn)
        assert found == self.now(mrn)
        return found

    def kinds(self):
        return [one.kind for one in self.journal.read(0, 1000)]
