"""What and for whom: goods items, their packages and documents, and what is said once or item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.declarations.ens.rules.rule import TO_ORDER, Check, EntryCase, EntryRule

if TYPE_CHECKING:
    from tidegate.declarations.ens.rules.rule import Around
    from tidegate.declarations.ens.words import EntryHeader, EntryItem, EntryPackaging, EntrySummaryDeclaration, Trader

OPERATOR = "E"  # the specific circumstance of authorised economic operators, who state less
BULK = frozenset("VQ VG VL VY VR VS VO".split())  # UN/ECE Recommendation 21
UNPACKED = frozenset("NE NF NG".split())


def _light_item(item: EntryItem, around: Around) -> bool:
    total = around.header.total_gross_mass if around.header is not None else None
    return item.gross_mass is None and around.indicator != OPERATOR and total is None


def _loaded_nowhere(item: EntryItem, around: Around) -> bool:
    return item.loading_location_id is None and _loading(around) is None


def _loaded_twice(item: EntryItem, around: Around) -> bool:
    return item.loading_location_id is not None and _loading(around) is not None


def _unloaded_nowhere(item: EntryItem, around: Around) -> bool:
    return (
        item.unloading_location_id is None and _unloading(around) is None and around.indicator != OPERATOR
    )


def _unloaded_twice(item: EntryItem, around: Around) -> bool:
    return item.unloading_location_id is not None and _unloading(around) is not None


def _loading(around: Around) -> str | None:
    return around.header.loading_location_id if around.header is not None else None


def _unloading(around: Around) -> str | None:
    return around.header.unloading_location_id if around.header is not None else None


def _paid_twice(item: EntryItem, around: Around) -> bool:
    above = around.header.payment_method_code if around.header is not None else None
    return item.payment_method_code is not None and above is not None


def _undocumented(item: EntryItem, around: Around) -> bool:
    above = around.header.commercial_reference_id if around.header is not None else None
    return not item.additional_document and item.commercial_reference_id is None and above is None


def _undescribed(item: EntryItem, around: Around) -> bool:
    del around
    return item.description is None and item.commodity is None


def _unpackaged(declaration: EntrySummaryDeclaration, around: Around) -> bool:
    del around
    return not any(item.packaging for item in declaration.goods_item)


def _counted_bulk(packaging: EntryPackaging, around: Around) -> bool:
    del around
    counted = packaging.quantity is not None or packaging.pieces is not None
    return packaging.type_code in BULK and counted


def _miscounted_unpacked(packaging: EntryPackaging, around: Around) -> bool:
    del around
    well = packaging.pieces is not None and packaging.quantity is None
    return packaging.type_code in UNPACKED and not well


def _miscounted_packed(packaging: EntryPackaging, around: Around) -> bool:
    del around
    well = packaging.quantity is not None and packaging.pieces is None
    return _packed(packaging) and not well


def _unmarked(packaging: EntryPackaging, around: Around) -> bool:
    return _packed(packaging) and around.indicator is None and packaging.marks_numbers_id is None


def _packed(packaging: EntryPackaging) -> bool:
    return packaging.type_code not in BULK and packaging.type_code not in UNPACKED


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
    return person.id is not None and not person.id.startswith("GB")


def _short_route(declaration: EntrySummaryDeclaration, around: Around) -> bool:
    del around
    return len(declaration.itinerary) < 2


_ITEM = "GOOITEGDS[1]"
_AT_ITEM = (_ITEM,)
_HEADER_LOADING, _ITEM_LOADING = "HEAHEA/PlaLoaGOOITE334", f"{_ITEM}/PlaLoaGOOITE333"
_HEADER_UNLOADING, _ITEM_UNLOADING = "HEAHEA/PlaUnlGOOITE334", f"{_ITEM}/PlaUnlGOOITE333"
_CIRCUMSTANCE = "HEAHEA/SpeCirIndHEA1"
_MODE = "HEAHEA/TraModAtBorHEA76"
_KIND = f"{_ITEM}/PACGS2[1]/KinOfPacGS23"
_COUNT, _PIECES = f"{_ITEM}/PACGS2[1]/NumOfPacGS24", f"{_ITEM}/PACGS2[1]/NumOfPieGS25"
_MARKS = f"{_ITEM}/PACGS2[1]/MarNumOfPacGSL21"
_AT_PACKAGE = (f"{_ITEM}/PACGS2[1]",)
_MENTION = f"{_ITEM}/SPEMENMT2[1]/AddInfCodMT23"
_ITEM_CONSIGNOR, _SECOND_CONSIGNOR = f"{_ITEM}/TRACONCO2", "GOOITEGDS[2]/TRACONCO2"
_ITEM_CONSIGNEE, _ITEM_NOTIFY = f"{_ITEM}/TRACONCE2", f"{_ITEM}/PRTNOT640"
_NUMBER = "GB123456789000"
_TO_ORDER: dict[str, str | None] = {_MENTION: TO_ORDER}

ITEM_RULES: tuple[EntryRule, ...] = (
    EntryRule(
        "8103",
        "Give the gross mass of this item (GroMasGDS46), or the total for all items (TotGroMasHEA307).",
        "condition C592",
        (Check("goods_item", _light_item),),
        (
            EntryCase("no mass at all", {"HEAHEA/TotGroMasHEA307": None, f"{_ITEM}/GroMasGDS46": None}, _AT_ITEM),
            EntryCase("a total", {"HEAHEA/TotGroMasHEA307": "820", f"{_ITEM}/GroMasGDS46": None}),
            EntryCase("the item's own", {"HEAHEA/TotGroMasHEA307": None, f"{_ITEM}/GroMasGDS46": "820"}),
            EntryCase(
                "an authorised operator",
                {"HEAHEA/TotGroMasHEA307": None, f"{_ITEM}/GroMasGDS46": None, _CIRCUMSTANCE: OPERATOR},
            ),
        ),
    ),
    EntryRule(
        "8104",
        "Say where this item is loaded (PlaLoaGOOITE333), or where all are (PlaLoaGOOITE334).",
        "condition C574",
        (Check("goods_item", _loaded_nowhere),),
        (
            EntryCase("loaded nowhere", {_HEADER_LOADING: None, _ITEM_LOADING: None}, _AT_ITEM),
            EntryCase("a place for all", {_HEADER_LOADING: "FRLEH", _ITEM_LOADING: None}),
            EntryCase("a place of its own", {_HEADER_LOADING: None, _ITEM_LOADING: "FRLEH"}),
        ),
    ),
    EntryRule(
        "8135",
        "Leave out how the transport of this item is paid (MetOfPayGDI12). It is stated for all items.",
        "condition C576",
        (Check("goods_item", _paid_twice, "/MetOfPayGDI12[1]"),),
        (
            EntryCase(
                "stated twice",
                {"HEAHEA/TraChaMetOfPayHEA1": "A", f"{_ITEM}/MetOfPayGDI12": "A"},
                (f"{_ITEM}/MetOfPayGDI12[1]",),
            ),
            EntryCase("stated for the item", {f"{_ITEM}/MetOfPayGDI12": "A"}),
        ),
    ),
    EntryRule(
        "8136",
        "Leave out where this item is loaded (PlaLoaGOOITE333). It is stated for all items (PlaLoaGOOITE334).",
        "condition C574",
        (Check("goods_item", _loaded_twice, "/PlaLoaGOOITE333[1]"),),
        (
            EntryCase(
                "stated twice",
                {_HEADER_LOADING: "FRLEH", _ITEM_LOADING: "FRLEH"},
                (f"{_ITEM_LOADING}[1]",),
            ),
            EntryCase("a place of its own", {_HEADER_LOADING: None, _ITEM_LOADING: "FRLEH"}),
        ),
    ),
    EntryRule(
        "8149",
        "Goods in bulk are not counted: leave out the number of packages (NumOfPacGS24) and of pieces "
        "(NumOfPieGS25).",
        "condition C062",
        (Check("packaging", _counted_bulk),),
        (
            *(
                EntryCase(f"packages of {kind}", {_KIND: kind, _COUNT: "1", _PIECES: None}, _AT_PACKAGE)
                for kind in sorted(BULK)
            ),
            EntryCase("pieces in bulk", {_KIND: "VQ", _COUNT: None, _PIECES: "1"}, _AT_PACKAGE),
            EntryCase("bulk, not counted", {_KIND: "VQ", _COUNT: None, _PIECES: None}),
        ),
    ),
    EntryRule(
        "8150",
        "Unpacked goods are counted in pieces: give their number (NumOfPieGS25), and no number of packages "
        "(NumOfPacGS24).",
        "condition C062",
        (Check("packaging", _miscounted_unpacked),),
        (
            EntryCase("counted as packages", {_KIND: "NE", _COUNT: "1", _PIECES: None}, _AT_PACKAGE),
            EntryCase("counted as both", {_KIND: "NF", _COUNT: "1", _PIECES: "1"}, _AT_PACKAGE),
            EntryCase("not counted", {_KIND: "NG", _COUNT: None, _PIECES: None}, _AT_PACKAGE),
            EntryCase("counted in pieces", {_KIND: "NG", _COUNT: None, _PIECES: "4"}),
        ),
    ),
    EntryRule(
        "8151",
        "Give the number of these packages (NumOfPacGS24), and no number of pieces (NumOfPieGS25): pieces are "
        "counted for unpacked goods alone.",
        "condition C062",
        (Check("packaging", _miscounted_packed),),
        (
            EntryCase("not counted", {_KIND: "BX", _COUNT: None, _PIECES: None}, _AT_PACKAGE),
            EntryCase("pieces too", {_KIND: "BX", _COUNT: "4", _PIECES: "4"}, _AT_PACKAGE),
            EntryCase("four boxes", {_KIND: "BX", _COUNT: "4", _PIECES: None}),
        ),
    ),
    EntryRule(
        "8152",
        "Give the marks and numbers on these packages (MarNumOfPacGSL21).",
        "condition C062",
        (Check("packaging", _unmarked),),
        (
            EntryCase("boxes without marks", {_KIND: "BX", _MARKS: None}, _AT_PACKAGE),
            EntryCase("boxes with marks", {_KIND: "BX", _MARKS: "TG 1-30"}),
            EntryCase("a specific circumstance", {_KIND: "BX", _MARKS: None, _CIRCUMSTANCE: OPERATOR}),
            EntryCase("bulk", {_KIND: "VQ", _MARKS: None}),
        ),
    ),
    EntryRule(
        "8170",
        "Give a document for this item (PRODOCDC2), such as the transport document, or a commercial reference "
        "for it (ComRefNumGIM1) or for all items (ComRefNumHEA).",
        "condition C567",
        (Check("goods_item", _undocumented),),
        (
            EntryCase(
                "no paper at all",
                {f"{_ITEM}/PRODOCDC2[1]": None, "HEAHEA/ComRefNumHEA": None},
                _AT_ITEM,
            ),
            EntryCase(
                "a reference of its own",
                {f"{_ITEM}/PRODOCDC2[1]": None, f"{_ITEM}/ComRefNumGIM1": "TG-1"},
            ),
            EntryCase(
                "a reference for all",
                {f"{_ITEM}/PRODOCDC2[1]": None, "HEAHEA/ComRefNumHEA": "TG-1"},
            ),
        ),
    ),
    EntryRule(
        "8171",
        "Leave out where this item is unloaded (PlaUnlGOOITE333). It is stated for all items "
        "(PlaUnlGOOITE334).",
        "condition C579",
        (Check("goods_item", _unloaded_twice, "/PlaUnlGOOITE333[1]"),),
        (
            EntryCase(
                "stated twice",
                {_HEADER_UNLOADING: "GBFXT", _ITEM_UNLOADING: "GBFXT"},
                (f"{_ITEM_UNLOADING}[1]",),
            ),
            EntryCase("a place of its own", {_HEADER_UNLOADING: None, _ITEM_UNLOADING: "GBFXT"}),
        ),
    ),
    EntryRule(
        "8207",
        "Describe these goods (GooDesGDS23) or give their commodity code (COMCODGODITM).",
        "condition C585",
        (Check("goods_item", _undescribed),),
        (
            EntryCase(
                "neither", {f"{_ITEM}/GooDesGDS23": None, f"{_ITEM}/COMCODGODITM": None}, _AT_ITEM
            ),
            EntryCase("a code", {f"{_ITEM}/GooDesGDS23": None, f"{_ITEM}/COMCODGODITM/ComNomCMD1": "6109"}),
            EntryCase("words", {f"{_ITEM}/GooDesGDS23": "Shirts", f"{_ITEM}/COMCODGODITM": None}),
        ),
    ),
    EntryRule(
        "8687",
        "Say where this item is unloaded (PlaUnlGOOITE333), or where all are (PlaUnlGOOITE334).",
        "condition C579",
        (Check("goods_item", _unloaded_nowhere),),
        (
            EntryCase("unloaded nowhere", {_HEADER_UNLOADING: None, _ITEM_UNLOADING: None}, _AT_ITEM),
            EntryCase("a place for all", {_HEADER_UNLOADING: "GBFXT", _ITEM_UNLOADING: None}),
            EntryCase(
                "an authorised operator",
                {_HEADER_UNLOADING: None, _ITEM_UNLOADING: None, _CIRCUMSTANCE: OPERATOR},
            ),
        ),
    ),
    EntryRule(
        "8688",
        "Say how the goods are packed (PACGS2): the kind of packages, also for goods in bulk or unpacked.",
        "condition C577",
        (Check("message", _unpackaged),),
        (
            EntryCase("no packages", {f"{_ITEM}/PACGS2[1]": None}, ("",)),
            EntryCase("bulk", {_KIND: "VQ"}),
        ),
    ),
)

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
        "Leave out the consignee (TRACONCE1): an item is to order (special mention 10600), so the consignee is "
        "not known yet.",
        "condition C583",
        (Check("consignee", _some_to_order),),
        (
            EntryCase("one item to order", {**_TO_ORDER, "TRACONCE1/TINCE159": _NUMBER}, ("TRACONCE1[1]",)),
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
            EntryCase("everything to order", {**_TO_ORDER, "NOTPAR670/TINNOTPAR671": _NUMBER}),
        ),
    ),
    EntryRule(
        "8620",
        "Leave out the notify party of this item (PRTNOT640): the item is not to order (special mention 10600).",
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
        "8684",
        "Give the route (ITI): at least two countries, the first and the last included.",
        "condition C570",
        (Check("message", _short_route),),
        (
            EntryCase("one country", {"ITI[2]": None}, ("",)),
            EntryCase("two countries", {"ITI[2]/CouOfRouCodITI1": "GB"}),
        ),
    ),
    EntryRule(
        "8692",
        "The number of the person lodging (TINPLD1) begins with GB.",
        "registration in the United Kingdom",
        (Check("lodging_person", _lodged_from_abroad, "/TINPLD1[1]"),),
        (
            EntryCase("a number of Germany", {"PERLODSUMDEC/TINPLD1": "DE123456"}, ("PERLODSUMDEC[1]/TINPLD1[1]",)),
            EntryCase("a number of this country", {"PERLODSUMDEC/TINPLD1": "GB123456"}),
        ),
    ),
)

