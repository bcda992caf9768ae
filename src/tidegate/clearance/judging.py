"""Judging: a version of a declaration, read from its attachment and decided on, with what its life needs."""

from __future__ import annotations

import sys
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from tidegate.clearance.decision import Decision, Terms, decide
from tidegate.clearance.practice import Practice, Word, account_of, methods_of
from tidegate.declarations.findings import Finding
from tidegate.declarations.frame import Lodged
from tidegate.declarations.messages import read_message
from tidegate.declarations.wire.xml import XmlLimits
from tidegate.journal import AttachmentErasedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tidegate.clearance.targeting import Sights
    from tidegate.declarations.declaration import Declaration
    from tidegate.journal import Journal

# A message was read within the limits of its day when it was lodged: it is not measured again, or a limit
# lowered since would stop the clearance of everything after it.
_NO_LIMITS = XmlLimits(octets=sys.maxsize, depth=sys.maxsize)
_UNREADABLE = Finding(
    "TG-UNREADABLE", "Declaration", "What was lodged is kept, but it cannot be read any more. Lodge it anew."
)
_ERASED = Finding("TG-ERASED", "Declaration", "What was lodged was erased: it cannot be decided on.")
_LOCATION = Finding(
    "TG-LOCATION",
    "GoodsShipment/Consignment/GoodsLocation/Name",
    "No place of this name is known where goods can be examined. Check the code of the goods location.",
)


_OFFICE = (
    "There is no office {office} here that could take this declaration; {default} takes it. Check its code."
)


class Version(msgspec.Struct, frozen=True):
    """A version to be judged: of which declaration, at which legal time, and where its bytes lie."""

    mrn: str
    occurred: datetime
    original: str


class Judged(msgspec.Struct, frozen=True):
    """The decision on a version, and what its life needs beside it."""

    decision: Decision
    calculated: bool = True
    quota: bool = False
    account: str = ""
    deferred: bool = False
    words: tuple[Word, ...] = ()
    claims: bool = False  # a quota of the tables: what it is granted depends on who came before


class Judge:
    """Decides on versions in one go; what comes of one never depends on the others beside it."""

    def __init__(self, terms: Terms, practice: Practice, journal: Journal) -> None:
        """Take the terms and the practice; of the journal, only its attachments are used.

        The responder puts the terms and the sights of the journal's day in their place before each run.
        """
        self.terms = terms
        self.practice = practice
        self.sights: Sights | None = None
        self._journal = journal

    def declaration(self, original: str) -> tuple[Declaration | None, tuple[Finding, ...]]:
        """Return the declaration in an attachment, or None with the findings of reading it."""
        try:
            data = self._journal.attachment(original)
        except AttachmentErasedError:
            return None, (_ERASED,)
        message = read_message(data, _NO_LIMITS)
        return message.declaration, message.findings

    def versions(
        self, versions: Sequence[Version], drawn: Mapping[str, int] = MappingProxyType({})
    ) -> dict[str, Judged]:
        """Return what is decided on each version, by its number; a number stands once.

        ``drawn`` is what quotas have given before.

        What was read when it was lodged and cannot be read now, by software that has become stricter, is
        rejected and says why: the declarations after it are not to wait for it.
        """
        readable: list[Lodged] = []
        judged: dict[str, Judged] = {}
        for version in versions:
            declaration, findings = self.declaration(version.original)
            if declaration is None:
                decision = Decision((_UNREADABLE, *findings), self.terms.default_office)
                judged[version.mrn] = Judged(decision)
            else:
                readable.append(Lodged(version.mrn, version.occurred, declaration))
        return judged | self.declarations(readable, drawn)

    def declarations(
        self, lodged: Sequence[Lodged], drawn: Mapping[str, int] = MappingProxyType({})
    ) -> dict[str, Judged]:
        """Return what is decided on declarations that were read, by their numbers."""
        decisions = decide(lodged, self.terms, drawn, sights=self.sights)
        return {one.reference: self._judged(one.declaration, decisions[one.reference]) for one in lodged}

    def _judged(self, declaration: Declaration, decision: Decision) -> Judged:
        practice = self.practice
        if self._nowhere(declaration):
            decision = msgspec.structs.replace(decision, findings=(*decision.findings, _LOCATION))
        decision = self._with_office(declaration, decision)
        deferred = decision.deferred
        if practice.clears:
            # Where no method is stated the debt is entered at clearance; only cash at once holds goods up.
            deferred = not methods_of(declaration) & self.terms.immediate_payment
        return Judged(
            decision,
            calculated=practice.calculates(declaration),
            quota=practice.claims_quota(declaration),
            account=account_of(declaration),
            deferred=deferred,
            words=tuple(practice.triggers(declaration)),
            claims=self._claims(declaration),
        )

    def _claims(self, declaration: Declaration) -> bool:
        orders = {quota.order for quota in self.terms.tariff.quotas}
        shipment = declaration.goods_shipment
        items = shipment.government_agency_goods_item if shipment is not None and orders else ()
        fees = (fee for item in items if item.commodity for fee in item.commodity.duty_tax_fee)
        return any(fee.quota_order_id in orders for fee in fees)

    def _with_office(self, declaration: Declaration, decision: Decision) -> Decision:
        """Return the decision with an office that there is, and a finding where the one stated is none."""
        offices, default = self.terms.offices, self.terms.default_office
        if not offices or decision.office in offices:
            return decision
        presented = declaration.presentation_office
        at = "PresentationOffice/ID" if presented is not None and presented.id else "DeclarationOfficeID"
        text = _OFFICE.format(office=decision.office[:17], default=default)
        finding = Finding("TG-OFFICE", at, text, "warning", {"office": decision.office[:17]})
        return msgspec.structs.replace(decision, office=default, findings=(*decision.findings, finding))

    def _nowhere(self, declaration: Declaration) -> bool:
        shipment = declaration.goods_shipment
        consignment = shipment.consignment if shipment is not None else None
        location = consignment.goods_location if consignment is not None else None
        return location is not None and location.name in self.practice.trade_test.unknown_locations
