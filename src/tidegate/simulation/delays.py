"""Delays: when pre-lodged goods arrive and when cash payers pay, for any driver to play in order of time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tidegate.simulation.draws import Draws

if TYPE_CHECKING:
    from tidegate.simulation.lodgements import Lodgement
    from tidegate.simulation.world import World

# Hours from pre-lodgement to arrival, by where goods arrive: chosen.
_SEA, _AIR, _LAND, _POST = (8.0, 96.0), (1.0, 20.0), (0.5, 10.0), (12.0, 72.0)
_PROMPT = 0.85  # part of the cash payers who pay within a day
_NEVER = 10_000  # days
_DEFAULTS = 0.5  # part of what re-appearing companies and carousels owe that they never pay


def arrival_delay(world: World, lodgement: Lodgement) -> timedelta | None:
    """Return how long after its lodgement the goods arrive, or None where they were there already."""
    if lodgement.arrived:
        return None
    own = world.administration(lodgement.administration)
    low, high = dict(zip(own.offices, (_SEA, _AIR, _LAND, _POST), strict=True)).get(lodgement.office, _LAND)
    hours = _draws(world, lodgement).between("arrival", low, high)[0]
    return timedelta(seconds=round(float(hours) * 3600))


def payment_delay(world: World, lodgement: Lodgement) -> timedelta | None:
    """Return how long after being told of the debt a cash payer pays; None where payment is deferred.

    Some never pay: their delay is longer than anybody waits (over a year).
    """
    if lodgement.pays != "A":
        return None
    draws = _draws(world, lodgement)
    if lodgement.truth.scheme in ("reappearing", "carousel") and draws.chance("defaults", _DEFAULTS)[0]:
        return timedelta(days=_NEVER)
    low, high = (0.2, 24.0) if draws.chance("prompt", _PROMPT)[0] else (24.0, 240.0)
    return timedelta(seconds=round(float(draws.between("payment", low, high)[0]) * 3600))


def _draws(world: World, lodgement: Lodgement) -> Draws:
    return Draws.of("delays", world.seed, lodgement.reference)
