"""What an assessment says to people: lines as exact decimals, gaps as findings that say what to do."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from tidegate.acts import TaxLine
from tidegate.declarations.findings import Finding
from tidegate.tariff.measures import RATE_SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidegate.tariff.assessment import Assessment
    from tidegate.tariff.tables import TariffTables

_PRICE = "Commodity/InvoiceLine/ItemChargeAmount"
_CODE = "Commodity/Classification"
_TAX = "Commodity/DutyTaxFee"
_DOCUMENT = "AdditionalDocument"


class _Told(NamedTuple):
    code: str
    place: str
    text: str


GAPS: dict[str, _Told] = {
    "value": _Told(
        "TG-VALUE",
        _PRICE,
        "No price of the item and no statistical value is stated, so no duty can be worked out. State one.",
    ),
    "negative": _Told(
        "TG-VALUE", _PRICE, "The price is below 0: {detail}. State what was paid or is payable."
    ),
    "exchange": _Told(
        "TG-EXCHANGE",
        _PRICE,
        "No rate of exchange is held for {detail}, and an older one is not taken. State it in a currency "
        "that has a rate, or ask customs to publish one.",
    ),
    "rate": _Told(
        "TG-RATE",
        _CODE,
        "No rate is held: {detail}. Nothing was charged for it, and nothing was guessed. Check the code, the "
        "origin, the additional codes and the preference claimed.",
    ),
    "unknown_code": _Told(
        "TG-CODE",
        _CODE,
        "No rate is held: {detail}. The tariff has no such code on that day. State one that is in force.",
    ),
    "base": _Told(
        "TG-RATE",
        _TAX,
        "One tax stands on another that could not be worked out, and was not worked out either ({detail}).",
    ),
    "unread": _Told("TG-RATE", _CODE, "The rate of {detail}. Ask customs for an assessment."),
    "quantity": _Told(
        "TG-QUANTITY",
        "Commodity/GoodsMeasure",
        "The rate needs a quantity that is not stated, in this unit: {detail}. State it.",
    ),
    "size": _Told(
        "TG-SIZE",
        _PRICE,
        "The price comes to more than any amount that is worked out here: {detail}. Check its digits.",
    ),
    "charge": _Told(
        "TG-CHARGE",
        "CustomsValuation/ChargeDeduction",
        "What an addition or deduction with this code means is not known: {detail}. Use a code that customs "
        "publishes, so that the value can be worked out.",
    ),
    "terms": _Told(
        "TG-TERMS",
        "GoodsShipment/TradeTerms",
        "The price leaves out what belongs to the customs value up to the border, and nothing is added: "
        "{detail}. State it as an addition.",
    ),
    "override": _Told(
        "TG-OVERRIDE",
        _TAX,
        "The declarant states the amounts, so none were worked out. An officer confirms or replaces them.",
    ),
    "tariff": _Told(
        "TG-TARIFF",
        _CODE,
        "The duties of one tariff are not held and could not be compared ({detail}): those of the second "
        "were charged. More may be owed.",
    ),
    "proof": _Told(
        "TG-PROOF",
        _DOCUMENT,
        "A preference is claimed and none of the documents that prove the origin is stated: {detail}. State "
        "the one you hold; without it the preference can be withdrawn.",
    ),
    "preference": _Told(
        "TG-PREFERENCE",
        _TAX,
        "No measure grants this preference: {detail}. The rate for everybody was charged. Check that the "
        "programme covers the origin and the code, or claim none.",
    ),
    "noted": _Told(
        "TG-NOTE",
        _CODE,
        "The schedule has a note that may add to the duty, and was not worked out: {detail}. Look it up.",
    ),
    "prohibited": _Told("TG-PROHIBITED", _CODE, "Goods of this code may not be brought in: {detail}."),
    "restricted": _Told(
        "TG-RESTRICTED", _DOCUMENT, "Goods of this code need a document that is not stated: {detail}."
    ),
    "quota": _Told(
        "TG-QUOTA",
        _TAX,
        "The quota asked for is exhausted or not open: {detail}. What it does not cover owes the other rate.",
    ),
}


def gap_finding(gap: str, detail: str, item: int) -> Finding:
    """Return a gap as a finding about an item; it warns and does not stop acceptance."""
    told = GAPS[gap]
    place = told.place if told.place.startswith("GoodsShipment/") else f"{_item(item)}/{told.place}"
    return Finding(told.code, place, told.text.format(detail=detail), "warning")


def findings_of(assessment: Assessment) -> dict[str, list[Finding]]:
    """Return the gaps of an assessment as findings, by declaration."""
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for name, item, gap, detail in assessment.gaps.iter_rows():
        grouped[name].append(gap_finding(gap, detail, item))
    return grouped


def tax_lines_of(
    assessment: Assessment,
    tables: TariffTables,
    chapters: Mapping[tuple[str, int], str] = MappingProxyType({}),
) -> dict[str, list[TaxLine]]:
    """Return the lines of an assessment as exact decimals, by declaration.

    ``chapters`` are those of the goods, by declaration and item, where the lines are to say them.
    """
    grouped: dict[str, list[TaxLine]] = defaultdict(list)
    minor = Decimal(1).scaleb(-tables.minor_digits)
    for line in assessment.lines.iter_rows(named=True):
        rate = line["rate"]
        grouped[line["declaration"]].append(
            TaxLine(
                item=line["item"],
                type=line["tax"],
                base=line["base"] * minor,
                rate=None if rate is None else percent(rate),
                amount=line["amount"] * minor,
                currency=tables.currency,
                derivation=line["derivation"],
                regime=line["regime"],
                rate_text="" if rate is not None else line["rate_text"],
                deducted=line["deducted"] * minor if line["deducted"] else Decimal(0),
                payable=None if line["payable"] == line["amount"] else line["payable"] * minor,
                secured=line["secured"] * minor if line["secured"] else Decimal(0),
                chapter=chapters.get((line["declaration"], line["item"]), ""),
            )
        )
    return grouped


def percent(scaled: int) -> Decimal:
    """Return a rate in per cent with the two decimals it is published with, or as many as it needs."""
    number = Decimal(scaled) / RATE_SCALE
    two = number.quantize(Decimal("0.01"))
    return two if two == number else number.normalize()


def _item(item: int) -> str:
    return f"GoodsShipment/GovernmentAgencyGoodsItem[{item}]"
