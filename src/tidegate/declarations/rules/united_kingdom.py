"""Rules of the United Kingdom; official codes where its published rejections show them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tidegate.declarations.declaration import Declaration
from tidegate.declarations.goods import GovernmentAgencyGoodsItem
from tidegate.declarations.rules.rule import Breach, Case, Rule, RuleContext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CORPUS = "HM Revenue & Customs, CDS trade-test pack"
_LISTS_BEGIN = date(2021, 1, 1)  # the United Kingdom's own tariff and code lists
_ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[1]"
_HOLDER = "AuthorisationHolder[1]"
_GUARANTEE, _DEFERMENT = "CGU", "DPO"
_EUROPEAN_QUOTA = "09"
_ONWARD, _INTO_NORTHERN_IRELAND = "42", "NIIMP"


def _parties(declaration: Declaration) -> Iterator[str]:
    """Yield the numbers of all who have a part in a declaration."""
    shipment = declaration.goods_shipment
    for party in (declaration.declarant, declaration.agent, declaration.exporter, declaration.submitter):
        if party is not None and party.id:
            yield party.id
    if shipment is None:
        return
    several = (*shipment.domestic_duty_tax_party, *shipment.aeo_mutual_recognition_party)
    alone = (shipment.importer, shipment.payer, shipment.surety, shipment.consignee, shipment.consignor)
    for party in (*alone, *several):
        if party is not None and party.id:
            yield party.id


def _guarantee_holder(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    allowed = {holder.id for holder in declaration.authorisation_holder if holder.category_code == _DEFERMENT}
    allowed |= set(_parties(declaration))
    for number, holder in enumerate(declaration.authorisation_holder, start=1):
        if holder.category_code == _GUARANTEE and holder.id and holder.id not in allowed:
            yield Breach(f"AuthorisationHolder[{number}]/ID", {"value": holder.id})


def _too_early(declaration: Declaration) -> bool:
    day = declaration.acceptance_date_time.day() if declaration.acceptance_date_time is not None else None
    return day is not None and day < _LISTS_BEGIN


def _acceptance(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    if _too_early(declaration):
        assert declaration.acceptance_date_time is not None
        yield Breach("AcceptanceDateTime", {"value": declaration.acceptance_date_time.text})


def _codes_of_their_day(declaration: Declaration, _context: RuleContext) -> Iterable[Breach]:
    if not _too_early(declaration) or declaration.goods_shipment is None:
        return
    for number, item in enumerate(declaration.goods_shipment.government_agency_goods_item, start=1):
        place = f"GoodsShipment/GovernmentAgencyGoodsItem[{number}]"
        if item.government_procedure:
            code = item.government_procedure[0].current_code or ""
            yield Breach(f"{place}/GovernmentProcedure[1]/CurrentCode", {"value": code})
        for n, information in enumerate(item.additional_information, start=1):
            if information.statement_code:
                at = f"{place}/AdditionalInformation[{n}]/StatementCode"
                yield Breach(at, {"value": information.statement_code})


def _quota(item: GovernmentAgencyGoodsItem, _context: RuleContext) -> Iterable[Breach]:
    for number, fee in enumerate(item.commodity.duty_tax_fee if item.commodity else (), start=1):
        if fee.quota_order_id and fee.quota_order_id.startswith(_EUROPEAN_QUOTA):
            yield Breach(f"Commodity/DutyTaxFee[{number}]/QuotaOrderID", {"value": fee.quota_order_id})


def _onward_supply(item: GovernmentAgencyGoodsItem, _context: RuleContext) -> Iterable[Breach]:
    requested = item.government_procedure[0].current_code if item.government_procedure else None
    said = {information.statement_code for information in item.additional_information}
    if requested == _ONWARD and _INTO_NORTHERN_IRELAND not in said:
        yield Breach("GovernmentProcedure[1]/CurrentCode")


UNITED_KINGDOM_RULES = (
    Rule(
        code="CDS12005",
        text="{value} does not hold the guarantee authorisation that is named: it has no part in this "
        "declaration and does not hold the deferment of it.",
        reference=f"{_CORPUS}, TT_IM001b (rejection at 17C, R144)",
        checks={Declaration: _guarantee_holder},
        country="GB",
        cases=(
            Case(
                "a stranger's guarantee",
                {f"{_HOLDER}/CategoryCode": "CGU", f"{_HOLDER}/ID": "GB953202734852"},
                f"{_HOLDER}/ID",
            ),
            Case(
                "the declarant's guarantee",
                {f"{_HOLDER}/CategoryCode": "CGU", f"{_HOLDER}/ID": "XA123456789"},
            ),
            Case(
                "that of who holds the deferment",
                {
                    f"{_HOLDER}/CategoryCode": "CGU",
                    f"{_HOLDER}/ID": "GB953202734852",
                    "AuthorisationHolder[2]/CategoryCode": "DPO",
                    "AuthorisationHolder[2]/ID": "GB953202734852",
                },
            ),
        ),
    ),
    Rule(
        code="CDS12016",
        text="{value} lies before the first day for which declarations are taken here, 1 January 2021.",
        reference=f"{_CORPUS}, TT_IM014a (rejection at 023)",
        checks={Declaration: _acceptance},
        country="GB",
        cases=(
            Case("a day before", {"AcceptanceDateTime": "20201231 102"}, "AcceptanceDateTime"),
            Case("the first day", {"AcceptanceDateTime": "20210101 102"}),
        ),
    ),
    Rule(
        code="CDS12077",
        text='The code "{value}" is not valid on the day of acceptance that is stated.',
        reference=f"{_CORPUS}, TT_IM014a (rejection at 70A/166 and 03A/226)",
        checks={Declaration: _codes_of_their_day},
        country="GB",
        cases=(
            Case(
                "a procedure of another tariff",
                {"AcceptanceDateTime": "20201231 102", "GoodsShipment/GovernmentAgencyGoodsItem[2]": None},
                f"{_ITEM}/GovernmentProcedure[1]/CurrentCode",
            ),
            Case("of this tariff", {"AcceptanceDateTime": "20210101 102"}),
        ),
    ),
    Rule(
        code="TG-GB-QUOTA",
        text="{value} is the order number of a quota of the European Union; the United Kingdom has its own.",
        reference=f"{_CORPUS}, TT_IM006a (rejected, by its description)",
        checks={GovernmentAgencyGoodsItem: _quota},
        country="GB",
        cases=(
            Case(
                "a quota of the Union",
                {f"{_ITEM}/Commodity/DutyTaxFee[1]/QuotaOrderID": "094067"},
                f"{_ITEM}/Commodity/DutyTaxFee[1]/QuotaOrderID",
            ),
            Case("one of the Kingdom", {f"{_ITEM}/Commodity/DutyTaxFee[1]/QuotaOrderID": "051867"}),
        ),
    ),
    Rule(
        code="TG-GB-ONWARD",
        text="Onward supply relief (procedure 42) is for goods into Northern Ireland: state NIIMP as well.",
        reference=f"{_CORPUS}, TT_IM047a (rejected, by its description)",
        checks={GovernmentAgencyGoodsItem: _onward_supply},
        country="GB",
        cases=(
            Case(
                "without NIIMP",
                {f"{_ITEM}/GovernmentProcedure[1]/CurrentCode": "42"},
                f"{_ITEM}/GovernmentProcedure[1]/CurrentCode",
            ),
            Case(
                "with NIIMP",
                {
                    f"{_ITEM}/GovernmentProcedure[1]/CurrentCode": "42",
                    f"{_ITEM}/AdditionalInformation[1]/StatementCode": "NIIMP",
                },
            ),
        ),
    ),
)
