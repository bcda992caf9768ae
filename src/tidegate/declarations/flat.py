"""Flat files to declarations: CSV or Parquet, one row a goods item, through a mapping, in bounded memory.

Rows with the same id that follow each other are one declaration. What is wrong in one row is a finding with
row and column, and the rest of the file goes on; only a file that does not fit its mapping is an error.
Rows are counted as a spreadsheet shows them: the head of a CSV file is row 1.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from tidegate.declarations.declaration import Declaration, GoodsShipment
from tidegate.declarations.findings import Finding
from tidegate.declarations.flat_building import Builder, Cells
from tidegate.declarations.flat_mapping import Mapping, MappingError, Source, load_mapping
from tidegate.declarations.flat_rows import Row, csv_rows, parquet_rows
from tidegate.declarations.goods import GovernmentAgencyGoodsItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FlatDeclaration", "Mapping", "MappingError", "Source", "load_mapping", "read_flat"]


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
    if path.suffix.lower() in {".parquet", ".pq"}:
        rows = parquet_rows(path)
    else:
        rows = csv_rows(path, mapping.encoding, mapping.separator)
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


def _declarations(rows: Iterator[Row], names: list[str], mapping: Mapping) -> Iterator[FlatDeclaration]:
    of_declaration = Builder(Declaration, mapping.declaration, mapping.tables, names)
    of_item = Builder(GovernmentAgencyGoodsItem, mapping.item, mapping.tables, names)
    at = names.index(mapping.id)

    def key(row: Row) -> tuple[str, int]:
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


def _unread(row: Row, number: int, names: list[str], mapping: Mapping) -> FlatDeclaration:
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
