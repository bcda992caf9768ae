"""Data sets: which one a declaration is made by, and what it asks for, as facts.

Annex B of Delegated Regulation (EU) 2015/2446 orders the data elements of declarations in columns; the United
Kingdom took them over as the declaration categories of its tariff (appendices 21 to 23). What is listed here
stands in every declaration of its trade-test pack that was accepted, and no more of those columns than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.declarations.declaration import Declaration

# H1 home use and end use; H2 customs warehousing; H3 temporary admission; H4 inward processing; H5 special
# fiscal territories; H7 low value (super-reduced); H8 into Northern Ireland, not at risk; I1 simplified;
# I2 presentation of what was entered in the declarant's records. B1 export; B2 outward processing;
# B3 warehousing of Union goods; B4 special fiscal territories; C1 simplified; C2 presentation. C21I, C21E
# customs clearance requests; FSD the final supplementary declaration.
DataSet = Literal[
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H7",
    "H8",
    "I1",
    "I2",
    "B1",
    "B2",
    "B3",
    "B4",
    "C1",
    "C2",
    "C21I",
    "C21E",
    "FSD",
]

EXPORTED = frozenset({"10", "11", "21", "22", "23", "31"})  # procedures of export and re-export (EU, UK)
_SIMPLIFIED, _CLEARANCE_REQUESTS, _FINAL = frozenset("BCEF"), frozenset("JK"), "Q"
_LOW_VALUE = "1H7"
_NOT_AT_RISK = frozenset({"1AG", "1EL", "1EN", "1SG"})
_RECORDS = "EIR"  # authorisation to enter in the declarant's records
_CLEARED_BY: dict[tuple[bool, bool], DataSet] = {  # exported, entered in the declarant's records
    (False, False): "C21I",
    (False, True): "I2",
    (True, False): "C21E",
    (True, True): "C2",
}
# Requested procedures that have a data set of their own; every other one is home use, or export.
_BY_PROCEDURE: dict[str, DataSet] = {
    "71": "H2",
    "53": "H3",
    "51": "H4",
    "21": "B2",
    "22": "B2",
    "76": "B3",
    "77": "B3",
}


class Needed(msgspec.Struct, frozen=True):
    """What is needed: in words, at one of these places, in these data sets.

    Where ``letters`` are given it is needed of those types only, and never of those in ``waived``. A place
    that begins with a slash is the declaration's, and stands for all its goods items.
    """

    words: str
    places: tuple[str, ...]
    sets: frozenset[str]
    letters: str = ""
    waived: str = ""


def data_set_of(declaration: Declaration) -> DataSet:
    """Return the data set that a declaration is made by: told by its type, procedures and authorisations."""
    type_code = declaration.type_code or ""
    part, letter = type_code[:2], type_code[-1:]
    requested = set(_requested(declaration))
    exported = part == "EX" or (part == "CO" and bool(requested & EXPORTED))
    if letter == _FINAL:
        return "FSD"
    if letter in _CLEARANCE_REQUESTS:
        records = any(one.category_code == _RECORDS for one in declaration.authorisation_holder)
        return _CLEARED_BY[exported, records]
    additional = set(_additional(declaration))
    if not exported and _LOW_VALUE in additional:
        return "H7"
    if letter in _SIMPLIFIED:
        return "C1" if exported else "I1"
    if not exported and additional & _NOT_AT_RISK:
        return "H8"
    return _full(part, requested, exported=exported)


def _full(part: str, requested: set[str], *, exported: bool) -> DataSet:
    """Return the data set of a full declaration."""
    own = next((_BY_PROCEDURE[code] for code in sorted(requested) if code in _BY_PROCEDURE), None)
    if own is not None and own.startswith("B" if exported else "H"):
        return own
    if part == "CO":
        return "B4" if exported else "H5"
    return "B1" if exported else "H1"


def _requested(declaration: Declaration) -> Iterator[str]:
    """Yield the requested procedure of each goods item."""
    shipment = declaration.goods_shipment
    for item in shipment.government_agency_goods_item if shipment is not None else ():
        for procedure in item.government_procedure[:1]:
            yield procedure.current_code or ""


def _additional(declaration: Declaration) -> Iterator[str]:
    """Yield the additional procedures of each goods item."""
    shipment = declaration.goods_shipment
    for item in shipment.government_agency_goods_item if shipment is not None else ():
        for procedure in item.government_procedure[1:]:
            yield procedure.current_code or ""


def _sets(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FULL_IMPORT = _sets("H1 H2 H3 H4 H5")
_IMPORT = _FULL_IMPORT | _sets("H7 H8 I1 C21I I2")
_FULL_EXPORT = _sets("B1 B2 B3 B4")
_EXPORT = _FULL_EXPORT | _sets("C1 C21E C2")
_EVERY = _IMPORT | _EXPORT
_VALUED = _sets("H1 H3 H4 H5")  # value is worked out at once; of warehoused goods when they leave
_ITEM_PRICE = "Commodity/InvoiceLine/ItemChargeAmount"

# Of the declaration and its shipment.
HEADER = (
    Needed(
        "the place where the goods can be examined",
        ("GoodsShipment/Consignment/GoodsLocation/Name",),
        _EVERY,
    ),
    Needed("who imports", ("GoodsShipment/Importer",), _IMPORT),
    Needed("who exports", ("Exporter",), _EXPORT | _VALUED | _sets("H7 H8 I1")),
    Needed("the office of exit", ("ExitOffice/ID",), _EXPORT),
    Needed(
        "the means of transport at departure",
        ("GoodsShipment/Consignment/DepartureTransportMeans",),
        _EXPORT,
        waived="BEZ",
    ),
    Needed("the total number of packages", ("TotalPackageQuantity",), _FULL_IMPORT | _sets("I1 B1 B2")),
    Needed(
        "whether the goods come in containers",
        ("GoodsShipment/Consignment/ContainerCode",),
        _sets("H1 H3 H4 B1 B2 B4"),
        waived="YZ",
    ),
    Needed("the mode of transport at the border", ("BorderTransportMeans/ModeCode",), _FULL_IMPORT),
    Needed("the day of acceptance that it supplements", ("AcceptanceDateTime",), _IMPORT, letters="YZ"),
)

# Of every goods item; what may stand for all items at once is looked for there too.
ITEM = (
    Needed("what the goods are", ("Commodity/Description",), _EVERY),
    Needed("the procedure asked for", ("GovernmentProcedure[1]/CurrentCode",), _EVERY | _sets("FSD")),
    Needed("the procedure before", ("GovernmentProcedure[1]/PreviousCode",), _EVERY | _sets("FSD")),
    Needed("an additional procedure code", ("GovernmentProcedure[2]/CurrentCode",), _EVERY | _sets("FSD")),
    Needed(
        "the commodity code",
        ("Commodity/Classification[1]/ID",),
        _FULL_IMPORT | _FULL_EXPORT | _sets("H7 H8 I1"),
    ),
    Needed(
        "the gross mass",
        ("Commodity/GoodsMeasure/GrossMassMeasure",),
        _FULL_IMPORT | _sets("H7 H8 I1 B1 B2"),
        waived="E",
    ),
    Needed("the net mass", ("Commodity/GoodsMeasure/NetNetWeightMeasure",), _sets("H1 H5 B1 B2")),
    Needed("the packages", ("Packaging[1]",), _EVERY - _sets("H7")),
    Needed("the country of origin", ("Origin[1]/CountryCode",), _VALUED | _sets("H8 I1")),
    Needed("the statistical value", ("StatisticalValueAmount",), _FULL_EXPORT, waived="Z"),
    Needed(
        "what came before",
        ("PreviousDocument[1]", "/GoodsShipment/PreviousDocument[1]"),
        _EVERY | _sets("FSD"),
    ),
    Needed(
        "the country of destination",
        ("Destination/CountryCode", "/GoodsShipment/Destination/CountryCode"),
        _EXPORT | _FULL_IMPORT | _sets("H8"),
        waived="YZ",
    ),
    Needed(
        "the country of dispatch",
        ("ExportCountry/ID", "/GoodsShipment/ExportCountry/ID"),
        _FULL_IMPORT | _FULL_EXPORT,
    ),
    Needed("the price", (_ITEM_PRICE,), _sets("H8 I1")),
    Needed("the method of valuation", ("CustomsValuation/MethodCode",), _VALUED),
    Needed(
        "the nature of the transaction",
        ("TransactionNatureCode", "/GoodsShipment/TransactionNatureCode"),
        _FULL_IMPORT | _sets("B1 B2"),
    ),
)
