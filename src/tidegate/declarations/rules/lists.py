"""Codes that must be on their lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tidegate.declarations.classes import class_plan, classes_below
from tidegate.declarations.declaration import Declaration, Itinerary, TradeTerms, TransportMeans
from tidegate.declarations.goods import Destination, ExportCountry, Origin
from tidegate.declarations.parties import Address
from tidegate.declarations.rules.rule import Breach, Case, Check, Rule, RuleContext
from tidegate.declarations.stated import Stated, wco_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PREFERENTIAL = "2"
_GROUP = re.compile(r"[A-Z0-9]{4}", re.ASCII)  # a group of countries of a preference: 2005, 1033


def _on_list(attribute: str, known: Callable[[str, RuleContext], bool]) -> Check:
    """Return the check that a field, where stated, holds a code that is known."""
    name = wco_name(attribute)

    def check(value: Stated, context: RuleContext) -> Iterable[Breach]:
        code = getattr(value, attribute)
        if code and not known(code, context):
            return (Breach(name, {"value": code}),)
        return ()

    return check


def _country(code: str, context: RuleContext) -> bool:
    return context.knows_country(code)


def _origin(origin: Origin, context: RuleContext) -> Iterable[Breach]:
    code = origin.country_code
    if not code or context.knows_country(code):
        return
    if origin.type_code != _PREFERENTIAL or not _GROUP.fullmatch(code):
        yield Breach("CountryCode", {"value": code})


def _currencies(of: type[Stated]) -> Check:
    fields = [(field.attribute, field.name) for field in class_plan(of).fields if field.kind == "amount"]

    def check(value: Stated, context: RuleContext) -> Iterable[Breach]:
        breaches = []
        for attribute, name in fields:
            amount = getattr(value, attribute)
            if amount is not None and amount.currency_id not in context.currencies:
                breaches.append(Breach(name, {"value": amount.currency_id or ""}))
        return breaches

    return check


_WITH_AMOUNTS = [
    of for of in classes_below(Declaration) if any(field.kind == "amount" for field in class_plan(of).fields)
]
_ITEM = "GoodsShipment/GovernmentAgencyGoodsItem[1]"
_PRICE = f"{_ITEM}/Commodity/InvoiceLine/ItemChargeAmount"
_ORIGIN = f"{_ITEM}/Origin[1]/CountryCode"
_TERMS = "GoodsShipment/TradeTerms/ConditionCode"
_MODE = "BorderTransportMeans/ModeCode"

LIST_RULES = (
    Rule(
        code="TG-COUNTRY",
        text='"{value}" is not a country code. Use ISO 3166-1 (such as CN) or a code of this administration.',
        reference="ISO 3166-1; Implementing Regulation (EU) 2020/1470, annex I",
        checks={
            Address: _on_list("country_code", _country),
            Destination: _on_list("country_code", _country),
            ExportCountry: _on_list("id", _country),
            Itinerary: _on_list("routing_country_code", _country),
            TransportMeans: _on_list("registration_nationality_code", _country),
            Origin: _origin,
        },
        cases=(
            Case("no such country", {_ORIGIN: "ZQ"}, _ORIGIN),
            Case("small letters", {"GoodsShipment/ExportCountry/ID": "cn"}, "GoodsShipment/ExportCountry/ID"),
            Case("a group without preference", {_ORIGIN: "2005"}, _ORIGIN),
            Case("a group with preference", {_ORIGIN: "2005", f"{_ITEM}/Origin[1]/TypeCode": "2"}),
            Case("a code that customs use beside ISO", {_ORIGIN: "XK"}),
        ),
    ),
    Rule(
        code="TG-CURRENCY",
        text='"{value}" is not a currency. Give the amount an ISO 4217 code, such as EUR, as currencyID.',
        reference="ISO 4217",
        checks={of: _currencies(of) for of in _WITH_AMOUNTS},
        cases=(
            Case("no such currency", {_PRICE: "10000.00 EUX"}, _PRICE),
            Case("no currency", {_PRICE: "10000.00"}, _PRICE),
            Case("another currency", {_PRICE: "10000.00 JPY"}),
        ),
    ),
    Rule(
        code="TG-INCOTERM",
        text='"{value}" is not a delivery term. Use an Incoterms code, such as CIF, or XXX for other terms.',
        reference="ICC Incoterms 2020, 2010, 2000; Implementing Regulation (EU) 2015/2447, annex B, 4/1",
        checks={TradeTerms: _on_list("condition_code", lambda code, context: code in context.incoterms)},
        cases=(
            Case("no such term", {_TERMS: "CIX"}, _TERMS),
            Case("another term", {_TERMS: "EXW"}),
        ),
    ),
    Rule(
        code="TG-MODE",
        text='"{value}" is not a mode of transport: 1 sea, 2 rail, 3 road, 4 air, 5 post, 6 to 9 others.',
        reference="UN/ECE Recommendation 19",
        checks={TransportMeans: _on_list("mode_code", lambda code, context: code in context.transport_modes)},
        cases=(Case("no such mode", {_MODE: "0"}, _MODE), Case("air", {_MODE: "4"})),
    ),
)
