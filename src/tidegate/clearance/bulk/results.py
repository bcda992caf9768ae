"""The result of an upload as a file: one line a row, in the order of the upload, written part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.clearance.bulk.queries import decisions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import apsw

    from tidegate.clearance.bulk.queries import Part
    from tidegate.journal import SqliteJournal

RESULT_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "lrn": pl.String(),
    "reference": pl.String(),  # POSITION#PLACE: by it the row is proven and asked about
    "outcome": pl.String(),  # accepted or rejected
    "codes": pl.String(),  # of findings, with a space between
    "findings": pl.String(),  # their texts
    "value": pl.String(),
    "taxes": pl.String(),  # TYPE=PAYABLE of each tax, with a space between
    "due": pl.String(),
    "due_now": pl.String(),
    "score": pl.Float64(),
    "channel": pl.String(),
    "waits": pl.String(),  # what release waited for when the row was decided on: payment, control, or nothing
}


# What the operator concerned is not told: how a row was scored and selected.
KEPT_BACK = ("score", "channel")


def write_results(
    tables: apsw.Connection, journal: SqliteJournal, uploads: Iterable[str], path: Path
) -> None:
    """Write the results of uploads to a file: Parquet by its suffix, else CSV."""
    as_parquet = path.suffix.lower() in {".parquet", ".pq"}
    plain = path.with_name(path.name + ".csv") if as_parquet else path
    with plain.open("wb") as file:
        file.writelines(result_lines(tables, journal, uploads))
    if as_parquet:
        pl.scan_csv(plain, schema=RESULT_COLUMNS).sink_parquet(path)
        plain.unlink()


def result_lines(
    tables: apsw.Connection,
    journal: SqliteJournal,
    uploads: Iterable[str],
    columns: Sequence[str] = tuple(RESULT_COLUMNS),
) -> Iterator[bytes]:
    """Yield the results of uploads as CSV with a head, part by part."""
    yield (",".join(columns) + "\n").encode()
    for upload in uploads:
        for part, rows in decisions_of(tables, journal, upload):
            yield _result(part, rows).select(columns).write_csv(include_header=False).encode()


def _result(part: Part, rows: pl.DataFrame) -> pl.DataFrame:
    line = pl.format("{}={}", pl.element().struct.field("type"), pl.element().struct.field("payable"))
    return rows.with_columns(
        pl.format("{}#{}", pl.lit(part.lodged), "place").alias("reference"),
        pl.when("accepted").then(pl.lit("accepted")).otherwise(pl.lit("rejected")).alias("outcome"),
        _joined("code", " ").alias("codes"),
        _joined("text", " ").alias("findings"),
        pl.col("taxes").list.eval(line).list.join(" ").alias("taxes"),
    ).select(RESULT_COLUMNS.keys())


def _joined(field: str, by: str) -> pl.Expr:
    return pl.col("findings").list.eval(pl.element().struct.field(field)).list.join(by)
