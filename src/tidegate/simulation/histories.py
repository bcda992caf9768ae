"""Histories: controls of a span, chosen at random, with their results and when these were known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from tidegate.simulation.controls import Inspector
from tidegate.simulation.draws import stream
from tidegate.simulation.frames import Frames
from tidegate.simulation.lodgements import truths_of

if TYPE_CHECKING:
    from tidegate.simulation.controls import Thoroughness
    from tidegate.simulation.world import World

CONTROL_COLUMNS: dict[str, pl.DataType] = {
    "declaration": pl.String(),
    "thoroughness": pl.String(),  # documents, scan, physical, audit
    "known": pl.Datetime("us", "UTC"),  # when the result was recorded; not before may anybody learn from it
    "outcome": pl.String(),  # conform, irregular
    "what": pl.String(),  # kinds of the differences found, joined by a space
    "found": pl.String(),  # the result in words
}
_PHYSICAL, _SCAN, _AUDIT = 0.55, 0.85, 0.95  # shares up to which the kinds before them reach; chosen


def controls_of(world: World, frames: Frames) -> pl.DataFrame:
    """Return the controls of a span's declarations with CONTROL_COLUMNS, ordered by when they were known.

    The part ``controlled`` of the declarations with a sound message is chosen by their references, whatever
    they hold, so that the results are a fair sample; each follows after hours (an audit: days or weeks).
    """
    sound = frames.truth.filter(pl.col("flaw").is_null())["declaration"].unique(maintain_order=True)
    seed, limit = world.seed, round(world.parameters.controlled * 2**64)
    chosen = [one for one in sound.to_list() if stream("controlled", seed, one) < limit]
    among = pl.col("declaration").is_in(chosen)
    part = Frames(frames.goods_items.filter(among), frames.truth.filter(among))
    lodged = dict(part.goods_items.select("declaration", "occurred").iter_rows())
    inspector, rows = Inspector(seed), []
    for reference, truth in truths_of(part):
        kind = _thoroughness(stream("thoroughness", seed, reference) / 2**64)
        result = inspector.inspect(truth, reference, kind)
        what = " ".join(one.what for one in result.differences)
        known = lodged[reference] + timedelta(hours=result.hours)
        rows.append((reference, kind, known, result.outcome, what, result.found))
    return pl.DataFrame(rows, schema=CONTROL_COLUMNS, orient="row").sort("known", "declaration")


def _thoroughness(roll: float) -> Thoroughness:
    if roll < _PHYSICAL:
        return "documents"
    if roll < _SCAN:
        return "physical"
    return "scan" if roll < _AUDIT else "audit"
