"""Controls and hits: what was chosen how, what was found, and what the random stratum says of all."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl

from tidegate.insight.queries import rows_of
from tidegate.insight.reader import RECORD
from tidegate.risk.estimates import Estimate, Performance, performance, share_of

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
    return Controls(decided, controlled, results, hits, strata, performance(_frame(counts)))


def _stratum(name: str, counts: dict[tuple[str, float], list[int]]) -> Stratum:
    of_it = [told for (stratum, _), told in counts.items() if stratum == name]
    decided, controlled, results, hits = (sum(told[place] for told in of_it) for place in range(4))
    return Stratum(name, decided, controlled, results, hits, share_of(hits, results, _WITHOUT_END))


def _frame(counts: dict[tuple[str, float], list[int]]) -> pl.DataFrame:
    """Return one row a consignment, as the estimators take them; what has no result counts as not chosen."""
    strata: list[str] = []
    shares, found, repeats = [], [], []
    for (stratum, share), (many, _controlled, results, hits) in sorted(counts.items()):
        chosen = "targeted" if stratum == "profile" else stratum
        left = "random" if stratum == "random" else "none"
        for name, result, n in ((chosen, 1, hits), (chosen, 0, results - hits), (left, -1, many - results)):
            strata.append(name)
            shares.append(max(share, 0.0))
            found.append(result)
            repeats.append(max(n, 0))
    rows = np.repeat(np.arange(len(repeats)), repeats)
    outcome = pl.Series("found", np.asarray(found, np.int8), dtype=pl.Int8).gather(rows)
    return pl.DataFrame(
        {
            "stratum": pl.Series(strata, dtype=pl.String).cast(pl.Categorical).gather(rows).cast(pl.String),
            "random_probability": pl.Series(shares, dtype=pl.Float64).gather(rows),
            "found": pl.select(pl.when(outcome >= 0).then(outcome == 1)).to_series(),
        }
    )


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
