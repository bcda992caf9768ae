"""What the clearance tests lodge, and the small administration they lodge it with."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from tests.unit.tariff.making import exchange, rate, tables
from tidegate.clearance import ClearanceResponder, Lodging, Terms, lodge
from tidegate.declarations.declaration import Declaration
from tidegate.declarations.messages import Message, write_message
from tidegate.declarations.places import with_value
from tidegate.declarations.rules.sample import sample_declaration
from tidegate.journal import SqliteJournal, answer, create_journal
from tidegate.risk import Policy, Profile

KEY = bytes(range(32))
MOMENT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[1]"
PRICE = f"{ITEM}/Commodity/InvoiceLine/ItemChargeAmount"
PAYS_AT_ONCE = {f"{ITEM}/Commodity/DutyTaxFee[1]/Payment/MethodCode": "A"}
PRE_LODGED = {"TypeCode": "IMD"}
FLAWED = {PRICE: "100.00 EUX"}

POLICY = Policy(
    random_share=0.0,
    red_threshold=0.6,
    yellow_threshold=0.3,
    blue_threshold=0.2,
    red_capacity=100,
    yellow_capacity=100,
)
DEAR = Profile(
    code="P1",
    purpose="dear goods",
    owner="test",
    condition="value > 20000",
    weight=0.7,
    reason="Goods worth {value} XTS, of {origin}.",
    start=date(2020, 1, 1),
)
DEARER_THAN_USUAL = Profile(
    code="P2",
    purpose="goods somewhat dear",
    owner="test",
    condition="value > 15000",
    weight=0.4,
    reason="Goods worth {value} XTS.",
    start=date(2020, 1, 1),
)
RED, YELLOW = {PRICE: "50000.00 EUR"}, {PRICE: "16000.00 EUR"}


def terms(policy: Policy = POLICY, **parts) -> Terms:
    """Return terms under which goods owe a tenth and a fifth, dear ones are looked at, and A pays at once."""
    return Terms(
        **{
            "country": "XA",
            "default_office": "XAPRT001",
            "immediate_payment": frozenset("A"),
            "tariff": tables([rate("A00", "10"), rate("B00", "20")], [exchange("EUR", "1")]),
            "profiles": (DEAR, DEARER_THAN_USUAL),
            "policy": policy,
            **parts,
        }
    )


def declaration(lrn: str, edits: Mapping[str, object] = {}) -> Declaration:
    """Return a complete declaration with this LRN, changed at some places."""
    value = sample_declaration().altered(functional_reference_id=lrn)
    for place, stated in edits.items():
        value = with_value(value, place, stated)
    return value


def lodging(lrn: str, edits: Mapping[str, object] = {}, occurred: datetime = MOMENT) -> Lodging:
    """Return a declaration on its way in, with its bytes."""
    value = declaration(lrn, edits)
    return Lodging(occurred, write_message(Message("declaration", bare=value)), value)


class Post:
    """A customs post: a journal, the responder that answers it, and where the responder keeps its tables."""

    def __init__(self, folder: Path, of: Terms | None = None) -> None:
        self.folder = folder
        self.terms = of or terms()
        self.journal: SqliteJournal = create_journal(folder / "journal", clock=lambda: MOMENT)

    def responder(self) -> ClearanceResponder:
        return ClearanceResponder(self.terms, KEY, self.journal)

    def lodge(self, *lodgings: Lodging):
        return lodge(self.journal, lodgings, country="XA", key=KEY)

    def catch_up(self, batch: int = 1_000, responder: ClearanceResponder | None = None) -> None:
        before = -1
        while before != self.journal.size:
            before = self.journal.size
            answer(self.journal, responder or self.responder(), self.folder / "responders", batch=batch)

    def cleared(self, lrn: str, edits: Mapping[str, object] = {}) -> str:
        """Lodge and decide on one declaration, and return its number."""
        (receipt,) = self.lodge(lodging(lrn, edits))
        self.catch_up()
        assert receipt.mrn is not None
        return receipt.mrn
