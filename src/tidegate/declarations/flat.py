"""Flat files to declarations: CSV or Parquet, one row a goods item, through a mapping, in bounded memory.

Rows with the same id that follow each other are one declaration. What is wrong in one row is a finding with
row and column, and the rest of the file goes on; only a file that does not fit its mapping is an error.
Rows are counted as a spreadsheet shows them: the head of a CSV file is row 1.
"""

from __future__ import annotations

import csv
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.declarations.declaration import Declaration, GoodsShipment
from tidegate.declarations.findings import Finding
from tidegate.declarations.flat_building import Builder, Cells
from tidegate.declarations.flat_mapping import Mapping, MappingError, Source, load_mapping
from tidegate.declarations.goods import GovernmentAgencyGoodsItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["FlatDeclaration", "Mapping", "MappingError", "Source", "load_mapping", "read_flat"]

_LONGEST_LINE = 1024 * 1024
_ROWS_AT_ONCE = 10_000


class FlatDeclaration(msgspec.Struct, frozen=True):
    """One declaration of a flat file: its id, the first and last of its rows, and what was wrong with them.

    ``declaration`` is None where the rows could not be read, and for findings about the file as a whole
    (``id`` is then empty).
    """

    id: str
    rows: tuple[int, int]
    declaration: Declaration | None
    findings: tuple[Finding, ...] = ()


def read_flat(path: Path, mapping: Mapping) -> Iterator[FlatDeclaration]:
    """Read the declarations of a CSV file (or of Parquet, by the suffix), one after the other.

    Columns that are neither mapped nor ignored are told first, each a finding ``TG-FLAT-COLUMN``.

    Raises:
        MappingError: the file has no head, or lacks a column that the mapping names.
        OSError: the file cannot be opened.
    """
    rows = _parquet_rows(path) if path.suffix.lower() in {".parquet", ".pq"} else _csv_rows(path, mapping)
    head = next(rows, None)
    if head is None:
        raise MappingError(mapping.name, str(path), "the file has no head that names its columns")
    names = _checked_head(head.cells, mapping, path)
    unknown = tuple(
        Finding("TG-FLAT-COLUMN", f'column "{name}"', f"Mapping {mapping.name} neither reads nor ignores it.")
        for name in names
        if name not in mapping.columns() and name not in mapping.ignored
    )
    if unknown:
        yield FlatDeclaration("", (1, 1), None, unknown)
    yield from _declarations(rows, names, mapping)


class _Row(msgspec.Struct, frozen=True):
    number: int
    cells: list[str]
    wrong: Finding | None = None


def _declarations(rows: Iterator[_Row], names: list[str], mapping: Mapping) -> Iterator[FlatDeclaration]:
    of_declaration = Builder(Declaration, mapping.declaration, mapping.tables, names)
    of_item = Builder(GovernmentAgencyGoodsItem, mapping.item, mapping.tables, names)
    at = names.index(mapping.id)

    def key(row: _Row) -> tuple[str, int]:
        """Keep a row that cannot be read, or has no id, to itself."""
        if row.wrong is not None or len(row.cells) != len(names) or not row.cells[at].strip():
            return "", row.number
        return row.cells[at].strip(), 0

    for (reference, number), group in groupby(rows, key):  # adjacent rows only: nothing waits for the end
        if not reference:
            yield _unread(next(group), number, names, mapping)
            continue
        kept = list(group)
        findings: list[Finding] = []
        items = tuple(
            of_item.build(Cells(row.number, row.cells, place, len(kept)), findings)
            for place, row in enumerate(kept, start=1)
        )
        first = Cells(kept[0].number, kept[0].cells, 1, len(kept))
        declaration = of_declaration.build(first, findings)
        for row in kept[1:]:
            of_declaration.compare(first, Cells(row.number, row.cells, 1, len(kept)), findings)
        span = (kept[0].number, kept[-1].number)
        yield FlatDeclaration(reference, span, _with_items(declaration, items), tuple(findings))


def _with_items(declaration: Declaration, items: tuple[GovernmentAgencyGoodsItem, ...]) -> Declaration:
    shipment = declaration.goods_shipment or GoodsShipment()
    return declaration.altered(goods_shipment=shipment.altered(government_agency_goods_item=items))


def _unread(row: _Row, number: int, names: list[str], mapping: Mapping) -> FlatDeclaration:
    finding = row.wrong
    if finding is None and len(row.cells) != len(names):
        text = f"The row has {len(row.cells)} cells; the head names {len(names)} columns. It is not read."
        finding = Finding("TG-FLAT-ROW", f"row {number}", text)
    elif finding is None:
        text = "The row does not say which declaration it belongs to. It is not read."
        finding = Finding("TG-FLAT-ID", f'row {number}, column "{mapping.id}"', text)
    return FlatDeclaration("", (number, number), None, (finding,))


def _checked_head(cells: list[str], mapping: Mapping, path: Path) -> list[str]:
    names = [cell.strip() for cell in cells]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise MappingError(mapping.name, str(path), f"the file names a column twice: {', '.join(twice)}")
    missing = sorted(mapping.columns() - set(names))
    if missing:
        text = f"the file has no column {', '.join(map(repr, missing))}; it has {', '.join(map(repr, names))}"
        raise MappingError(mapping.name, str(path), text)
    return names


def _csv_rows(path: Path, mapping: Mapping) -> Iterator[_Row]:
    """Yield the rows of a CSV file with the line each begins on; a line that is wrongly encoded says so."""
    wrong: dict[int, str] = {}
    with path.open("rb") as file:
        reader = csv.reader(_lines(file, mapping.encoding, wrong), delimiter=mapping.separator)
        while True:
            begun = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                text = "The row is no CSV, or has a cell of over 131,072 characters: a quote may be open."
                yield _Row(begun, [], Finding("TG-FLAT-ROW", f"row {begun}", text))
                continue
            place = next((f"line {line}, column {wrong[line]}" for line in sorted(wrong)), None)
            wrong.clear()
            if place is not None:
                text = f"The row is not in {mapping.encoding}, which the mapping names. It is not read."
                yield _Row(begun, cells, Finding("TG-FLAT-ENCODING", place, text))
            elif cells:
                yield _Row(begun, cells)


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


def _parquet_rows(path: Path) -> Iterator[_Row]:
    """Yield the rows of a Parquet file as text, some thousands at once."""
    frame = pl.scan_parquet(path)
    yield _Row(1, frame.collect_schema().names())
    number = 1
    for batch in frame.select(pl.all().cast(pl.String)).collect_batches(
        chunk_size=_ROWS_AT_ONCE, maintain_order=True
    ):
        for cells in batch.fill_null("").iter_rows():
            number += 1
            yield _Row(number, list(cells))
