"""Journeys: who sells, who carries, which way, under which terms; one place a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tidegate.simulation import routes
from tidegate.simulation.campaigns import CAREFUL, CAROUSEL, FALSE_ORIGIN, SPLITTING
from tidegate.simulation.goods import COUNTRIES, SLOTS, country_place, shelf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tidegate.simulation.campaigns import Active
    from tidegate.simulation.draws import Draws
    from tidegate.simulation.traders import Parties
    from tidegate.simulation.world import World

    Whole = NDArray[np.int64]
    Yes = NDArray[np.bool_]

_DIRECT = 0.88  # part of the journeys without a hub on the way
_TO_NEIGHBOUR = 0.3  # part of the customers abroad who are next door
_SAME_WAY = 0.85  # part of a company's declarations that go its usual way


def made_where(world: World, country: str, supplier: Draws, goods: Whole) -> Whole:
    """Return where suppliers make goods: where the world makes them, or next door."""
    made = shelf().origins[goods, supplier.whole("origin", SLOTS)]
    next_door = supplier.chance("next door", world.parameters.neighbourly)
    return np.where(next_door, country_place(neighbour_of(world, country)), made)


class Journeys(NamedTuple):
    """How the goods of each declaration come or go."""

    seconds: Whole  # since midnight, UTC, when the declaration is lodged
    made: Whole  # country in which the first item was made
    partner: Whole  # country of the other party
    via: Whole  # country the goods were sent from
    seller: Whole  # number of the other party in its country
    broker: Whole  # -1: none
    indirect: Yes
    prelodged: Yes
    mode: Whole
    carrier: Whole
    incoterm: Whole
    currency: Whole


_QUARTERS = np.cumsum(
    np.repeat(
        np.array(
            [2, 1, 1, 1, 2, 4, 10, 22, 40, 46, 46, 42, 30, 36, 44, 44, 40, 32, 20, 12, 8, 6, 4, 3], np.int64
        ),
        4,
    )
)


def journeys_of(
    world: World, country: str, parties: Parties, active: Active | None, first: tuple[Whole, Whole]
) -> Journeys:
    """Return the journeys of declarations whose ``first`` items are these goods, of these company's lines."""
    goods, line = first
    told, draws, company = world.parameters, parties.draws, parties.company
    careful = parties.phase == CAREFUL
    habit = np.minimum(draws.whole("supplier", 3), draws.whole("supplier again", 3))
    supplier = company.derive("supplier", line * 3 + habit)
    made = made_where(world, country, supplier, goods)
    seller = supplier.whole("seller", told.suppliers)
    made, seller = _schemed(world, parties, active, made, seller)
    partner = _partners(world, country, parties, made)
    hub = np.array([country_place(one) for one in routes.HUBS], np.int64)[
        draws.whole("hub", len(routes.HUBS))
    ]
    straight = draws.chance("direct", _DIRECT) | parties.export | (parties.kind == CAROUSEL)
    usual = company.derive("way", line).whole("way", 100)
    roll = np.where(draws.chance("usual way", _SAME_WAY) & ~careful, usual, draws.whole("way", 100))
    neighbour = country_place(neighbour_of(world, country))
    mode = routes.modes(roll, goods, partner, neighbour)
    mode = np.where(parties.kind == SPLITTING, routes.POST, mode)
    broker = np.where(
        careful, draws.whole("other broker", told.brokers), company.whole("broker", told.brokers)
    )
    two = routes.currencies(tuple(code for code, _ in told.rates))[partner]
    return Journeys(
        seconds=draws.pick("quarter", _QUARTERS) * 900 + draws.whole("second", 900),
        made=made,
        partner=partner,
        via=np.where(straight, partner, hub),
        seller=seller,
        broker=np.where(company.chance("brokered", told.brokered), broker, -1),
        indirect=company.chance("indirect", 0.25),
        prelodged=draws.chance("prelodged", told.prelodged),
        mode=mode,
        carrier=company.derive("carrier", mode).whole("carrier", told.carriers),
        incoterm=company.derive("terms", draws.whole("terms", 2)).pick("incoterm", routes.INCOTERM_RUNNING),
        currency=np.where(company.chance("first currency", 0.8), two[:, 0], two[:, 1]),
    )


def _schemed(
    world: World, parties: Parties, active: Active | None, made: Whole, seller: Whole
) -> tuple[Whole, Whole]:
    """Return origin and seller where a campaign chooses them."""
    if active is None:
        return made, seller
    chosen: Draws = active.draws.take(parties.campaign)
    stays = (parties.kind == SPLITTING) | (parties.kind == CAROUSEL)
    seller = np.where(stays, chosen.whole("seller", world.parameters.suppliers), seller)
    partners = [country_place(one) for one in world.parameters.partners]
    barred = (parties.kind == FALSE_ORIGIN) & np.isin(made, partners)
    made = np.where(barred, country_place("CN"), made)
    fixed = shelf().origins[active.goods[parties.campaign], chosen.whole("made", SLOTS)]
    return np.where(stays, fixed, made), seller


def _partners(world: World, country: str, parties: Parties, made: Whole) -> Whole:
    """Return the country of the other party: where goods were made, or where the customer is."""
    customer = parties.company.derive("customer", parties.draws.whole("customer", 4))
    next_door = country_place(neighbour_of(world, country))
    abroad = np.array([at for at, one in enumerate(COUNTRIES) if one not in ("XA", "XB")], np.int64)
    there = abroad[customer.whole("country", len(abroad))]
    there = np.where(customer.chance("next door", _TO_NEIGHBOUR), next_door, there)
    there = np.where(parties.export, there, made)
    there = np.where(parties.kind == CAROUSEL, next_door, there)
    return np.where(there == country_place(country), next_door, there)


def neighbour_of(world: World, country: str) -> str:
    """Return the administration next door; the first two of the world are neighbours by land."""
    others = [one.country for one in world.parameters.administrations if one.country != country]
    return next((one for one in others if one in COUNTRIES), "XB" if country != "XB" else "XA")
