"""Campaigns: schemes that begin, adapt and move on, on an endless calendar.

Each administration has so many places for campaigns. A place is filled again and again: after an idle time a
company begins a scheme boldly (phase 1), grows careful with another broker and another route (phase 2), and
moves on to a new company number and other goods (phase 3), until it ends and another follows. The calendar is
a function of the seed; a campaign that an administration finds out adapts within days instead.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import msgspec
import numpy as np

from tidegate.simulation.draws import Draws, cumulated
from tidegate.simulation.goods import shelf
from tidegate.simulation.traders import SHELL, company_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tidegate.simulation.parameters import Parameters
    from tidegate.simulation.world import World

Scheme = Literal[
    "undervaluation", "misclassification", "false_origin", "quantity",
    "smuggling", "splitting", "reappearing", "carousel",
]  # fmt: skip
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
(UNDERVALUATION, MISCLASSIFICATION, FALSE_ORIGIN, QUANTITY, SMUGGLING, SPLITTING, REAPPEARING, CAROUSEL) = (
    range(8)
)
_KINDS = (0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 5, 6)  # how often each scheme begins: chosen; carousels have rings
_SHORTEST, _LONGEST = 160, 420  # days from one campaign of a place to the next, chosen
_RAMP = 40  # days until a campaign trades at full strength
REINCARNATES = 45  # days after which a re-appearing company has a new number
ROUND = 12  # days goods of a carousel take for one round
FULL = 16
BOLD, CAREFUL, MOVED = 1, 2, 3  # the phases
_SHELLS = 16  # company numbers a campaign has in reserve


class Campaign(msgspec.Struct, frozen=True):
    """One campaign: what, by which company (its index), from when to when (ordinals of days)."""

    name: str
    scheme: Scheme
    kind: int
    key: int
    company_key: int
    company: int
    shell: int
    begins: int
    adapts: int
    moves: int
    ends: int

    def phase(self, day: int) -> int:
        """Return 0 before and after, 1 when bold, 2 when careful, 3 when moved on."""
        if not self.begins <= day < self.ends:
            return 0
        return 1 + (day >= self.adapts) + (day >= self.moves)

    def strength(self, day: int) -> int:
        """Return how much it trades on a day, of FULL."""
        phase = self.phase(day)
        since = day - (0, self.begins, self.adapts, self.moves)[phase]
        grown = min(FULL, 2 + since * FULL // _RAMP)
        return (0, grown, FULL // 2, grown)[phase]

    def operator(self, day: int) -> int:
        """Return the index under which the company appears on a day."""
        if self.kind == REAPPEARING:
            return self.shell + (day - self.begins) // REINCARNATES % _SHELLS
        return self.shell if self.phase(day) == MOVED else self.company

    def goods(self, day: int) -> int:
        """Return the place in the catalogue of the goods it is about."""
        moved = self.phase(day) == MOVED and self.kind not in (REAPPEARING, CAROUSEL)
        choice = _choice(self.kind)
        draws = Draws(np.array([self.key], np.uint64))
        return int(choice[draws.whole("goods moved" if moved else "goods", len(choice))[0]])


_SHELLS = 16


def _choice(kind: int) -> NDArray[np.int64]:
    """Return the goods a scheme is about: dear ones, mistakable ones, parcels, small valuables, or any."""
    known = shelf()
    if kind == MISCLASSIFICATION:
        return known.mistakable
    if kind == SPLITTING:
        return known.parcels
    if kind == CAROUSEL:
        return known.ring
    return known.lawful if kind == SMUGGLING else known.dear


def _whole(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, np.int64)


class Active(NamedTuple):
    """The campaigns active on a day, one row each."""

    campaigns: tuple[Campaign, ...]
    running: NDArray[np.int64]
    kind: NDArray[np.int64]
    phase: NDArray[np.int64]
    draws: Draws
    company: Draws
    owner: NDArray[np.int64]
    operator: NDArray[np.int64]
    exporter: NDArray[np.int64]
    goods: NDArray[np.int64]


@lru_cache(maxsize=64)
def active_on(world: World, country: str, day: int) -> Active | None:
    """Return the campaigns active at an administration on a day (an ordinal), or None where none is."""
    running: list[Campaign] = []
    places = [(country, place) for place in range(world.parameters.campaigns)]
    if len(world.parameters.administrations) > 1:
        places += [("ring", place) for place in range(world.parameters.rings)]
    for where, place in places:
        campaign = _campaign(world, country, where, place, day)
        if campaign.phase(day):
            running.append(campaign)
    if not running:
        return None
    return Active(
        campaigns=tuple(running),
        running=cumulated(_whole([one.strength(day) for one in running])),
        kind=_whole([one.kind for one in running]),
        phase=_whole([one.phase(day) for one in running]),
        draws=Draws(np.array([one.key for one in running], np.uint64)),
        company=Draws(np.array([one.company_key for one in running], np.uint64)),
        owner=_whole([one.company for one in running]),
        operator=_whole([one.operator(day) for one in running]),
        exporter=_whole([one.shell + _SHELLS - 1 for one in running]),
        goods=_whole([one.goods(day) for one in running]),
    )


def _campaign(world: World, country: str, where: str, place: int, day: int) -> Campaign:
    length, turn = _calendar(world.seed, where, place)
    generation = (day + turn) // length
    planned = _planned(world.seed, world.parameters, (country, where, place, generation))
    found = world.found_on(planned.name)
    if found is None:
        return planned
    adapts = min(planned.adapts, max(planned.begins, found.toordinal() + 5))
    moves = min(planned.moves, max(adapts, found.toordinal() + 30))
    return msgspec.structs.replace(planned, adapts=adapts, moves=moves)


@lru_cache(maxsize=2048)
def _calendar(seed: int, where: str, place: int) -> tuple[int, int]:
    draws = Draws.of(seed, "campaigns", where, place)
    length = _SHORTEST + int(draws.whole("length", _LONGEST - _SHORTEST)[0])
    return length, int(draws.whole("turn", 100_000)[0])


@lru_cache(maxsize=4096)
def _planned(seed: int, parameters: Parameters, at: tuple[str, str, int, int]) -> Campaign:
    country, where, place, generation = at
    from_world = Draws.of(seed, "campaigns", where, place)
    draws = from_world.derive("campaign", generation)
    length, turn = _calendar(seed, where, place)
    start = generation * length - turn
    begins = start + int(draws.whole("idle", length // 4)[0])
    adapts = begins + (start + length - begins) * (35 + int(draws.whole("adapts", 20)[0])) // 100
    moves = adapts + (start + length - adapts) * (35 + int(draws.whole("moves", 20)[0])) // 100
    kind = CAROUSEL if where == "ring" else _KINDS[int(draws.whole("kind", len(_KINDS))[0])]
    # Schemers are not the largest companies: they come from the long tail.
    slot = parameters.traders // 20 + draws.whole("slot " + country, parameters.traders * 19 // 20)
    company, index = company_at(seed, parameters.traders, country, slot, begins)
    number = (place * 997 + generation % 997) * _SHELLS + (14_400_000 if where == "ring" else 0)
    return Campaign(
        name=f"{where}-{place:03d}-{generation % 10_000:04d}",
        scheme=SCHEMES[kind],
        kind=kind,
        key=int(draws.keys[0]),
        company_key=int(company.keys[0]),
        company=int(index[0]),
        shell=SHELL + number,
        begins=begins,
        adapts=adapts,
        moves=moves,
        ends=start + length,
    )
