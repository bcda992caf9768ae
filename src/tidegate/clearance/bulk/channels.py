"""Gives each accepted row its channel, and says what its release waits for.

The selection is that of a single declaration, row by row in the order of the upload: what an office can do in
a day is given out in that order, whatever the parts. The random stratum is drawn by upload and row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.risk import Loads, Policy, select

if TYPE_CHECKING:
    from tidegate.declarations.reduced import Lodgement

CHANNEL_COLUMNS: dict[str, pl.DataType] = {
    "channel": pl.String(),
    "stratum": pl.String(),
    "grounds": pl.String(),
    "probability": pl.Float64(),
    "waits": pl.String(),  # null for rejected rows, empty where nothing stands against release
}


def assign_channels(
    decided: pl.DataFrame, lodgement: Lodgement, *, policy: Policy, key: bytes, loads: Loads
) -> pl.DataFrame:
    """Return CHANNEL_COLUMNS for rows in DECISION_COLUMNS, and count controls in ``loads``."""
    day, office = lodgement.occurred.date(), lodgement.office
    told: list[tuple[str | None, str | None, str | None, float | None]] = []
    asked = decided.select("declaration", "accepted", pl.col("score").fill_null(0.0))
    for name, accepted, score in asked.iter_rows():
        if not accepted:
            told.append((None, None, None, None))
            continue
        choice = select(name, score, office, day, policy=policy, key=key, loads=loads)
        told.append((choice.channel, choice.stratum, choice.grounds, choice.probability))
    schema = {name: kind for name, kind in CHANNEL_COLUMNS.items() if name != "waits"}
    chosen = pl.DataFrame(told, schema=schema, orient="row")
    owes, controlled = decided["due_now"] > 0, chosen["channel"].is_in(["red", "yellow"])
    waits = (
        pl.when(~decided["accepted"])
        .then(None)
        .when(controlled)
        .then(pl.lit("control"))
        .when(owes)
        .then(pl.lit("payment"))
        .otherwise(pl.lit(""))
    )
    return chosen.with_columns(waits.alias("waits")).select(CHANNEL_COLUMNS.keys())
