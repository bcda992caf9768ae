"""The Harmonized Tariff Schedule of the United States, from its chapters as JSON files (``1.json`` ...)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.tariff.nomenclature.building import Rows, checked_code, checked_once, digest_of
from tidegate.tariff.nomenclature.labels import chapter_label
from tidegate.tariff.nomenclature.model import BadScheduleError, Note, Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

NAME = "us-hts"
CURRENCY = "USD"
DEEPEST = 20  # indents; the schedule itself goes to 11


class _Footnote(msgspec.Struct, frozen=True):
    value: str | None = None
    columns: list[str] | None = None


class _Row(msgspec.Struct, frozen=True, rename={"additional": "additionalDuties"}):
    """A row as the file has it; other fields are not read."""

    htsno: str
    indent: str
    description: str | None = None
    units: list[str] | None = None
    general: str | None = None
    special: str | None = None
    other: str | None = None
    additional: str | None = None
    footnotes: list[_Footnote] | None = None

    def rates(self) -> dict[str, str]:
        """Return the rate columns, as they are printed."""
        columns = ("general", "special", "other", "additional")
        return {column: getattr(self, column) or "" for column in columns}


_DECODER = msgspec.json.Decoder(list[_Row])


def read_us_hts(
    folder: Path, *, edition: str = "", valid_from: date | None = None, valid_until: date | None = None
) -> Schedule:
    """Read a folder of chapters: files ``N.json``, each a list of rows whose indents make the tree.

    Raises:
        BadScheduleError: there are no chapters, or one is not as it should be.
        OSError: a file cannot be read.
    """
    chapters = sorted(
        (path for path in folder.glob("*.json") if path.stem.isdigit()), key=lambda path: int(path.stem)
    )
    if not chapters:
        raise BadScheduleError(folder, "", "no chapters are there; they are files named 1.json to 99.json")
    rows = Rows()
    for path in chapters:
        _add_chapter(rows, path)
    codes, rates = rows.frames()
    checked_once(codes, str(folder))
    return Schedule(NAME, codes, rates, edition, CURRENCY, valid_from, valid_until, digest_of(chapters))


def _add_chapter(rows: Rows, path: Path) -> None:
    chapter = f"{int(path.stem):02}"
    try:
        read = _DECODER.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadScheduleError(path.name, "", str(error)) from None
    label = chapter_label(chapter)
    if label is None:
        raise BadScheduleError(path.name, "", f"there is no chapter {chapter}")
    above: list[tuple[int, int]] = []  # indent and row of the rows that the next may lie under
    for number, one in enumerate(read, start=1):
        place = f"row {number}"
        code = checked_code(one.htsno, path.name, place) if one.htsno.strip() else ""
        if code and not code.startswith(chapter):
            raise BadScheduleError(path.name, place, f"{one.htsno} is not of chapter {chapter}")
        indent = _indent(one.indent, path.name, place)
        above = [(other, row) for other, row in above if other < indent]
        above = above[: _reach(rows, above, code)]
        row = rows.add(
            code,
            _words(one.description),
            parent=above[-1][1] if above else None,
            units=tuple(_units(one.units or ())),
            notes=tuple(_notes(one.footnotes or ())),
            rates=one.rates(),
        )
        above.append((indent, row))


def _reach(rows: Rows, above: list[tuple[int, int]], code: str) -> int:
    """Return how many of the rows above a code can lie under.

    A code lies only under beginnings of itself. Where the indents say otherwise (some in chapter 98 do), the
    codes are right: from the first row with a strange code on, nothing is above it.
    """
    if not code:
        return len(above)
    strange = (
        at for at, (_, row) in enumerate(above) if rows.code(row) and not code.startswith(rows.code(row))
    )
    return next(strange, len(above))


def _indent(stated: str, source: str, place: str) -> int:
    if not (stated.isascii() and stated.isdigit()) or int(stated) > DEEPEST:
        raise BadScheduleError(source, place, f"the indent is a number from 0 to {DEEPEST}, not {stated!r}")
    return int(stated)


def _words(stated: str | None) -> str:
    return " ".join((stated or "").split())


def _units(stated: Iterable[str]) -> Iterator[str]:
    """Yield units one by one; some cells hold two (“No. and kg”), some only blanks."""
    for cell in stated:
        yield from (unit for part in cell.split(" and ") if (unit := _words(part)))


def _notes(stated: Iterable[_Footnote]) -> Iterator[Note]:
    for footnote in stated:
        text = _words(footnote.value)
        if text:
            yield Note(", ".join(footnote.columns or ()), text)
