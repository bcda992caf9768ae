"""What the tests of whole lives use: a post whose practice is that of the UK, and requests."""

from datetime import timedelta
from pathlib import Path

from tests.unit.clearance.making import ITEM, KEY, MOMENT, Post, lodging, terms
from tidegate.acts import NoticeIssued
from tidegate.clearance import ClearanceResponder, Practice, TradeTest, acts_about
from tidegate.clearance.practice import Word
from tidegate.declarations.declaration import Amendment, Declaration
from tidegate.declarations.messages import Message, write_message
from tidegate.declarations.parties import Party
from tidegate.declarations.places import with_value
from tidegate.declarations.wire.pointers import pointer_to
from tidegate.journal import answer
from tidegate.notices import NoticesResponder
from tidegate.revenue import RevenueResponder

PRACTICE = Practice(
    accepts_on_arrival=True,
    clears=True,
    notifies=True,
    dwell_import_seconds=180,
    expires_after_days=30,
    exports_without_debt=True,
    without_debt_letters=frozenset("CFQ"),
    provisional_quotas=True,
    codes={"TG-CURRENCY": "CDS10020", "TG-EXPIRED": "CDS12046"},
    managed_quotas=frozenset({"054"}),
    trade_test=TradeTest(
        words=(Word("ttphysical", control="physical"), Word("ttdocuments", documents="blocking"))
    ),
)
LATER = MOMENT + timedelta(minutes=1)
EXPORT = {
    "TypeCode": "EXD",
    f"{ITEM}/GovernmentProcedure[1]/CurrentCode": "10",
    "GoodsShipment/PreviousDocument[1]/TypeCode": "DCR",
    "GoodsShipment/PreviousDocument[1]/ID": "6XA123456789-EXPORT1",
}
EXPORTED_AT_ONCE = {**EXPORT, "TypeCode": "EXA"}


class LivingPost(Post):
    """A post at which declarations live as in the United Kingdom, with its notices and accounts."""

    def __init__(self, folder: Path, practice: Practice = PRACTICE) -> None:
        super().__init__(folder, terms())
        self.practice = practice

    def responder(self) -> ClearanceResponder:
        return ClearanceResponder(self.terms, KEY, self.journal, self.practice)

    def responders(self):
        return (self.responder(), RevenueResponder(), NoticesResponder(self.practice.codes))

    def catch_up(self, batch: int = 1_000) -> None:
        before = -1
        while before != self.journal.size:
            before = self.journal.size
            for one in self.responders():
                answer(self.journal, one, self.folder / "responders", batch=batch)

    def lodged(self, lrn: str, edits=None) -> str:
        """Lodge one declaration, let it be answered, and return its number."""
        return self.cleared(lrn, edits or {})

    def told(self, mrn: str) -> list[str]:
        """Return the kinds of notification issued about a declaration, in their order."""
        return [act.type for _, act in acts_about(self.journal, mrn) if isinstance(act, NoticeIssued)]


def request(
    kind: str, mrn: str, changes=None, sender: str | None = "XA123456789", pointers=()
) -> Declaration:
    """Return a request about a declaration; ``changes`` are places with what is put there."""
    value = Declaration(
        function_code="13",
        functional_reference_id="REQUEST",
        id=mrn,
        type_code=kind,
        declarant=Party(id=sender) if sender else None,
    )
    for place, stated in (changes or {}).items():
        if stated is not None:
            value = with_value(value, place, stated)
    points = [pointer_to(place) for place in (changes or {})] + list(pointers)
    return value.altered(
        amendment=tuple(Amendment(change_reason_code="32", pointer=pointer) for pointer in points)
    )


def octets(value: Declaration) -> bytes:
    return write_message(Message(value.request, bare=value))


__all__ = ["EXPORT", "EXPORTED_AT_ONCE", "LATER", "PRACTICE", "LivingPost", "lodging", "octets", "request"]
