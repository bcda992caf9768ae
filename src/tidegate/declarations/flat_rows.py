"""Rows of CSV and Parquet files as cells of text, one after the other, in bounded memory.

Rows are counted as a spreadsheet shows them: the head of a CSV file is row 1.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.declarations.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_LONGEST_LINE = 1024 * 1024
_ROWS_AT_ONCE = 10_000


class Row(msgspec.Struct, frozen=True, gc=False):
    """A row: its number, its cells, and what stands against reading it."""

    number: int
    cells: list[str]
    wrong: Finding | None = None


def csv_rows(path: Path, encoding: str = "utf-8", separator: str = ",") -> Iterator[Row]:
    """Yield the rows of a CSV file with the line each begins on; a line that is wrongly encoded says so."""
    wrong: dict[int, str] = {}
    with path.open("rb") as file:
        reader = csv.reader(_lines(file, encoding, wrong), delimiter=separator)
        while True:
            begun = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                text = "The row is no CSV, or has a cell of over 131,072 characters: a quote may be open."
                yield Row(begun, [], Finding("TG-FLAT-ROW", f"row {begun}", text))
                continue
            place = next((f"line {line}, column {wrong[line]}" for line in sorted(wrong)), None)
            wrong.clear()
            if place is not None:
                text = f"The row is not in {encoding}, which it should be in. It is not read."
                yield Row(begun, cells, Finding("TG-FLAT-ENCODING", place, text))
            elif cells:
                yield Row(begun, cells)


def parquet_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a Parquet file as text, some thousands at once."""
    frame = pl.scan_parquet(path)
    yield Row(1, frame.collect_schema().names())
    number = 1
    for batch in frame.select(pl.all().cast(pl.String)).collect_batches(
        chunk_size=_ROWS_AT_ONCE, maintain_order=True
    ):
        for cells in batch.fill_null("").iter_rows():
            number += 1
            yield Row(number, list(cells))


def _lines(file: BinaryIO, encoding: str, wrong: dict[int, str]) -> Iterator[str]:
    """Yield decoded lines; where a line is wrongly encoded, its number and column go to ``wrong``."""
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            yield line.decode(encoding)
        except UnicodeDecodeError as error:
            wrong[number] = str(len(line[: error.start].decode(encoding)) + 1)
            yield line.decode(encoding, "replace")
