"""For whom: consignor, consignee, notify party, carrier and offices, once or item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.declarations.ens.rules.rule import HOME, OPERATOR, TO_ORDER, Check, EntryCase, EntryRule

if TYPE_CHECKING:
    from tidegate.declarations.ens.rules.rule import Around
    from tidegate.declarations.ens.words import EntryItem, EntrySummaryDeclaration, Trader


def _operator_without_number(trader: Trader, around: Around) -> bool:
    return around.indicator == OPERATOR and trader.id is None


def _some_to_order(consignee: Trader, around: Around) -> bool:
    del consignee
    return any(around.to_order)


def _some_not_to_order(notify: Trader, around: Around) -> bool:
    del notify
    return not all(around.to_order)


def _item_not_to_order(notify: Trader, around: Around) -> bool:
    del notify
    return not around.to_order_here


def _notified_above(notify: Trader, around: Around) -> bool:
    del notify
    return around.declaration.notify_party is not None


def _nobody_to_notify(item: EntryItem, around: Around) -> bool:
    return around.to_order_here and around.declaration.notify_party is None and item.notify_party is None


def _no_consignee(item: EntryItem, around: Around) -> bool:
    return not around.to_order_here and around.declaration.consignee is None and item.consignee is None


def _consigned_to_order(consignee: Trader, around: Around) -> bool:
    del consignee
    return around.to_order_here


def _consigned_above(consignee: Trader, around: Around) -> bool:
    del consignee
    return around.declaration.consignee is not None


def _consignor_below(consignor: Trader, around: Around) -> bool:
    del consignor
    return any(item.consignor is not None for item in around.declaration.goods_item)


def _consignor_above(consignor: Trader, around: Around) -> bool:
    del consignor
    return around.declaration.consignor is not None


def _one_consignor_only(declaration: EntrySummaryDeclaration, around: Around) -> bool:
    """Tell whether consignors are stated item by item, though there is one alone or all are the same."""
    del around
    stated = [item.consignor for item in declaration.goods_item if item.consignor is not None]
    return bool(stated) and not any(one.altered(beyond=()) != stated[0].altered(beyond=()) for one in stated)


def _unneeded_office(office: object, around: Around) -> bool:
    del office
    lodged, first = around.declaration.lodgement_office, around.declaration.first_entry_office
    return lodged is not None and first is not None and lodged.id == first.id


def _carrier_lodges(carrier: Trader, around: Around) -> bool:
    lodging = around.declaration.lodging_person
    return carrier.id is not None and lodging is not None and carrier.id == lodging.id


def _carrier_unknown(carrier: Trader, around: Around) -> bool:
    return carrier.id is None and around.mode in ("1", "4", "8", "10", "11")


def _lodged_from_abroad(person: Trader, around: Around) -> bool:
    del around
    return person.id is not None and not person.id.startswith(HOME)


_ITEM = "GOOITEGDS[1]"
_AT_ITEM = (_ITEM,)
_CIRCUMSTANCE = "HEAHEA/SpeCirIndHEA1"
_MODE = "HEAHEA/TraModAtBorHEA76"
_MENTION = f"{_ITEM}/SPEMENMT2[1]/AddInfCodMT23"
_ITEM_CONSIGNOR, _SECOND_CONSIGNOR = f"{_ITEM}/TRACONCO2", "GOOITEGDS[2]/TRACONCO2"
_ITEM_CONSIGNEE, _ITEM_NOTIFY = f"{_ITEM}/TRACONCE2", f"{_ITEM}/PRTNOT640"
_NUMBER = "GB123456789000"
_TO_ORDER: dict[str, str | None] = {_MENTION: TO_ORDER}
_SECOND_TO_ORDER: dict[str, str | None] = {"GOOITEGDS[2]/SPEMENMT2[1]/AddInfCodMT23": TO_ORDER}

PARTY_RULES: tuple[EntryRule, ...] = (
    EntryRule(
        "8105",
        "Give the number of the consignee (TINCE159). With specific circumstance E we need it.",
        "condition C562",
        (Check("consignee", _operator_without_number),),
        (
            EntryCase("name alone", {_CIRCUMSTANCE: OPERATOR, "TRACONCE1": ""}, ("TRACONCE1[1]",)),
            EntryCase("a number", {_CIRCUMSTANCE: OPERATOR, "TRACONCE1/TINCE159": _NUMBER}),
            EntryCase("no specific circumstance", {"TRACONCE1": ""}),
        ),
    ),
    EntryRule(
        "8119",
        "State the consignor once: for the whole declaration (TRACONCO1) where there is one, for each item "
        "(TRACONCO2) where there are several.",
        "condition C511",
        (Check("consignor", _consignor_below), Check("item_consignor", _consignor_above)),
        (
            EntryCase(
                "both",
                {"TRACONCO1/TINCO159": _NUMBER, f"{_ITEM_CONSIGNOR}/TINCO259": _NUMBER},
                ("TRACONCO1[1]", f"{_ITEM_CONSIGNOR}[1]"),
            ),
            EntryCase("one for all", {"TRACONCO1/TINCO159": _NUMBER}),
            EntryCase("one by item", {"TRACONCO1": None, f"{_ITEM_CONSIGNOR}/TINCO259": _NUMBER}),
        ),
    ),
    EntryRule(
        "8164",
        "Give the number of the carrier at entry (TINTRACARENT602). By sea, air and inland waterway, and for "
        "lorries on ships, we need it.",
        "condition C502",
        (Check("carrier", _carrier_unknown),),
        (
            EntryCase("by sea", {_MODE: "1", "TRACARENT601": ""}, ("TRACARENT601[1]",)),
            EntryCase("by lorry on a ship", {_MODE: "10", "TRACARENT601": ""}, ("TRACARENT601[1]",)),
            EntryCase("by road", {_MODE: "3", "TRACARENT601": ""}),
            EntryCase("a number", {_MODE: "1", "TRACARENT601/TINTRACARENT602": _NUMBER}),
        ),
    ),
    EntryRule(
        "8193",
        "State consignors by item (TRACONCO2) only where there are several: one for all items stands once "
        "(TRACONCO1).",
        "condition C511",
        (Check("message", _one_consignor_only),),
        (
            EntryCase("one alone", {f"{_ITEM_CONSIGNOR}/TINCO259": _NUMBER}, ("",)),
            EntryCase(
                "the same twice",
                {f"{_ITEM_CONSIGNOR}/TINCO259": _NUMBER, f"{_SECOND_CONSIGNOR}/TINCO259": _NUMBER},
                ("",),
            ),
            EntryCase(
                "two",
                {f"{_ITEM_CONSIGNOR}/TINCO259": _NUMBER, f"{_SECOND_CONSIGNOR}/TINCO259": "GB1"},
            ),
            EntryCase("none", {f"{_ITEM_CONSIGNOR}": None}),
        ),
    ),
    EntryRule(
        "8195",
        "Leave out the carrier at entry (TRACARENT601) where the carrier is the person lodging.",
        "rule R806",
        (Check("carrier", _carrier_lodges, "/TINTRACARENT602[1]"),),
        (
            EntryCase(
                "the same number",
                {"PERLODSUMDEC/TINPLD1": _NUMBER, "TRACARENT601/TINTRACARENT602": _NUMBER},
                ("TRACARENT601[1]/TINTRACARENT602[1]",),
            ),
            EntryCase("another", {"TRACARENT601/TINTRACARENT602": "GB000000001000"}),
        ),
    ),
    EntryRule(
        "8204",
        "Leave out the consignee (TRACONCE1): an item is to order (special mention 10600), so the consignee "
        "is not known yet.",
        "condition C583",
        (Check("consignee", _some_to_order),),
        (
            EntryCase("one item to order", {**_TO_ORDER, "TRACONCE1/TINCE159": _NUMBER}, ("TRACONCE1[1]",)),
            EntryCase(
                "one of two items to order",
                {**_SECOND_TO_ORDER, "TRACONCE1/TINCE159": _NUMBER},
                ("TRACONCE1[1]",),
            ),
            EntryCase("none to order", {_MENTION: "10100", "TRACONCE1/TINCE159": _NUMBER}),
        ),
    ),
    EntryRule(
        "8208",
        "Give the number of this consignee (TINCE259). With specific circumstance E we need it.",
        "condition C562",
        (Check("item_consignee", _operator_without_number),),
        (
            EntryCase(
                "no number", {_CIRCUMSTANCE: OPERATOR, _ITEM_CONSIGNEE: ""}, (f"{_ITEM_CONSIGNEE}[1]",)
            ),
            EntryCase("a number", {_CIRCUMSTANCE: OPERATOR, f"{_ITEM_CONSIGNEE}/TINCE259": _NUMBER}),
        ),
    ),
    EntryRule(
        "8616",
        "Leave out the office of lodgement (CUSOFFLON) where it is the office of first entry.",
        "rule R827",
        (Check("lodgement_office", _unneeded_office, "/RefNumCOL1[1]"),),
        (
            EntryCase(
                "the same office",
                {"CUSOFFLON/RefNumCOL1": "GB000060", "CUSOFFFENT730/RefNumCUSOFFFENT731": "GB000060"},
                ("CUSOFFLON[1]/RefNumCOL1[1]",),
            ),
            EntryCase("another office", {"CUSOFFLON/RefNumCOL1": "GB000011"}),
        ),
    ),
    EntryRule(
        "8619",
        "Leave out the notify party for all (NOTPAR670): not every item is to order (special mention 10600). "
        "State it for those that are (PRTNOT640).",
        "condition C583",
        (Check("notify_party", _some_not_to_order),),
        (
            EntryCase("nothing to order", {"NOTPAR670/TINNOTPAR671": _NUMBER}, ("NOTPAR670[1]",)),
            EntryCase(
                "one of two items to order",
                {**_SECOND_TO_ORDER, "NOTPAR670/TINNOTPAR671": _NUMBER},
                ("NOTPAR670[1]",),
            ),
            EntryCase("everything to order", {**_TO_ORDER, "NOTPAR670/TINNOTPAR671": _NUMBER}),
        ),
    ),
    EntryRule(
        "8620",
        "Leave out the notify party of this item (PRTNOT640): it is not to order (special mention 10600).",
        "condition C584",
        (Check("item_notify_party", _item_not_to_order),),
        (
            EntryCase("not to order", {f"{_ITEM_NOTIFY}/TINPRTNOT641": _NUMBER}, (f"{_ITEM_NOTIFY}[1]",)),
            EntryCase("to order", {**_TO_ORDER, f"{_ITEM_NOTIFY}/TINPRTNOT641": _NUMBER}),
        ),
    ),
    EntryRule(
        "8621",
        "Leave out the notify party of this item (PRTNOT640): it is stated for all items (NOTPAR670).",
        "condition C584",
        (Check("item_notify_party", _notified_above),),
        (
            EntryCase(
                "both",
                {**_TO_ORDER, "NOTPAR670": "", f"{_ITEM_NOTIFY}/TINPRTNOT641": _NUMBER},
                (f"{_ITEM_NOTIFY}[1]",),
            ),
            EntryCase("the item's own", {**_TO_ORDER, f"{_ITEM_NOTIFY}/TINPRTNOT641": _NUMBER}),
        ),
    ),
    EntryRule(
        "8622",
        "Say whom to notify of this item (PRTNOT640), or of all (NOTPAR670): it is to order (special mention "
        "10600).",
        "condition C584",
        (Check("goods_item", _nobody_to_notify),),
        (
            EntryCase("nobody", _TO_ORDER, _AT_ITEM),
            EntryCase("a party for the item", {**_TO_ORDER, f"{_ITEM_NOTIFY}/TINPRTNOT641": _NUMBER}),
            EntryCase("a party for all", {**_TO_ORDER, "NOTPAR670/TINNOTPAR671": _NUMBER}),
            EntryCase("not to order", {_MENTION: "10100"}),
        ),
    ),
    EntryRule(
        "8623",
        "Say to whom this item is sent (TRACONCE2), or to whom all are (TRACONCE1).",
        "condition C584",
        (Check("goods_item", _no_consignee),),
        (
            EntryCase("nobody", {"TRACONCE1": None}, _AT_ITEM),
            EntryCase("a consignee of its own", {"TRACONCE1": None, f"{_ITEM_CONSIGNEE}/TINCE259": _NUMBER}),
            EntryCase("to order", {**_TO_ORDER, "TRACONCE1": None}),
        ),
    ),
    EntryRule(
        "8624",
        "Leave out the consignee of this item (TRACONCE2): it is to order (special mention 10600), so the "
        "consignee is not known yet.",
        "condition C584",
        (Check("item_consignee", _consigned_to_order),),
        (
            EntryCase(
                "to order", {**_TO_ORDER, f"{_ITEM_CONSIGNEE}/TINCE259": _NUMBER}, (f"{_ITEM_CONSIGNEE}[1]",)
            ),
            EntryCase("not to order", {f"{_ITEM_CONSIGNEE}/TINCE259": _NUMBER}),
        ),
    ),
    EntryRule(
        "8625",
        "Leave out the consignee of this item (TRACONCE2): one is stated for all items (TRACONCE1).",
        "condition C584",
        (Check("item_consignee", _consigned_above),),
        (
            EntryCase(
                "both",
                {"TRACONCE1/TINCE159": _NUMBER, f"{_ITEM_CONSIGNEE}/TINCE259": _NUMBER},
                (f"{_ITEM_CONSIGNEE}[1]",),
            ),
            EntryCase("the item's own", {"TRACONCE1": None, f"{_ITEM_CONSIGNEE}/TINCE259": _NUMBER}),
        ),
    ),
    EntryRule(
        "8692",
        "The number of the person lodging (TINPLD1) begins with GB.",
        "registration in the United Kingdom",
        (Check("lodging_person", _lodged_from_abroad, "/TINPLD1[1]"),),
        (
            EntryCase(
                "a number of Germany", {"PERLODSUMDEC/TINPLD1": "DE123456"}, ("PERLODSUMDEC[1]/TINPLD1[1]",)
            ),
            EntryCase("a number of this country", {"PERLODSUMDEC/TINPLD1": "GB123456"}),
        ),
    ),
)
