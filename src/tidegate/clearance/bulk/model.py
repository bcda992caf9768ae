"""Rows of a batch, between the journal and frames: as they were lodged, and as they were decided on."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from tidegate.clearance.bulk.channels import CHANNEL_COLUMNS
from tidegate.clearance.bulk.deciding import FOUND, REASON, TAX, money_text
from tidegate.declarations.reduced import ROW_COLUMNS, Lodgement
from tidegate.journal import stored_rows

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.acts import ConsignmentsLodged
    from tidegate.journal import SqliteJournal

UPLOAD_KEY = "upload:"

# The rows of the batch of consignments.decided. ``place`` is that of the row in the batch that lodged it.
DECIDED_COLUMNS: dict[str, pl.DataType] = {
    "place": pl.Int64(),
    "row": pl.Int64(),
    "lrn": pl.String(),
    "accepted": pl.Boolean(),
    "findings": pl.List(FOUND),
    "value": pl.String(),
    "taxes": pl.List(TAX),
    "due": pl.String(),
    "due_now": pl.String(),
    "score": pl.Float64(),
    "reasons": pl.List(REASON),
    **CHANNEL_COLUMNS,
}

_MONEY = ("value", "due", "due_now")


def lodgement_of(act: ConsignmentsLodged, occurred: datetime) -> Lodgement:
    """Return what the rows of a part have in common."""
    return Lodgement(
        upload=act.upload,
        declarant=act.declarant,
        occurred=occurred,
        office=act.office,
        payment_method=act.payment_method,
    )


def lodged_rows(journal: SqliteJournal, position: int) -> pl.DataFrame:
    """Return the rows lodged at a position that are not erased, each with its place, in ROW_COLUMNS."""
    places, rows = _rows(journal, position, ROW_COLUMNS)
    return rows.insert_column(0, pl.Series("place", places, dtype=pl.Int64))


def decided_rows(journal: SqliteJournal, position: int) -> pl.DataFrame:
    """Return the decisions at a position that are not erased, in DECIDED_COLUMNS."""
    return _rows(journal, position, DECIDED_COLUMNS)[1]


def _rows(
    journal: SqliteJournal, position: int, columns: dict[str, pl.DataType]
) -> tuple[list[int], pl.DataFrame]:
    stored = stored_rows(journal, position)
    places = [at for at, row in enumerate(stored.rows) if row is not None]
    if not places:
        return [], pl.DataFrame(schema=columns)
    lines = b"\n".join(row for row in stored.rows if row is not None)
    return places, pl.read_ndjson(io.BytesIO(lines), schema=columns).rechunk()


def as_journalled(
    places: pl.Series, decided: pl.DataFrame, channels: pl.DataFrame, digits: int
) -> pl.DataFrame:
    """Return decisions with their places and channels in DECIDED_COLUMNS, money as decimal text."""
    whole = decided.hstack(channels).with_columns(
        places, *(money_text(pl.col(name), digits).alias(name) for name in _MONEY)
    )
    return whole.select(DECIDED_COLUMNS.keys())
