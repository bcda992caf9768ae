# ruff: noqa: E501 - a heading of the catalogue is one line
"""The goods of the trade world: sixty-odd headings with prices, masses, seasons, duties and origins.

Codes are those of the Harmonized System 2022, filled up with zeros; labels are ours. Price levels, spreads,
masses, duty rates, seasons and weights of origin are *chosen*: of the right order for each heading beside the
others, and set by no source.
"""

from __future__ import annotations

from functools import lru_cache
from math import log2
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from tidegate.simulation.draws import OCTAVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Sector = Literal[
    "food", "fresh", "drink", "chemistry", "fabric", "clothes", "home", "metal", "machine", "gadget"
]
Freight = Literal["bulk", "mixed", "light"]
SLOTS = 64


class Goods(msgspec.Struct, frozen=True):
    """Goods of one code as the trade world knows them.

    ``price`` is the middle price in accounting currency a kilogram, ``spread`` the standard deviation of its
    logarithm to base two, ``lot`` the middle net mass of a sea shipment in kilograms, ``piece`` the mass of one
    piece in kilograms where the tariff counts pieces in ``unit``, ``duty`` in thousandths of the value, ``peak``
    the month most is traded in (0: none), ``like`` the code that the same goods are mistaken or passed off for.
    """

    code: str
    label: str
    sector: Sector
    freight: Freight
    price: float
    spread: float
    lot: int
    duty: int
    origins: str
    unit: str = ""
    piece: float = 0.0
    peak: int = 0
    like: str = ""

    def origin_weights(self) -> list[tuple[str, int]]:
        """Return countries of origin with their weights."""
        pairs = (one.split(":") for one in self.origins.split())
        return [(country, int(weight)) for country, weight in pairs]


G = Goods
_ASIA = "CN:6 VN:2 IN:1 TR:1"
_WEAR = "CN:5 BD:4 VN:2 TR:2 IN:2 PK:1 KH:1 MA:1"
_TECH = "CN:7 VN:2 TW:1 KR:1 MY:1 TH:1 MX:1 XB:1"
_HOME = "CN:6 PL:2 VN:2 TR:1 IT:1 XB:2"
_WEST = "DE:3 US:2 IT:2 FR:1 GB:1 JP:1 CH:1"
CATALOGUE: tuple[Goods, ...] = (
    G("0202300000", "Beef, boneless, frozen", "food", "bulk", 6.2, 0.25, 22000, 180, "BR:5 AR:3 AU:2 XB:2"),
    G("0207140000", "Chicken cuts, frozen", "food", "bulk", 2.1, 0.25, 24000, 150, "BR:5 TH:3 PL:2 XB:2"),
    G("0303890000", "Fish, frozen", "food", "bulk", 3.3, 0.4, 20000, 110, "CN:3 NO:2 EC:1 ID:2"),
    G("0306170000", "Shrimps, frozen", "food", "bulk", 7.4, 0.35, 14000, 120, "EC:4 IN:4 VN:3 TH:1"),
    G("0406900000", "Cheese in blocks", "food", "mixed", 6.0, 0.35, 9000, 160, "NL:3 IT:2 FR:2 DE:2 XB:3"),
    G("1006300000", "Rice, milled", "food", "bulk", 0.9, 0.3, 26000, 60, "IN:4 TH:4 PK:2 VN:2"),
    G("1511900000", "Palm oil, refined", "food", "bulk", 1.0, 0.15, 25000, 50, "ID:5 MY:5"),
    G("1701990000", "Sugar, refined", "food", "bulk", 0.7, 0.15, 26000, 190, "BR:6 TH:2 IN:2"),
    G("1806310000", "Filled chocolate bars", "food", "mixed", 5.6, 0.4, 6000, 90, "DE:3 CH:2 BE:3 PL:2", peak=11),
    G("1905310000", "Sweet biscuits", "food", "mixed", 3.0, 0.35, 7000, 90, "PL:3 TR:3 XB:3 GB:1"),
    G("2106900000", "Food preparations", "food", "mixed", 7.0, 0.8, 3000, 80, "US:3 DE:2 NL:2 CN:2 XB:1"),
    G("0702000000", "Tomatoes, fresh", "fresh", "bulk", 1.3, 0.3, 18000, 90, "MA:5 TR:2 ES:3 XB:2", peak=2),
    G("0803900000", "Bananas, fresh", "fresh", "bulk", 0.8, 0.15, 20000, 75, "EC:5 CO:4 CR:2"),
    G("0804400000", "Avocados, fresh", "fresh", "bulk", 2.3, 0.3, 20000, 40, "PE:4 MX:3 KE:2 CO:2", peak=6),
    G("0805100000", "Oranges, fresh", "fresh", "bulk", 0.8, 0.25, 22000, 80, "ZA:4 EG:4 MA:2 ES:2", peak=1),
    G("0806100000", "Grapes, fresh", "fresh", "bulk", 2.1, 0.3, 18000, 85, "ZA:3 CL:3 IN:2 PE:3 EG:1", peak=3),
    G("0603110000", "Roses, cut", "fresh", "light", 5.0, 0.3, 900, 60, "KE:5 EC:3 CO:2 NL:1", "NAR", 0.05, 2),
    G("0901110000", "Coffee, not roasted", "drink", "bulk", 3.6, 0.3, 19000, 0, "BR:4 VN:4 CO:3 KE:1"),
    G("0901210000", "Coffee, roasted", "drink", "mixed", 9.5, 0.4, 3000, 75, "IT:4 DE:2 CH:2 XB:1", like="0901110000"),
    G("0902400000", "Black tea in bulk", "drink", "mixed", 3.0, 0.4, 9000, 0, "KE:4 LK:3 IN:3"),
    G("2204210000", "Wine in bottles", "drink", "mixed", 5.2, 0.7, 9000, 130, "FR:3 IT:3 CL:2 ZA:2 ES:2", "LTR", 1.0, 10),
    G("2208300000", "Whisky in bottles", "drink", "mixed", 14.0, 0.6, 8000, 110, "GB:8 US:2", "LTR", 0.95, 10),
    G("2402200000", "Cigarettes", "drink", "mixed", 22.0, 0.3, 5000, 576, "AE:2 XB:3 PL:2 CN:1", "NAR", 0.001),
    G("2710190000", "Lubricating oil", "chemistry", "bulk", 1.9, 0.4, 20000, 37, "DE:2 NL:2 KR:2 XB:3"),
    G("2933990000", "Heterocyclic compounds", "chemistry", "light", 60.0, 1.4, 300, 65, "CN:5 IN:4 DE:1"),
    G("3002410000", "Vaccines", "chemistry", "light", 900.0, 1.2, 40, 0, "BE:3 US:3 FR:2 IN:1"),
    G("3004900000", "Medicines", "chemistry", "light", 110.0, 1.3, 250, 0, "DE:3 IN:3 CH:3 US:1"),
    G("3102100000", "Urea", "chemistry", "bulk", 0.4, 0.2, 27000, 65, "EG:4 DZ:3 XB:2"),
    G("3303000000", "Perfumes", "chemistry", "mixed", 62.0, 0.8, 500, 65, "FR:6 IT:2 AE:1 XB:1", "", 0.0, 11),
    G("3304990000", "Skin care preparations", "chemistry", "mixed", 26.0, 0.8, 900, 65, "FR:3 KR:4 US:2 CN:2", like="3401300000"),
    G("3401300000", "Washing preparations for the skin", "chemistry", "mixed", 3.8, 0.5, 4000, 40, "PL:3 DE:3 TR:2 CN:2"),
    G("3901200000", "Polyethylene in granules", "chemistry", "bulk", 1.2, 0.2, 24000, 65, "SA:4 KR:3 US:3"),
    G("5201000000", "Cotton, not combed", "fabric", "bulk", 1.9, 0.2, 22000, 0, "US:4 BR:3 IN:2 AU:1"),
    G("5212120000", "Cotton fabrics, bleached", "fabric", "mixed", 8.2, 0.4, 5000, 80, _ASIA, like="5201000000"),
    G("5407520000", "Polyester fabrics, dyed", "fabric", "mixed", 5.4, 0.4, 7000, 80, _ASIA),
    G("6006320000", "Knitted synthetic fabrics", "fabric", "mixed", 6.0, 0.4, 6000, 80, _ASIA),
    G("6302600000", "Towels of terry cotton", "fabric", "mixed", 8.4, 0.35, 5000, 120, "TR:4 PK:3 IN:3 CN:2"),
    G("6305330000", "Sacks of polypropylene strip", "fabric", "bulk", 2.4, 0.25, 12000, 72, "CN:3 IN:3 TR:3"),
    G("6109100000", "T-shirts of cotton", "clothes", "mixed", 14.5, 0.5, 3000, 120, _WEAR, "NAR", 0.16, 4, "6109900000"),
    G("6109900000", "T-shirts of man-made fibres", "clothes", "mixed", 16.0, 0.5, 2500, 95, _WEAR, "NAR", 0.14, 4),
    G("6110200000", "Pullovers of cotton", "clothes", "mixed", 18.0, 0.5, 2500, 120, _WEAR, "NAR", 0.38, 9),
    G("6110300000", "Pullovers of man-made fibres", "clothes", "mixed", 16.5, 0.5, 2500, 120, _WEAR, "NAR", 0.36, 9),
    G("6203420000", "Men's trousers of cotton", "clothes", "mixed", 17.0, 0.5, 3000, 120, _WEAR, "NAR", 0.55, 8),
    G("6204620000", "Women's trousers of cotton", "clothes", "mixed", 18.5, 0.5, 2600, 120, _WEAR, "NAR", 0.45, 3),
    G("6403990000", "Shoes with leather uppers", "clothes", "mixed", 30.0, 0.6, 2500, 80, "IT:2 VN:3 CN:3 IN:2 PT:1", "NPR", 0.9, 9),
    G("6404110000", "Sports shoes with textile uppers", "clothes", "mixed", 22.0, 0.5, 3000, 169, "VN:5 CN:4 ID:3", "NPR", 0.7, 3, "6403990000"),
    G("6404190000", "Shoes with textile uppers", "clothes", "mixed", 12.0, 0.6, 3000, 169, "CN:6 VN:3 BD:1", "NPR", 0.6, 4),
    G("4202210000", "Handbags of leather", "clothes", "light", 85.0, 1.0, 250, 30, "IT:4 FR:2 CN:3 IN:1", "NAR", 0.7, 11),
    G("4202220000", "Handbags of plastic or textile", "clothes", "mixed", 14.0, 0.7, 1800, 97, "CN:7 VN:2 KH:1", "NAR", 0.45, 11, "4202210000"),
    G("7113190000", "Jewellery of gold", "clothes", "light", 24000.0, 0.8, 2, 25, "IN:3 TR:3 IT:3 TH:2", peak=11),
    G("7117190000", "Imitation jewellery", "clothes", "light", 38.0, 0.9, 90, 40, "CN:8 IN:1 TH:1", peak=11),
    G("9102110000", "Wrist-watches, electric", "clothes", "light", 310.0, 1.3, 40, 45, "CN:4 JP:3 CH:3", "NAR", 0.08, 11),
    G("4011100000", "Tyres for cars", "home", "mixed", 3.9, 0.3, 16000, 45, "CN:5 KR:2 TH:2 PL:1 XB:1", "NAR", 9.5, 10),
    G("4412330000", "Plywood", "home", "bulk", 1.3, 0.25, 24000, 100, "CN:4 BR:2 ID:2", "MTQ", 620.0),
    G("6907210000", "Ceramic tiles", "home", "bulk", 0.45, 0.3, 25000, 50, "CN:3 IN:3 TR:3 IT:2 ES:2", "MTK", 19.0),
    G("6911100000", "Porcelain tableware", "home", "mixed", 3.2, 0.6, 8000, 120, "CN:7 DE:1 PL:1 TR:1"),
    G("9401610000", "Seats with wooden frames", "home", "mixed", 5.4, 0.5, 5000, 20, _HOME, "NAR", 16.0),
    G("9403600000", "Wooden furniture", "home", "mixed", 3.2, 0.5, 7000, 20, _HOME, "NAR", 25.0),
    G("9405420000", "LED lamps", "home", "mixed", 16.0, 0.7, 1800, 27, "CN:9 XB:1 PL:1"),
    G("9503000000", "Toys", "home", "mixed", 9.5, 0.7, 3500, 0, "CN:9 VN:1 XB:1", peak=10),
    G("9506910000", "Fitness equipment", "home", "mixed", 4.8, 0.6, 5000, 27, "CN:8 TW:2", "", 0.0, 12, "9503000000"),
    G("8712000000", "Bicycles", "home", "mixed", 12.0, 0.6, 3500, 150, "CN:4 KH:2 TW:3 BD:1", "NAR", 14.0, 3, "8714990000"),
    G("8714990000", "Parts of bicycles", "home", "mixed", 9.0, 0.6, 1500, 47, "CN:5 TW:4 JP:2", peak=3),
    G("7214200000", "Steel bars for concrete", "metal", "bulk", 0.6, 0.15, 26000, 60, "TR:4 XB:3 CN:2"),
    G("7308900000", "Steel structures", "metal", "mixed", 2.4, 0.5, 14000, 10, "CN:4 PL:2 TR:2 XB:2"),
    G("7318150000", "Screws and bolts", "metal", "mixed", 3.4, 0.6, 6000, 37, "CN:5 TW:3 DE:2", like="7308900000"),
    G("7408110000", "Copper wire", "metal", "bulk", 8.1, 0.12, 22000, 48, "XB:3 PL:2 DE:2 CL:2"),
    G("7606120000", "Aluminium sheets", "metal", "bulk", 3.5, 0.2, 20000, 75, "CN:4 TR:3 DE:2", like="7616990000"),
    G("7607110000", "Aluminium foil", "metal", "mixed", 4.0, 0.2, 12000, 75, "CN:6 TR:2 DE:1"),
    G("7616990000", "Articles of aluminium", "metal", "mixed", 8.0, 0.7, 3000, 60, "CN:6 DE:1 PL:1 TR:1"),
    G("8204120000", "Adjustable spanners", "metal", "mixed", 7.0, 0.6, 2000, 17, "CN:5 TW:3 DE:2 IN:1"),
    G("8415100000", "Air conditioners", "machine", "mixed", 7.8, 0.3, 9000, 27, "CN:6 TH:4 KR:1", "NAR", 38.0, 5),
    G("8418210000", "Refrigerators", "machine", "mixed", 4.6, 0.3, 9000, 25, "CN:4 TR:4 PL:2", "NAR", 55.0),
    G("8481800000", "Taps and valves", "machine", "mixed", 17.0, 0.8, 1500, 22, "CN:4 IT:3 DE:3"),
    G("8504400000", "Static converters", "machine", "mixed", 24.0, 0.9, 900, 33, _TECH),
    G("8507600000", "Lithium-ion accumulators", "machine", "mixed", 19.0, 0.6, 4000, 27, "CN:7 KR:3 PL:1 JP:1"),
    G("8541430000", "Solar modules", "machine", "bulk", 4.3, 0.3, 18000, 0, "CN:8 VN:1 MY:1", "NAR", 22.0, 5),
    G("8544420000", "Cables with connectors", "machine", "mixed", 11.0, 0.7, 2000, 33, _TECH),
    G("8703230000", "Cars with petrol engine", "machine", "mixed", 15.0, 0.6, 6000, 100, "DE:4 JP:3 KR:3 XB:1", "NAR", 1450.0),
    G("8703800000", "Electric cars", "machine", "mixed", 19.0, 0.4, 7500, 100, "CN:5 DE:3 KR:2 US:1", "NAR", 1900.0),
    G("8708990000", "Parts of vehicles", "machine", "mixed", 9.5, 0.8, 3000, 45, "DE:3 CN:3 JP:2 TR:1 XB:2"),
    G("8711600000", "Electric bicycles", "machine", "mixed", 24.0, 0.5, 3500, 140, "CN:4 TW:3 VN:2", "NAR", 23.0, 3, "8712000000"),
    G("8471300000", "Portable computers", "gadget", "light", 240.0, 0.6, 700, 0, "CN:9 VN:2", "NAR", 2.1, 9),
    G("8471700000", "Storage units for computers", "gadget", "light", 320.0, 0.9, 150, 0, "TH:4 CN:4 MY:2"),
    G("8473300000", "Parts of computers", "gadget", "light", 95.0, 1.3, 250, 0, _TECH),
    G("8516790000", "Electric kitchen appliances", "gadget", "mixed", 9.0, 0.5, 4000, 27, "CN:9 TR:1", "NAR", 2.4, 10),
    G("8517130000", "Smartphones", "gadget", "light", 700.0, 0.7, 250, 0, "CN:7 VN:4 IN:3", "NAR", 0.35, 9),
    G("8517620000", "Network equipment", "gadget", "light", 130.0, 1.0, 350, 0, _TECH),
    G("8528520000", "Computer monitors", "gadget", "mixed", 28.0, 0.4, 3000, 0, "CN:8 XB:1 VN:1", "NAR", 5.5),
    G("8528720000", "Television sets", "gadget", "mixed", 16.0, 0.4, 6000, 140, "CN:3 TR:3 PL:3 VN:2", "NAR", 14.0, 11, "8528520000"),
    G("8542310000", "Processors and controllers", "gadget", "light", 4200.0, 1.3, 12, 0, "TW:5 MY:3 KR:2 US:1 XB:1"),
    G("9018900000", "Medical instruments", "gadget", "light", 140.0, 1.1, 150, 0, _WEST),
    G("9504500000", "Video game consoles", "gadget", "mixed", 72.0, 0.4, 2500, 0, "CN:7 JP:1 VN:2", "NAR", 4.2, 11),
)  # fmt: skip
COUNTRIES = tuple(sorted({country for one in CATALOGUE for country, _ in one.origin_weights()} | {"XA"}))
SECTORS: tuple[Sector, ...] = (
    "food", "fresh", "drink", "chemistry", "fabric", "clothes", "home", "metal", "machine", "gadget",
)  # fmt: skip
_POSTED_PIECE, _FLOWN_PIECE = 5_000_000, 100_000_000  # milligrams; a car does not fly
_POSTED: tuple[Sector, ...] = ("clothes", "gadget", "home", "chemistry")
_FREIGHTS: tuple[Freight, ...] = ("bulk", "mixed", "light")


class Shelf:
    """The catalogue as arrays, one place a heading, for drawing many items at once."""

    def __init__(self) -> None:
        place = {one.code: index for index, one in enumerate(CATALOGUE)}
        self.code = [one.code for one in CATALOGUE]
        self.place = place
        self.price = _levels([one.price for one in CATALOGUE])
        self.spread = _whole([round(one.spread * OCTAVE) for one in CATALOGUE])
        self.lot = _levels([one.lot for one in CATALOGUE])
        self.duty = _whole([one.duty for one in CATALOGUE])
        self.peak = _whole([one.peak for one in CATALOGUE])
        self.freight = _whole([_FREIGHTS.index(one.freight) for one in CATALOGUE])
        self.piece = _whole([round(one.piece * 1_000_000) for one in CATALOGUE])  # milligrams; 0: not counted
        self.like = _whole([place[one.like] if one.like else -1 for one in CATALOGUE])
        self.origins = np.array([_slots(one.origin_weights()) for one in CATALOGUE], np.int64)
        self.by_sector = np.array([_sector_slots(sector) for sector in SECTORS], np.int64)
        back = {like: at for at, like in enumerate(self.like.tolist()) if like >= 0}
        both = [like if like >= 0 else back.get(at, -1) for at, like in enumerate(self.like.tolist())]
        self.any_like = _whole(both)
        self.mistakable = np.flatnonzero((self.like >= 0) & (self.duty > self.duty[self.like])).astype(
            np.int64
        )
        self.dear = np.flatnonzero(self.duty >= 75).astype(np.int64)  # noqa: PLR2004 - worth evading, chosen
        light = (self.freight > 0) & (self.piece < _POSTED_PIECE)
        self.postable = light & np.isin([one.sector for one in CATALOGUE], _POSTED)
        self.flyable = (self.freight > 0) & (self.piece < _FLOWN_PIECE)
        self.parcels = np.flatnonzero(self.postable).astype(np.int64)
        self.lawful = np.flatnonzero(self.freight < 2).astype(np.int64)  # noqa: PLR2004 - freight to hide in
        self.ring = _whole([place[code] for code in ("8542310000", "8517130000", "8471700000")])

    def season(self, month: int) -> NDArray[np.int64]:
        """Return what is added to the logarithm of traded mass in this month: up to half an octave."""
        apart = np.abs(self.peak - month)
        near = np.minimum(apart, 12 - apart)
        return np.where(self.peak == 0, 0, (3 - near) * (OCTAVE // 6)).astype(np.int64)


@lru_cache(maxsize=1)
def shelf() -> Shelf:
    """Return the catalogue as arrays, made once."""
    return Shelf()


def country_place(code: str) -> int:
    """Return a country's place in COUNTRIES."""
    return COUNTRIES.index(code)


def _levels(values: Sequence[float]) -> NDArray[np.int64]:
    return _whole([round(log2(value) * OCTAVE) for value in values])


def _whole(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def _slots(weights: list[tuple[str, int]]) -> list[int]:
    """Return SLOTS countries, each as often as its weight asks, so that one whole number draws one."""
    total = sum(weight for _, weight in weights)
    ends = np.cumsum([weight for _, weight in weights])
    where = np.searchsorted(ends * SLOTS, np.arange(SLOTS) * total, side="right")
    return [COUNTRIES.index(weights[int(at)][0]) for at in where]


def _sector_slots(sector: Sector) -> list[int]:
    inside = [index for index, one in enumerate(CATALOGUE) if one.sector == sector]
    return [inside[at * len(inside) // SLOTS] for at in range(SLOTS)]
