"""What: goods items, their packages and documents, and what is said once or item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.declarations.ens.rules.rule import OPERATOR, Check, EntryCase, EntryRule

if TYPE_CHECKING:
    from tidegate.declarations.ens.rules.rule import Around
    from tidegate.declarations.ens.words import (
        EntryItem,
        EntryPackaging,
        EntrySummaryDeclaration,
    )

BULK = frozenset(("VQ", "VG", "VL", "VY", "VR", "VS", "VO"))  # UN/ECE Recommendation 21
_SHORTEST_ROUTE = 2
UNPACKED = frozenset(("NE", "NF", "NG"))


def _light_item(item: EntryItem, around: Around) -> bool:
    total = around.header.total_gross_mass if around.header is not None else None
    return item.gross_mass is None and around.indicator != OPERATOR and total is None


def _loaded_nowhere(item: EntryItem, around: Around) -> bool:
    return item.loading_location_id is None and _loading(around) is None


def _loaded_twice(item: EntryItem, around: Around) -> bool:
    return item.loading_location_id is not None and _loading(around) is not None


def _unloaded_nowhere(item: EntryItem, around: Around) -> bool:
    return item.unloading_location_id is None and _unloading(around) is None and around.indicator != OPERATOR


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


def _short_route(declaration: EntrySummaryDeclaration, around: Around) -> bool:
    del around
    return len(declaration.itinerary) < _SHORTEST_ROUTE


_ITEM = "GOOITEGDS[1]"
_AT_ITEM = (_ITEM,)
_HEADER_LOADING, _ITEM_LOADING = "HEAHEA/PlaLoaGOOITE334", f"{_ITEM}/PlaLoaGOOITE333"
_HEADER_UNLOADING, _ITEM_UNLOADING = "HEAHEA/PlaUnlGOOITE334", f"{_ITEM}/PlaUnlGOOITE333"
_CIRCUMSTANCE = "HEAHEA/SpeCirIndHEA1"
_KIND = f"{_ITEM}/PACGS2[1]/KinOfPacGS23"
_COUNT, _PIECES = f"{_ITEM}/PACGS2[1]/NumOfPacGS24", f"{_ITEM}/PACGS2[1]/NumOfPieGS25"
_MARKS = f"{_ITEM}/PACGS2[1]/MarNumOfPacGSL21"
_AT_PACKAGE = (f"{_ITEM}/PACGS2[1]",)

ITEM_RULES: tuple[EntryRule, ...] = (
    EntryRule(
        "8103",
        "Give the gross mass of this item (GroMasGDS46), or the total for all items (TotGroMasHEA307).",
        "condition C592",
        (Check("goods_item", _light_item),),
        (
            EntryCase(
                "no mass at all", {"HEAHEA/TotGroMasHEA307": None, f"{_ITEM}/GroMasGDS46": None}, _AT_ITEM
            ),
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
        "Leave out where this item is loaded (PlaLoaGOOITE333). It is stated for all (PlaLoaGOOITE334).",
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
        "Give the number of these packages (NumOfPacGS24), and no number of pieces (NumOfPieGS25): pieces "
        "are counted for unpacked goods alone.",
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
        "Give a document for this item (PRODOCDC2), such as the transport document, or a commercial "
        "reference for it (ComRefNumGIM1) or for all items (ComRefNumHEA).",
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
            EntryCase("neither", {f"{_ITEM}/GooDesGDS23": None, f"{_ITEM}/COMCODGODITM": None}, _AT_ITEM),
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
)
