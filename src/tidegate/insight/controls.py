"""Controls and hits: what was chosen how, what was found, and what the random stratum says of all."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.insight.queries import rows_of
from tidegate.risk.estimates import Estimate, Performance, performance_of_counts, share_of

if TYPE_CHECKING:
    import apsw

    from tidegate.insight.model import Span

_WITHOUT_END = 10**12  # a rate is told of what could have been chosen, not of these ones alone
CHANNELS = ("green", "blue", "yellow", "red")
STRATA = ("random", "exploring", "targeted", "profile", "none")


class Stratum(msgspec.Struct, frozen=True):
    """What one way of choosing came to: ``hit_rate`` is of its controls with a result."""

    stratum: str
    decided: int
    controlled: int
    results: int
    hits: int
    hit_rate: Estimate


class OfChannel(msgspec.Struct, frozen=True):
    """What the controls of one channel came to: ``hit_rate`` is of those with a result."""

    channel: str
    decided: int
    controlled: int
    results: int
    hits: int
    hit_rate: Estimate


class Controls(msgspec.Struct, frozen=True):
    """The controls of what was decided on in a span, and what they tell of all of it."""

    decided: int
    controlled: int
    results: int
    hits: int
    strata: tuple[Stratum, ...]
    channels: tuple[OfChannel, ...]
    performance: Performance


def controls_and_hits(tables: apsw.Connection, span: Span, *, office: str = "") -> Controls:
    """Return the controls of a span with their hits and intervals.

    The rate of all consignments and what was missed are estimated from the random stratum alone, by the
    probability with which each consignment could have been in it (`risk.estimates`).
    """
    counts: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    channels: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    columns = "channel, stratum, share, many, controlled, results, hits"
    for channel, stratum, share, *told in rows_of(tables, "controls", columns, span, office):
        for place, one in enumerate(told):
            counts[stratum, float(share)][place] += int(one)
            channels[channel][place] += int(one)
    strata = tuple(_stratum(name, counts) for name in STRATA if any(key[0] == name for key in counts))
    decided, controlled, results, hits = (sum(one[place] for one in counts.values()) for place in range(4))
    of_channels = tuple(_of_channel(name, channels[name]) for name in CHANNELS if name in channels)
    return Controls(decided, controlled, results, hits, strata, of_channels, _performance(counts))


def _of_channel(name: str, told: list[int]) -> OfChannel:
    decided, controlled, results, hits = told
    return OfChannel(name, decided, controlled, results, hits, share_of(hits, results, _WITHOUT_END))


def _stratum(name: str, counts: dict[tuple[str, float], list[int]]) -> Stratum:
    of_it = [told for (stratum, _), told in counts.items() if stratum == name]
    decided, controlled, results, hits = (sum(told[place] for told in of_it) for place in range(4))
    return Stratum(name, decided, controlled, results, hits, share_of(hits, results, _WITHOUT_END))


def _performance(counts: dict[tuple[str, float], list[int]]) -> Performance:
    """Estimate from the counts; what has no result counts as not chosen, what a profile chose as targeted."""
    by_share: dict[float, list[int]] = defaultdict(lambda: [0, 0, 0])
    found, aimed = 0, [0, 0]
    for (stratum, share), (many, _controlled, results, hits) in counts.items():
        by_share[max(share, 0.0)][0] += many
        if stratum == "random":
            by_share[max(share, 0.0)][1] += results
            by_share[max(share, 0.0)][2] += hits
        if stratum != "none":
            found += hits
        if stratum in ("targeted", "profile"):
            aimed[0] += results
            aimed[1] += hits
    strata = [(among, drawn, hits) for _, (among, drawn, hits) in sorted(by_share.items()) if drawn]
    total = sum(told[0] for told in counts.values())
    return performance_of_counts(strata, total, found, (aimed[0], aimed[1]))


def latest_decisions(tables: apsw.Connection, span: Span, last: int) -> pl.DataFrame:
    """Return the decisions made last in a span, one row each, in the order of their time.

    Columns: declaration, day, office, type, channel, stratum, controlled, found (null: no result),
    random_probability, likelihood, score.
    """
    rows = tables.execute(
        "SELECT mrn, decided, office, type, channel, stratum, controlled, irregular, share, likelihood, "
        "score FROM decisions WHERE decided >= ? AND decided < ? ORDER BY decided DESC, mrn DESC LIMIT ?",
        (*span.seconds(), last),
    ).fetchall()
    schema = {
        "declaration": pl.String(), "day": pl.Int64(), "office": pl.String(), "type": pl.String(),
        "channel": pl.String(), "stratum": pl.String(), "controlled": pl.Boolean(), "found": pl.Boolean(),
        "random_probability": pl.Float64(), "likelihood": pl.Float64(), "score": pl.Float64(),
    }  # fmt: skip
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    told = {
        name: pl.Series(name, list(column), strict=False).cast(kind)
        for (name, kind), column in zip(schema.items(), columns, strict=True)
    }
    day = pl.from_epoch("day", time_unit="s").dt.date()
    return pl.DataFrame(told).with_columns(day).reverse()
