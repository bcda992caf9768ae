"""Spans: many days at all administrations, as frames, with the volume that each day has."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from tidegate.declarations.frame import GOODS_ITEM_COLUMNS
from tidegate.simulation.frames import TRUTH_COLUMNS, Frames, frames_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.simulation.world import World

_YEAR = 365.25


class Day(NamedTuple):
    """One day at one administration."""

    on: date
    country: str
    frames: Frames


def volume_on(world: World, country: str, on: date, per_day: int) -> int:
    """Return how many declarations an administration receives on a day.

    ``per_day`` is the average of all administrations together when the base year begins; weekdays and growth
    move it. The answer does not depend on where a span begins.
    """
    told = world.parameters
    share = world.administration(country).weight / sum(one.weight for one in told.administrations)
    weekday = told.weekdays[on.weekday()] * 7 / sum(told.weekdays)
    years: float = (on.toordinal() - date(told.base_year, 1, 1).toordinal()) / _YEAR
    volume: float = per_day * share * weekday * (1 + told.growth) ** years
    return round(volume)


def days_of(world: World, start: date, days: int, per_day: int) -> Iterator[Day]:
    """Yield the frames of each day from ``start`` on at each administration, day by day."""
    for on in (start + timedelta(days=place) for place in range(days)):
        for one in world.parameters.administrations:
            count = volume_on(world, one.country, on, per_day)
            if count:
                yield Day(on, one.country, frames_of(world, one.country, on, count))


def simulate_span(world: World, start: date, days: int, per_day: int) -> Frames:
    """Return the declarations of some days as frames: what is stated, and the truth beside it.

    ``goods_items`` has GOODS_ITEM_COLUMNS and ``truth`` has TRUTH_COLUMNS, one row a goods item, the same
    items in the same order: by day, administration and time. ``per_day`` is an average (``volume_on``). A day
    is the same within any span.
    """
    return joined([one.frames for one in days_of(world, start, days, per_day)])


def joined(frames: list[Frames]) -> Frames:
    """Return frames one below the other, in one piece of memory each."""
    if not frames:
        return Frames(pl.DataFrame(schema=GOODS_ITEM_COLUMNS), pl.DataFrame(schema=TRUTH_COLUMNS))
    return Frames(
        pl.concat([one.goods_items for one in frames], rechunk=True),
        pl.concat([one.truth for one in frames], rechunk=True),
    )
