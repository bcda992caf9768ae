"""Watching: whether controls are spread fairly, and whether what was learned still holds.

Everything is worked out from what was decided and found: one row a declaration. Where an interval stands, it
is of 99 %, for many groups are looked at and one in twenty would stand out by chance.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl

from tidegate.risk.estimates import Estimate, Performance, performance, share_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.99
_FEWEST = 30  # declarations of a group that is told of
_WITHOUT_END = 10**12  # no correction for drawing from few
_ALERT = 0.002  # the chance of an alarm where nothing changes (ADWIN's delta)
CONTROLS = {
    "declaration": pl.String(),
    "day": pl.Date(),
    "stratum": pl.String(),
    "controlled": pl.Boolean(),
    "found": pl.Boolean(),  # null: no result
    "random_probability": pl.Float64(),
    "likelihood": pl.Float64(),
    "score": pl.Float64(),
}


class Group(msgspec.Struct, frozen=True):
    """How a group fares: ``burden`` is the share of its declarations chosen by risk, and not at random.

    ``hits`` is the share of these that were irregular. ``concern`` is what stands out: "crushed" where much
    more is chosen than elsewhere and less is found, "escapes" where less is chosen and more is found by
    chance; empty otherwise.
    """

    value: str
    declarations: int
    burden: Estimate
    hits: Estimate
    at_random: Estimate
    concern: str = ""


class Drift(msgspec.Struct, frozen=True):
    """A sequence that was tested for a change of its mean: the day from which it differs, None where none."""

    what: str
    values: int
    since: str | None
    before: float | None
    after: float | None


class Watched(msgspec.Struct, frozen=True):
    """What watching shows; ``expected`` and ``observed`` count irregular ones drawn at random and scored."""

    declarations: int
    strata: dict[str, tuple[int, int]]
    performance: Performance
    exploring: Estimate
    expected: float | None
    observed: int | None
    groups: dict[str, list[Group]]
    drifts: list[Drift]


def watch(controls: pl.DataFrame, groups: tuple[str, ...]) -> Watched:
    """Return how controls are spread and what has changed.

    ``controls`` has the columns of CONTROLS and those of ``groups``, in the order of the journal; ``found``
    is the result of a control, null where there is none.
    """
    random = controls.filter(pl.col("stratum") == "random", pl.col("found").is_not_null())
    explored = controls.filter(pl.col("stratum") == "exploring", pl.col("found").is_not_null())
    scored = random.filter(pl.col("likelihood").is_not_null())
    counts = controls.filter(pl.col("found").is_not_null()).group_by("stratum")
    told = counts.agg(pl.len(), pl.col("found").sum()).sort("stratum")
    return Watched(
        declarations=controls.height,
        strata={stratum: (count, found) for stratum, count, found in told.iter_rows()},
        performance=performance(_as_estimated(controls)),
        exploring=_share(explored["found"], explored.height),
        expected=round(float(scored["likelihood"].sum()), 3) if scored.height else None,
        observed=int(scored["found"].sum()) if scored.height else None,
        groups={name: _groups(controls, name) for name in groups},
        drifts=list(_drifts(controls, random)),
    )


def _as_estimated(controls: pl.DataFrame) -> pl.DataFrame:
    """Return the controls as the estimators take them: what has no result found nothing yet."""
    targeted = pl.col("stratum").replace({"profile": "targeted"})
    return controls.with_columns(
        pl.when(pl.col("found").is_null() & (pl.col("stratum") != "random"))
        .then(pl.lit("none"))
        .otherwise(targeted)
        .alias("stratum"),
        pl.col("random_probability").fill_null(0.0),
    )


def _groups(controls: pl.DataFrame, name: str) -> list[Group]:
    parts = controls.drop_nulls(name).partition_by(name, as_dict=True, maintain_order=True)
    overall = _chosen(controls).mean()
    rate = _hits(controls).mean()
    found = []
    for (value,), part in sorted(parts.items(), key=lambda one: (-one[1].height, str(one[0][0]))):
        if part.height < _FEWEST:
            continue
        burden = _share(_chosen(part), part.height)
        hits = _share(_hits(part), len(_hits(part)))
        drawn = part.filter(pl.col("stratum") == "random", pl.col("found").is_not_null())["found"]
        group = Group(str(value), part.height, burden, hits, _share(drawn, part.height))
        concern = _concern(group, _number(overall), _number(rate))
        found.append(msgspec.structs.replace(group, concern=concern))
    return found


def _chosen(controls: pl.DataFrame) -> pl.Series:
    return controls.select(
        pl.col("controlled") & pl.col("stratum").is_in(["targeted", "profile"])
    ).to_series()


def _hits(controls: pl.DataFrame) -> pl.Series:
    chosen = controls.filter(pl.col("stratum").is_in(["targeted", "profile"]))
    return chosen["found"].drop_nulls()


def _share(values: pl.Series, among: int) -> Estimate:
    """Return the share that is true, with its interval: of what could have been, not of these ones alone."""
    told = share_of(int(values.sum() or 0), len(values), _WITHOUT_END, LEVEL)
    return msgspec.structs.replace(told, among=among)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _concern(group: Group, burden: float | None, hits: float | None) -> str:
    if burden is None:
        return ""
    low, high = group.burden.low, group.burden.high
    if low is not None and low > burden and hits is not None and (group.hits.high or 0.0) < hits:
        return "crushed"
    if high is not None and high < burden and (group.at_random.low or 0.0) > burden:
        return "escapes"
    return ""


def _drifts(controls: pl.DataFrame, random: pl.DataFrame) -> list[Drift]:
    scored = controls.filter(pl.col("likelihood").is_not_null())
    chosen = controls.filter(pl.col("stratum").is_in(["targeted", "profile"]), pl.col("found").is_not_null())
    tested = (
        ("hit rate at random", random, random["found"]),
        ("hit rate of what was targeted", chosen, chosen["found"]),
        ("likelihood", scored, scored["likelihood"]),
    )
    drifts = []
    for what, frame, column in tested:
        values = column.cast(pl.Float64).to_numpy()
        place = changed_at(values)
        if place is None:
            drifts.append(Drift(what, len(values), None, None, None))
            continue
        before, after = (round(float(part.mean()), 4) for part in (values[:place], values[place:]))
        drifts.append(Drift(what, len(values), str(frame["day"][place]), before, after))
    return drifts


def changed_at(values: NDArray[np.float64], chance: float = _ALERT) -> int | None:
    """Return where the mean of a sequence from 0 to 1 changed, None where nothing says that it did.

    The test of ADWIN (Bifet and Gavalda 2007, section 3.1): two parts of a window differ when their means do
    by more than a bound from their variance and sizes. All cuts are tried once; the clearest is told.
    """
    many = len(values)
    if many < 2 * _FEWEST:
        return None
    cuts = np.arange(_FEWEST, many - _FEWEST + 1)
    sums = np.cumsum(values)
    first, second = sums[cuts - 1] / cuts, (sums[-1] - sums[cuts - 1]) / (many - cuts)
    size = 1 / (1 / cuts + 1 / (many - cuts))
    doubt = math.log(2 * many / chance)
    bound = np.sqrt(2 / size * float(values.var()) * doubt) + 2 / (3 * size) * doubt
    beyond = np.abs(first - second) / bound
    best = int(np.argmax(beyond))
    return int(cuts[best]) if beyond[best] > 1 else None
