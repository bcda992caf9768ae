"""Reads uploads of the reduced data set: CSV, Parquet or NDJSON, in parts, so that memory stays flat.

Nothing is lost: a row that cannot be read is a row all the same, kept as it came, with what would be right.
"""

from __future__ import annotations

from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec
import polars as pl

from tidegate.declarations.flat_rows import Row, csv_rows, parquet_rows
from tidegate.declarations.reduced import REDUCED_COLUMNS, ROW_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Format = Literal["csv", "parquet", "ndjson"]

LONGEST_ROW = 16 * 1024  # characters of a row that is kept as it came; what is beyond is told
_LONG = f"A row has at most {LONGEST_ROW:,} characters."
_LONGEST_LINE = 1024 * 1024
_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
}
_NAMES = tuple(REDUCED_COLUMNS)
_NOTHING = (None,) * len(_NAMES)

_Made = tuple[object, ...]  # a row in ROW_COLUMNS, without its number


class BadUploadError(Exception):
    """An upload that cannot be read as a whole; says where, and what would be right."""

    code = "bad_upload"

    def __init__(self, text: str, row: int = 0) -> None:
        super().__init__(text)
        self.row = row
        self.fields = {"row": row}


def format_of(name: str) -> Format:
    """Return the format that the name of a file says.

    Raises:
        BadUploadError: it says none.
    """
    suffix = "." + name.rpartition(".")[2].lower()
    if suffix not in _SUFFIXES:
        known = ", ".join(get_args(Format))
        raise BadUploadError(f"{name}: its name does not say what it is. Uploads are {known}.")
    return _SUFFIXES[suffix]


def read_rows(path: Path, kind: Format, size: int) -> Iterator[pl.DataFrame]:
    """Yield the rows of a file in ROW_COLUMNS, ``size`` at a time, numbered from 1.

    Raises:
        BadUploadError: it has no head, a column that is not known or needed ones missing, or it breaks off
            where nothing can be read any more; the rows before were yielded.
        OSError: it cannot be opened.
    """
    made = _of_lines(path) if kind == "ndjson" else _of_cells(path, kind)
    done = 0
    while True:
        part: list[_Made] = []
        try:
            part.extend(islice(made, size))
        except pl.exceptions.PolarsError as error:
            if part:
                yield _frame(part, done + 1)
            text = f"After row {done + len(part)} the file cannot be read: {error}. Send it anew."
            raise BadUploadError(text, done + len(part)) from None
        if not part:
            return
        yield _frame(part, done + 1)
        done += len(part)


def _frame(part: list[_Made], first: int) -> pl.DataFrame:
    """Return rows as a frame: cells without space around them, null where that leaves nothing."""
    columns = zip(ROW_COLUMNS, (range(first, first + len(part)), *zip(*part, strict=True)), strict=True)
    frame = pl.DataFrame({name: pl.Series(values, dtype=ROW_COLUMNS[name]) for name, values in columns})
    stated = pl.col(_NAMES).str.strip_chars()
    return frame.with_columns(pl.when(stated.str.len_bytes() > 0).then(stated).name.keep())


def _of_cells(path: Path, kind: Format) -> Iterator[_Made]:
    """Yield the rows of a file of cells, by the columns that its head names."""
    try:
        rows = parquet_rows(path) if kind == "parquet" else csv_rows(path)
        head = next(rows, None)
    except pl.exceptions.PolarsError as error:
        raise BadUploadError(f"{path.name} is no {kind} file: {error}") from None
    if head is None:
        raise BadUploadError(f"{path.name} is empty: its first row names the columns.")
    if head.wrong is not None:
        raise BadUploadError(f"{path.name}: its first row, which names the columns, cannot be read.")
    names = _checked([cell.strip() for cell in head.cells], path.name)
    # What a file has no column for is found at the end of its cells, where nothing is put.
    picked = itemgetter(*(names.index(name) if name in names else -1 for name in _NAMES))
    count = len(names)
    for row in rows:
        if row.wrong is not None or len(row.cells) != count:
            yield _unread(row, count)
            continue
        cells = row.cells
        if sum(map(len, cells)) > LONGEST_ROW:
            yield _kept(",".join(cells), _LONG)
        else:
            yield (*picked([*cells, None]), None, None)


def _checked(names: Sequence[str], file: str) -> Sequence[str]:
    known = ", ".join(_NAMES)
    strange = sorted(set(names) - set(_NAMES))
    if strange or len(set(names)) < len(names):
        wrong = (
            f"columns that are not known: {', '.join(map(repr, strange))}" if strange else "a column twice"
        )
        raise BadUploadError(f"{file} has {wrong}. The columns are: {known}.")
    missing = [name for name, column in REDUCED_COLUMNS.items() if column.needed and name not in names]
    if missing:
        raise BadUploadError(f"{file} lacks the columns {', '.join(missing)}. The columns are: {known}.")
    return names


def _unread(row: Row, count: int) -> _Made:
    text = row.wrong.text if row.wrong is not None else ""
    if not text:
        text = f"It has {len(row.cells)} cells; the first row names {count} columns."
    return _kept(",".join(row.cells), text)


def _kept(came: str, wrong: str) -> _Made:
    if len(came) > LONGEST_ROW:
        wrong += f" It is kept up to its {LONGEST_ROW:,}th character."
    return (*_NOTHING, came[:LONGEST_ROW], wrong)


def _of_lines(path: Path) -> Iterator[_Made]:
    """Yield the rows of a file with one JSON object a line; numbers are taken as they are written."""
    decoder = msgspec.json.Decoder(dict[str, Any], float_hook=str)
    known = frozenset(_NAMES)
    with path.open("rb") as file:
        while line := file.readline(_LONGEST_LINE):
            if not line.strip():
                continue
            try:
                stated = decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                yield _kept(
                    line.decode(errors="replace").rstrip(), f"The line is no flat JSON object: {error}."
                )
                continue
            if len(line) > LONGEST_ROW:
                wrong = _LONG
            else:
                wrong = "" if stated.keys() <= known else _strange(stated.keys() - known)
            texts = None if wrong else _texts([stated.get(name) for name in _NAMES])
            if texts is None:
                yield _kept(line.decode().rstrip(), wrong or "A member is neither text nor a number.")
            else:
                yield (*texts, None, None)


def _strange(names: Iterable[str]) -> str:
    told = ", ".join(repr(name) for name in sorted(names))
    return f"It has members that are not known: {told[:200]}."


def _texts(values: list[Any]) -> list[str | None] | None:
    """Return values as text, or None where one of them is neither text nor a number."""
    if any(value is not None and type(value) not in (str, int) for value in values):
        return None
    return [None if value is None else str(value) for value in values]
