"""Rehearsal: what estimators and policies do where the truth is known, before they are trusted elsewhere.

It works on any goods items with known outcomes. The largest traders with a clean record are authorised: they
are not targeted. The new scheme is lodged under the numbers of a few of them, under cover of their own lawful
trade: what is stated looks as it always did.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import polars as pl

from tidegate.risk.estimates import Performance, coverage, performance
from tidegate.risk.replay import Replay, replay
from tidegate.risk.strata import ControlPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

NONE = ControlPolicy(share=0.05, random=0.0, exploring=0.0)
EXPLORING = ControlPolicy(share=0.05, random=0.1, exploring=0.15)
ESTIMATED = 0.05  # share of the random stratum in the redraws


class NewScheme(msgspec.Struct, frozen=True, kw_only=True):
    """A scheme that begins on a day: by ``traders`` of the ``authorised``, so large a ``part`` of all."""

    begins: date
    authorised: int = 60
    traders: int = 4
    part: float = 0.04
    detected: float = 0.88  # the chance that a control finds it


class Rehearsed(msgspec.Struct, frozen=True):
    """What a rehearsal showed; counts are of declarations.

    ``coverage`` is that of the interval for the hit rate over redraws of the random stratum. ``detected`` is
    what each policy found over the year with as many controls, and ``detected_new`` what of the new scheme.
    """

    declarations: int
    hit_rate: float
    coverage: float
    redraws: int
    controls: dict[str, int]
    detected: dict[str, int]
    detected_new: dict[str, int]
    new: int
    estimated: Performance
    missed_in_truth: float


def rehearse(
    items: pl.DataFrame,
    seed: int,
    redraws: int,
    scheme: NewScheme,
    *,
    progress: Callable[[float], None] = lambda _: None,
) -> Rehearsed:
    """Rehearse on goods items with their ``outcome`` by declaration (what a control would find).

    The interval is tried on the items as they are. Then a new scheme is added, and the year is played with
    exploration and without it, with the same number of controls and the same first month at random.
    """
    before = _outcomes(items)
    cover = coverage(int(before.sum()), len(before), probability=ESTIMATED, redraws=redraws, seed=seed)
    items, new = with_new_scheme(items, scheme, seed)
    key = b"rehearsal %d" % seed
    policies = {"with_exploration": EXPLORING, "without_exploration": NONE}
    done: dict[str, Replay] = {}
    for place, (name, policy) in enumerate(policies.items()):
        told = _share_of(progress, place, len(policies))
        done[name] = replay(items, policy, key, seed, progress=told)
    explored = done["with_exploration"]
    found = int(_outcomes(items).sum())
    return Rehearsed(
        declarations=len(before),
        hit_rate=int(before.sum()) / len(before),
        coverage=cover,
        redraws=redraws,
        controls={name: one.controlled() for name, one in done.items()},
        detected={name: one.found() for name, one in done.items()},
        detected_new={name: _found_among(one, new) for name, one in done.items()},
        new=len(new),
        estimated=performance(explored.controls),
        missed_in_truth=1 - explored.found() / found if found else 0.0,
    )


def with_new_scheme(items: pl.DataFrame, scheme: NewScheme, seed: int) -> tuple[pl.DataFrame, pl.Series]:
    """Return the items with ``authorised``, a new scheme's declarations among them, and their references.

    Authorised are the largest traders in whose declarations nothing was to be found before the scheme began.
    """
    draws = np.random.default_rng(seed)
    start = datetime.combine(scheme.begins, time(), UTC)
    trader = pl.coalesce("importer", "exporter").alias("trader")
    told = items.with_columns(trader)
    early = told.filter(pl.col("occurred") < start, pl.col("trader").is_not_null())
    clean = (
        early.group_by("trader")
        .agg(pl.col("declaration").n_unique().alias("many"), pl.col("outcome").max().alias("bad"))
        .filter(~pl.col("bad"))
        .sort("many", "trader", descending=[True, False])
    )
    trusted = clean["trader"].head(scheme.authorised)
    taken = trusted.gather(draws.permutation(len(trusted))[: scheme.traders])
    authorised = pl.coalesce("importer", "exporter").is_in(trusted.implode()).fill_null(value=False)
    items = items.with_columns(authorised.alias("authorised"))
    models = early.filter(pl.col("trader").is_in(taken.implode()))
    references = models["declaration"].unique(maintain_order=True)
    later = told.filter(pl.col("occurred") >= start)
    count = round(scheme.part * later["declaration"].n_unique())
    if not len(references) or not count:
        return items, pl.Series("declaration", [], dtype=pl.String)
    moments = later["occurred"].gather(np.sort(draws.integers(0, later.height, count)))
    lodged = pl.DataFrame(
        {
            "declaration": references.gather(draws.integers(0, len(references), count)),
            "new": [f"NEW{seed}-{number:06}" for number in range(count)],
            "moment": moments,
            "detected": draws.random(count) < scheme.detected,
            "size": draws.uniform(0.6, 1.6, count),  # or repeated lots would give it away
        }
    )
    sized = [
        (pl.col(name) * pl.col("size")).round().cast(pl.Int64).alias(name)
        for name in ("gross_mass", "net_mass", "supplementary_quantity", "item_amount", "statistical_amount")
        if name in items.columns
    ]
    copies = models.join(lodged, on="declaration", how="inner").with_columns(
        pl.col("new").alias("declaration"),
        pl.col("moment").alias("occurred"),
        pl.col("detected").alias("outcome"),
        pl.lit(value=True).alias("authorised"),
        *sized,
    )
    return pl.concat([items, copies.select(items.columns)]).sort("occurred", "declaration", "item"), lodged[
        "new"
    ]


def _share_of(progress: Callable[[float], None], place: int, many: int) -> Callable[[float], None]:
    return lambda part: progress((place + part) / many)


def as_told(done: Rehearsed) -> dict[str, Any]:
    """Return what a rehearsal showed as it is printed."""
    told: dict[str, Any] = msgspec.to_builtins(done)
    more, less = (done.detected[name] for name in ("with_exploration", "without_exploration"))
    return {**told, "exploration_beats_none": more > less}


def _outcomes(items: pl.DataFrame) -> pl.Series:
    return items.group_by("declaration", maintain_order=True).agg(pl.col("outcome").max())["outcome"]


def _found_among(done: Replay, references: pl.Series) -> int:
    among = done.controls.filter(
        pl.col("stratum") != "none", pl.col("declaration").is_in(references.implode())
    )
    return int(among["found"].sum())
