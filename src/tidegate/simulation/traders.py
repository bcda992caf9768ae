"""Traders: companies that begin, grow, fade and are followed by others, each with habits of its own.

A company has a place in the market (its slot) and a number. A slot outlives its companies: when one closes,
another takes the slot with a new number and new habits. Habits are not stored: they are draws of the
company's key, so that whoever holds the key knows them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tidegate.simulation.draws import OCTAVE, Draws, cumulated, raised
from tidegate.simulation.goods import SECTORS, shelf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tidegate.simulation.world import World

    Whole = NDArray[np.int64]
    Yes = NDArray[np.bool_]

_YEAR = 365
_SHORTEST, _LONGEST = 300, 4_000  # days a company lives, chosen
_GENERATIONS = 4096
BROKER, CARRIER, SHELL = 900_000_000, 910_000_000, 800_000_000
_SECTOR_OF_SLOT = 16  # companies choose among the sectors by this many lots
_POPULAR = (
    0,
    1,
    2,
    3,
    4,
    5,
    5,
    5,
    6,
    6,
    7,
    8,
    8,
    9,
    9,
    9,
)  # sector by lot: clothes, gadgets more often; chosen


class Parties(NamedTuple):
    """Who lodges, and which scheme stands behind it: one place a declaration."""

    draws: Draws
    company: Draws  # whose habits these are
    operator: Whole  # index of the company as it presents itself
    owner: Whole  # index of the company that it really is
    campaign: Whole  # place among the day's campaigns, or -1
    kind: Whole  # of scheme, or -1
    phase: Whole
    export: Yes
    deferred: Yes


class Companies(NamedTuple):
    """The companies alive on a day, one row a slot."""

    draws: Draws
    owner: Whole  # index of the company
    running: Whole


class _Slots(NamedTuple):
    draws: Draws
    life: Whole
    turn: Whole
    weight: Whole


@lru_cache(maxsize=16)
def _slots(seed: int, country: str, count: int) -> _Slots:
    places = np.arange(count, dtype=np.int64)
    draws = Draws(np.repeat(Draws.of(seed, "market", country).keys, count)).derive("slot", places)
    life = _SHORTEST + draws.whole("life", _LONGEST - _SHORTEST)
    # A Zipf law: few companies have most of the trade (chosen; customs data are of this kind everywhere).
    weight = np.array([round(4_000_000 / (place + 12) ** 0.95) for place in range(count)], np.int64)
    return _Slots(draws, life, draws.whole("turn", 100_000), weight)


def company_at(
    seed: int, traders: int, country: str, slot: Whole, day: int
) -> tuple[Draws, NDArray[np.int64]]:
    """Return the companies that hold slots on a day (an ordinal): their draws and their indices."""
    slots = _slots(seed, country, traders)
    generation = (day + slots.turn[slot]) // slots.life[slot]
    return slots.draws.take(slot).derive(
        "company", generation
    ), slot * _GENERATIONS + generation % _GENERATIONS


@lru_cache(maxsize=64)
def companies_on(world: World, country: str, day: int, month: int) -> Companies:
    """Return the companies alive on a day with running totals of how much each trades."""
    count = world.parameters.traders
    slots = _slots(world.seed, country, count)
    draws, index = company_at(world.seed, count, country, np.arange(count, dtype=np.int64), day)
    age = (day + slots.turn) % slots.life
    growth = draws.spread("growth", OCTAVE // 4) * np.minimum(age, 5 * _YEAR) // _YEAR
    young = np.maximum(0, 60 - age) * (OCTAVE // 30)  # the first two months are small
    sector = sector_of(draws)
    season = _sector_season(month)[sector]
    size = raised(np.clip(growth, -2 * OCTAVE, 2 * OCTAVE) - young + season)
    weight = np.maximum(1, (slots.weight * size).astype(np.int64))
    return Companies(draws, index, cumulated(weight))


def sector_of(companies: Draws) -> Whole:
    """Return the place in SECTORS that each company trades in."""
    return np.array(_POPULAR, np.int64)[companies.whole("sector", _SECTOR_OF_SLOT)]


@lru_cache(maxsize=16)
def _sector_season(month: int) -> Whole:
    known = shelf()
    season = known.season(month)
    means = [int(season[np.unique(known.by_sector[place])].mean()) for place in range(len(SECTORS))]
    return np.array(means, np.int64)


def number_of(seed: int, country: str, index: Whole) -> Whole:
    """Return nine-digit operator numbers, different for different indices of a country."""
    start = int(Draws.of(seed, "numbers", country).whole("start", 1_000_000_000)[0])
    return (index * 314_159_261 + start) % 1_000_000_000
