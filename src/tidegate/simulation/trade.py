"""Trade as it truly is: the declarations of one administration on one day, as arrays, before anybody lies.

Heads are declarations, lines are goods items. Every value is a draw of the declaration's, its trader's or its
campaign's key; nothing depends on how many others are drawn.
"""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tidegate.simulation.campaigns import CAROUSEL, REAPPEARING, ROUND, SPLITTING, active_on
from tidegate.simulation.draws import OCTAVE, Draws, raised
from tidegate.simulation.goods import SLOTS, country_place, shelf
from tidegate.simulation.journeys import Journeys, journeys_of, made_where
from tidegate.simulation.routes import AIR, POST, PRICE_LEVEL, ROAD
from tidegate.simulation.traders import Parties, companies_on, sector_of

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from tidegate.simulation.campaigns import Active
    from tidegate.simulation.world import World

    Whole = NDArray[np.int64]
    Yes = NDArray[np.bool_]

_ITEMS = np.array([640, 820, 900, 940, 965, 980, 990, 996], np.int64)  # of 1,000 have at most 1, 2, ... items
_HABITS = 4  # lines of goods a company keeps
_STRAY = 0.06  # part of the items that are outside the company's lines
_REEXPORT = 0.15  # part of exported items that were made elsewhere
_AIR_LOT, _ROAD_LOT = 3 * OCTAVE, OCTAVE // 2  # how much smaller than by sea
_LOTS = 6  # that go round in a carousel at a time
_LOG_ITEMS = np.array([0, *(round(log2(items) * OCTAVE) for items in range(1, 10))], np.int64)
_FILLED = np.array([25, 15, 10], np.int64) * 1_000_000  # milligrams in a package, by class of freight
_GRAM, _KILO = 1_000, 1_000_000  # milligrams
_CENT, _LEAST, _MOST = 10, 1_000, 2**46  # thousandths: a hundredth, one unit, seventy thousand million


class Rows(NamedTuple):
    """Goods items before they are measured."""

    draws: Draws
    company: Draws
    head: Whole
    item: Whole
    line: Whole
    goods: Whole
    kind: Whole  # of the scheme that this very item serves, or -1


class Lines(NamedTuple):
    """Goods items, one place each; ``head`` is the declaration's place, ``item`` counts from 0."""

    draws: Draws
    head: Whole
    item: Whole
    goods: Whole
    origin: Whole
    net: Whole  # milligrams
    gross: Whole  # milligrams
    pieces: Whole  # 0: not counted
    packages: Whole
    value: Whole  # thousandths of the accounting currency


class Trade(NamedTuple):
    """A day's true trade at an administration, with the campaigns active on the day."""

    country: str
    on: date
    parties: Parties
    journeys: Journeys
    lines: Lines
    active: Active | None


def trade_of(world: World, country: str, on: date, count: int) -> Trade:
    """Return the true trade of a day: ``count`` declarations at the administration of a country."""
    active = active_on(world, country, on.toordinal())
    parties = _parties(world, country, on, count, active)
    items = 1 + np.searchsorted(_ITEMS, parties.draws.whole("items", 1000), side="right").astype(np.int64)
    items = np.where(parties.kind == SPLITTING, 1, items)
    rows = _rows(parties, active, items)
    first = np.cumsum(items) - items
    journeys = journeys_of(world, country, parties, active, (rows.goods[first], rows.line[first]))
    origin = _origins(world, country, parties, journeys, rows)
    if active is not None:
        rows = _circling(parties, active, rows)
    size, price = _levels(on, journeys, rows, origin)
    lines = _measured(world, on, rows, origin, (size - _LOG_ITEMS[items[rows.head]], price))
    return Trade(country, on, parties, journeys, lines, active)


def _parties(world: World, country: str, on: date, count: int, active: Active | None) -> Parties:
    told, day = world.parameters, on.toordinal()
    draws = Draws(np.repeat(Draws.of(world.seed, "day", country, day).keys, count))
    draws = draws.derive("declaration", np.arange(count, dtype=np.int64))
    alive = companies_on(world, country, day, on.month)
    slot = draws.pick("trader", alive.running)
    company, owner = alive.draws.take(slot), alive.owner[slot]
    operator, none = owner, np.full(count, -1, np.int64)
    campaign, kind, phase = none, none, none + 1
    export = company.chance("exports", told.exporters) & draws.chance("export", told.exports)
    if active is not None:
        schemed = draws.chance("schemed", told.schemes)
        campaign = np.where(schemed, draws.pick("campaign", active.running), -1)
        company = Draws(np.where(schemed, active.company.keys[campaign], company.keys))
        kind = np.where(schemed, active.kind[campaign], -1)
        phase = np.where(schemed, active.phase[campaign], 0)
        # Goods of a carousel stand at one administration for half a round, and leave for the other.
        leaving = (kind == CAROUSEL) & ((day // (ROUND // 2) % 2 == 0) == (country == _first(world)))
        export = np.where(schemed, leaving, export)
        owner = np.where(schemed, active.owner[campaign], owner)
        operator = np.where(schemed, active.operator[campaign], operator)
        operator = np.where(leaving, active.exporter[campaign], operator)
    deferred = company.chance("deferred", told.deferred) & (kind != REAPPEARING)
    return Parties(draws, company, operator, owner, campaign, kind, phase, export, deferred)


def _first(world: World) -> str:
    return world.parameters.administrations[0].country


def _rows(parties: Parties, active: Active | None, items: Whole) -> Rows:
    """Return what each item is: of the company's lines, now and then anything, in a campaign its goods."""
    known = shelf()
    head = np.repeat(np.arange(len(items), dtype=np.int64), items)
    item = np.arange(len(head), dtype=np.int64) - (np.cumsum(items) - items)[head]
    draws, company = parties.draws.take(head).derive("item", item), parties.company.take(head)
    line = np.minimum(draws.whole("line", _HABITS), draws.whole("line again", _HABITS))
    habit = known.by_sector[sector_of(company), company.derive("line", line).whole("goods", SLOTS)]
    stray = draws.chance("stray", _STRAY)
    goods = np.where(stray, draws.whole("any goods", len(known.code)), habit)
    kind = np.where(item == 0, parties.kind[head], -1)
    if active is not None:
        goods = np.where(kind >= 0, active.goods[parties.campaign[head]], goods)
    return Rows(draws, company, head, item, line, goods, kind)


def _origins(world: World, country: str, parties: Parties, journeys: Journeys, rows: Rows) -> Whole:
    """Return where each item was made: the supplier's country for the first, its own for the others."""
    supplier = rows.company.derive("supplier", rows.line * 3)
    made = made_where(world, country, supplier, rows.goods)
    made = np.where(rows.item == 0, journeys.made[rows.head], made)
    at_home = parties.export[rows.head] & (parties.kind[rows.head] != CAROUSEL)
    at_home &= ~rows.draws.chance("re-export", _REEXPORT)
    return np.where(at_home, country_place(country), made)


def _circling(parties: Parties, active: Active, rows: Rows) -> Rows:
    """Let the same lots go round in a carousel: their draws are the campaign's, wherever they are."""
    circling = rows.kind == CAROUSEL
    lot = active.draws.take(parties.campaign[rows.head]).derive("lot", rows.draws.whole("lot", _LOTS))
    return rows._replace(
        draws=Draws(np.where(circling, lot.keys, rows.draws.keys)),
        company=Draws(np.where(circling, lot.keys, rows.company.keys)),
    )


def _levels(on: date, journeys: Journeys, rows: Rows, origin: Whole) -> tuple[Whole, Whole]:
    """Return the logarithms of net mass in kilograms and of price a kilogram, in OCTAVE steps."""
    known, goods = shelf(), rows.goods
    mode = np.where(rows.kind == CAROUSEL, AIR, journeys.mode[rows.head])
    smaller = np.select([mode == AIR, mode == ROAD], [_AIR_LOT, _ROAD_LOT], 0)
    size = known.lot[goods] + known.season(on.month)[goods] - smaller + rows.company.spread("size", OCTAVE)
    size = np.where(mode == POST, 0, size) + rows.draws.spread("mass", OCTAVE)
    price = known.price[goods] + PRICE_LEVEL[origin]
    price += (rows.company.normal("price") * (known.spread[goods] // 2)) >> 12
    price += (rows.draws.normal("price of item") * (known.spread[goods] * 2 // 3)) >> 12
    return size, price


def _measured(world: World, on: date, rows: Rows, origin: Whole, levels: tuple[Whole, Whole]) -> Lines:
    """Return masses, pieces, packages and values, from the logarithms of mass and price."""
    known, split, (size, price) = shelf(), rows.kind == SPLITTING, levels
    piece = known.piece[rows.goods]
    net = np.maximum(piece, (raised(size) * (_KILO // _GRAM)).astype(np.int64) * _GRAM + _GRAM)
    value = (net / _KILO * raised(price) * 1_000).astype(np.int64)
    dearer = value * (1_000 + 4 * (on.toordinal() // ROUND % 60)) // 1_000  # with every round
    value = np.where(rows.kind == CAROUSEL, dearer, value)
    part = (rows.draws.between("part", 0.6, 0.97) * world.parameters.de_minimis * 1_000).astype(np.int64)
    net = np.where(split, (net * (part / np.maximum(1, value))).astype(np.int64), net)
    net = np.maximum(_GRAM, net // _GRAM * _GRAM)
    value = np.clip(np.where(split, part, value), _LEAST, _MOST) // _CENT * _CENT
    packing = rows.draws.between("packing", 1.02, 1.14)
    return Lines(
        rows.draws,
        rows.head,
        rows.item,
        rows.goods,
        origin,
        net,
        gross=(net * packing).astype(np.int64) // _GRAM * _GRAM + _GRAM,
        pieces=np.where(piece > 0, np.maximum(1, net // np.maximum(1, piece)), 0),
        packages=1 + net // _FILLED[known.freight[rows.goods]],
        value=value,
    )
