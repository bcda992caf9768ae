"""Routes: which way goods come, in which currency they are paid, and where they change ship.

Everything here is chosen: a small world in which the two administrations are neighbours by land.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidegate.simulation.draws import OCTAVE
from tidegate.simulation.goods import COUNTRIES, shelf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

SEA, AIR, ROAD, POST = range(4)
MODES = ("1", "4", "3", "5")  # UN/ECE Recommendation 19 by the order above
INCOTERMS = ("FOB", "CIF", "EXW", "FCA", "CFR", "DAP", "DDP")
INCOTERM_RUNNING = np.cumsum(np.array([34, 28, 8, 10, 8, 9, 3], np.int64))
SEPARATE_FREIGHT = np.array([True, False, True, True, False, False, False])  # not in the price
HUBS = ("NL", "AE", "BE", "GB")

_BY_ROAD = ("XA", "XB", "DE", "PL", "TR", "IT", "FR", "CH", "NL", "BE", "ES")
_CURRENCY = {
    "CN": "USD CNY", "GB": "GBP", "JP": "JPY", "XA": "XTS", "XB": "XTS",
    **dict.fromkeys(("DE", "FR", "IT", "ES", "NL", "BE", "PT"), "EUR"),
    **dict.fromkeys(("PL", "TR", "MA", "CH", "NO"), "EUR USD"),
}  # fmt: skip
_LEVEL = {
    "CN": -0.15, "BD": -0.3, "PK": -0.25, "IN": -0.2, "VN": -0.1, "KH": -0.25,
    "DE": 0.35, "CH": 0.6, "IT": 0.35, "FR": 0.4, "JP": 0.35, "US": 0.3, "GB": 0.25,
}  # fmt: skip
PRICE_LEVEL = np.array([round(_LEVEL.get(one, 0.0) * OCTAVE) for one in COUNTRIES], np.int64)
BY_ROAD = np.array([one in _BY_ROAD for one in COUNTRIES])
# Freight classes of goods (bulk, mixed, light) by mode, as running totals of 100.
_MODE_RUNNING = np.cumsum(
    np.array([[82, 0, 18, 0], [54, 14, 22, 10], [12, 48, 8, 32]], np.int64), axis=1
)  # fmt: skip
_LAND_NEIGHBOUR = np.cumsum(np.array([4, 6, 84, 6], np.int64))


def modes(roll: Whole, goods: Whole, country: Whole, neighbour: int) -> Whole:
    """Return the modes of transport for rolls of 0 to 99 by goods and the country of the other party."""
    known = shelf()
    running = np.where(
        (country == neighbour)[:, None], _LAND_NEIGHBOUR[None, :], _MODE_RUNNING[known.freight[goods]]
    )
    mode: Whole = (roll[:, None] >= running).sum(axis=1).astype(np.int64)
    mode[(mode == ROAD) & ~BY_ROAD[country]] = SEA
    mode[(mode == POST) & ~known.postable[goods]] = ROAD
    mode[(mode == AIR) & ~known.flyable[goods]] = SEA
    mode[(mode == ROAD) & ~BY_ROAD[country]] = SEA
    return mode


def currencies(known: tuple[str, ...]) -> Whole:
    """Return, by country, two currencies it invoices in, as places among the known ones; else dollars."""
    usual = [(_CURRENCY.get(one, "USD")).split() for one in COUNTRIES]
    places = {code: at for at, code in enumerate(known)}
    return np.array([[places.get(pair[0], 0), places.get(pair[-1], 0)] for pair in usual], np.int64)
