"""An administration's practice: which lives declarations lead with it, as data.

The default is the shortest life: accepted at lodging, released as soon as nothing is outstanding.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from tidegate.acts import AccountKind, Direction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.declarations.declaration import Declaration
    from tidegate.declarations.goods import DutyTaxFee, GovernmentAgencyGoodsItem

_EXPORTED = frozenset({"10", "11", "21", "22", "23", "31"})  # procedures of export and re-export (EU, UK)
_DEFERMENT, _DEFERMENT_DOCUMENT = "E", "DAN"
_GUARANTEED = frozenset("RSTUVZ")  # methods of payment that a guarantee bears (EU and UK data element 4/8)


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word in the description of goods that makes a test environment do something."""

    text: str
    documents: Literal["", "blocking", "non_blocking"] = ""
    control: Literal["", "physical", "documents"] = ""
    query: str = ""


class AccountHeld(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account that a test environment has, with what it holds."""

    account: str
    holder: str
    type: AccountKind
    amount: str
    currency: str


class TradeTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a test environment adds to the practice: triggers, accounts, and no random control."""

    words: tuple[Word, ...] = ()
    accounts: tuple[AccountHeld, ...] = ()
    unknown_locations: frozenset[str] = frozenset()


class Practice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an administration lets declarations live.

    ``accepts_on_arrival``: a pre-lodged declaration is registered, and accepted when the goods arrive.
    ``clears``: after release a declaration is cleared by an act of its own, which enters the debt.
    Of declarations with one of ``without_debt_*`` no debt is worked out: another declaration brings it;
    those whose type ends with one of ``always_with_debt`` are never among them.
    ``managed_quotas``: beginnings of the order numbers of quotas that licences manage; claims of other quotas
    are served in the order they come, so that goods are first released provisionally.
    ``checks_representation``: the representative that a declaration names needs leave of the kind it states.
    ``codes`` are the official codes under which operators are told of findings, by ours.
    ``amendable_days`` and ``invalidatable_days`` are how long after acceptance an officer may put forward
    that a cleared declaration be changed or ended; 0: not at all.
    """

    accepts_on_arrival: bool = False
    clears: bool = False
    notifies: bool = False
    dwell_import_seconds: int = 0
    dwell_export_seconds: int = 0
    expires_after_days: int | None = None
    codes: dict[str, str] = {}
    amendable_days: int = 0
    invalidatable_days: int = 0
    exports_without_debt: bool = False
    without_debt_letters: frozenset[str] = frozenset()
    without_debt_procedures: frozenset[str] = frozenset()
    without_debt_additional: frozenset[str] = frozenset()
    always_with_debt: frozenset[str] = frozenset()
    managed_quotas: frozenset[str] = frozenset()
    provisional_quotas: bool = False
    checks_representation: bool = False
    trade_test: TradeTest = TradeTest()

    @property
    def keeps_time(self) -> bool:
        """Whether there is anything the clock has to act on."""
        dwells = self.dwell_import_seconds or self.dwell_export_seconds
        return bool(dwells) or self.expires_after_days is not None

    def dwell(self, direction: Direction) -> timedelta:
        """Return how long release waits after acceptance, so that mistakes can be put right."""
        return timedelta(
            seconds=self.dwell_import_seconds if direction == "import" else self.dwell_export_seconds
        )

    def calculates(self, declaration: Declaration) -> bool:
        """Tell whether the debt of such a declaration is worked out."""
        letter = (declaration.type_code or "")[-1:]
        if self.exports_without_debt and direction_of(declaration) == "export":
            return False
        if letter in self.always_with_debt:
            return True
        if letter in self.without_debt_letters:
            return False
        procedures = {code for item in _items(declaration) for code in _codes(item)}
        return not procedures & (self.without_debt_procedures | self.without_debt_additional)

    def claims_quota(self, declaration: Declaration) -> bool:
        """Tell whether a quota is claimed that is served in the order of claims."""
        numbers = [fee.quota_order_id for fee in _fees(declaration) if fee.quota_order_id]
        return self.provisional_quotas and any(
            not number.startswith(tuple(self.managed_quotas)) for number in numbers
        )

    def triggers(self, declaration: Declaration) -> list[Word]:
        """Return the words of the test environment that stand in the description of goods, each once."""
        described = [
            item.commodity.description or ""
            for item in _items(declaration)
            if item.commodity is not None and item.commodity.description
        ]
        return [word for word in self.trade_test.words if any(word.text in text for text in described)]


def direction_of(declaration: Declaration) -> Direction:
    """Return whether goods come or go; CO stands for both, and the procedure tells."""
    part = (declaration.type_code or "")[:2]
    if part == "EX":
        return "export"
    codes = {
        procedure.current_code for item in _items(declaration) for procedure in item.government_procedure[:1]
    }
    return "export" if part == "CO" and codes & _EXPORTED else "import"


def place_of(declaration: Declaration) -> str:
    """Return the name of the place where a declaration says that the goods can be examined, or nothing."""
    shipment = declaration.goods_shipment
    consignment = shipment.consignment if shipment is not None else None
    location = consignment.goods_location if consignment is not None else None
    return (location.name or "") if location is not None else ""


def methods_of(declaration: Declaration) -> set[str]:
    """Return the methods of payment that a declaration states."""
    return {
        fee.payment.method_code
        for fee in _fees(declaration)
        if fee.payment is not None and fee.payment.method_code
    }


def account_of(declaration: Declaration) -> str:
    """Return the account that is to bear the debt: of deferment, else a guarantee, else empty."""
    methods = methods_of(declaration)
    if methods & _GUARANTEED:
        for guarantee in declaration.obligation_guarantee:
            if guarantee.reference_id or guarantee.id:
                return guarantee.reference_id or guarantee.id or ""
    if _DEFERMENT in methods:
        for document in declaration.additional_document:
            if document.type_code == _DEFERMENT_DOCUMENT and document.id:
                return document.id
    return ""


def _items(declaration: Declaration) -> tuple[GovernmentAgencyGoodsItem, ...]:
    shipment = declaration.goods_shipment
    return shipment.government_agency_goods_item if shipment is not None else ()


def _fees(declaration: Declaration) -> Iterator[DutyTaxFee]:
    for item in _items(declaration):
        if item.commodity is not None:
            yield from item.commodity.duty_tax_fee


def _codes(item: GovernmentAgencyGoodsItem) -> Iterator[str]:
    for procedure in item.government_procedure:
        if procedure.current_code:
            yield procedure.current_code
