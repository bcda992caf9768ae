"""Controls and hits: what was chosen how, what was found, and what the random stratum says of all."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.insight.queries import rows_of
from tidegate.insight.reader import RECORD
from tidegate.risk.estimates import Estimate, Performance, performance_of_counts, share_of

if TYPE_CHECKING:
    import apsw

    from tidegate.insight.model import Span

_WITHOUT_END = 10**12  # a rate is told of what could have been chosen, not of these ones alone
STRATA = ("random", "exploring", "targeted", "profile", "none")


class Stratum(msgspec.Struct, frozen=True):
    """What one way of choosing came to: ``hit_rate`` is of its controls with a result."""

    stratum: str
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
    performance: Performance


def controls_and_hits(tables: apsw.Connection, span: Span, *, office: str = "") -> Controls:
    """Return the controls of a span with their hits and intervals.

    The rate of all consignments and what was missed are estimated from the random stratum alone, by the
    probability with which each consignment could have been in it (`risk.estimates`).
    """
    counts: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    columns = "stratum, share, many, controlled, results, hits"
    for stratum, share, *told in rows_of(tables, "controls", columns, span, office):
        for place, one in enumerate(told):
            counts[stratum, float(share)][place] += int(one)
    strata = tuple(_stratum(name, counts) for name in STRATA if any(key[0] == name for key in counts))
    decided, controlled, results, hits = (sum(one[place] for one in counts.values()) for place in range(4))
    return Controls(decided, controlled, results, hits, strata, _performance(counts))


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
        "SELECT record FROM cases WHERE decided >= ? AND decided < ? ORDER BY decided DESC, mrn DESC LIMIT ?",
        (*span.seconds(), last),
    )
    told = []
    for (record,) in rows:
        one = RECORD.decode(record)
        found = None if not one.outcome else one.outcome == "irregular"
        day = datetime.fromtimestamp(one.decided or 0, UTC).date()
        told.append(
            (one.mrn, day, one.office, one.type, one.channel, one.stratum, one.ordered is not None, found,
             one.share, one.likelihood, one.score)
        )  # fmt: skip
    schema = {
        "declaration": pl.String(), "day": pl.Date(), "office": pl.String(), "type": pl.String(),
        "channel": pl.String(), "stratum": pl.String(), "controlled": pl.Boolean(), "found": pl.Boolean(),
        "random_probability": pl.Float64(), "likelihood": pl.Float64(), "score": pl.Float64(),
    }  # fmt: skip
    return pl.DataFrame(told[::-1], schema=schema, orient="row")
