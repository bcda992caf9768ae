"""The words of the nomenclature: provisions, notes, the frames a schedule is kept in, and its errors."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_DIGITS = 14  # of any national code; the Harmonized System itself has 6

# One row a provision, in the order of the schedule. ``code`` holds digits only and is empty on rows that only
# group others; ``parent`` is the row above it in the tree; ``units`` are the schedule's own words.
CODES: Mapping[str, pl.DataType] = {
    "row": pl.Int32(),
    "parent": pl.Int32(),
    "code": pl.String(),
    "depth": pl.Int8(),
    "description": pl.String(),
    "units": pl.List(pl.String()),
    "notes": pl.List(pl.Struct({"columns": pl.String(), "text": pl.String()})),
    "from": pl.Date(),
    "until": pl.Date(),
}

# One row for each cell of a rate column that is not blank, as it is printed.
RATES: Mapping[str, pl.DataType] = {
    "row": pl.Int32(),
    "code": pl.String(),
    "column": pl.String(),
    "text": pl.String(),
}


class BadScheduleError(Exception):
    """A schedule cannot be used; says where, and what would be right."""

    code = "bad_schedule"

    def __init__(self, source: Path | str, place: str, text: str) -> None:
        super().__init__(f"{source}{', ' if place else ''}{place}: {text}")
        self.source = str(source)
        self.place = place


class Note(msgspec.Struct, frozen=True):
    """A note of the schedule on a provision; ``columns`` names what it stands beside."""

    columns: str
    text: str


class Provision(msgspec.Struct, frozen=True):
    """One row of a schedule: a section, chapter, heading, subheading or tariff line.

    ``code`` holds digits (of a section: its Roman number); it is empty on rows that only group others.
    ``row`` is its place in the schedule, -1 for the labels of sections and chapters that come with Tidegate.
    """

    code: str
    description: str
    row: int = -1
    depth: int = 0
    units: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None

    def in_force(self, on: date | None) -> bool:
        """Whether it holds on a day; None asks of no day."""
        if on is None:
            return True
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_until is None or on <= self.valid_until)


class Schedule(msgspec.Struct, frozen=True):
    """An edition of a schedule: its provisions and the texts of its rates, as frames (CODES, RATES).

    ``currency`` is what its rates are in where they do not say ("" for a schedule without rates); ``source``
    is the digest of the files it was read from.
    """

    name: str
    codes: pl.DataFrame
    rates: pl.DataFrame
    edition: str = ""
    currency: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    source: str = ""


def digits(code: str) -> str:
    """Return a code without the points, blanks and dashes it may be written with; "" where it is no code."""
    bare = re.sub(r"[.\s-]", "", code)
    return bare if bare.isascii() and bare.isdigit() and len(bare) <= MOST_DIGITS else ""


def dotted(code: str) -> str:
    """Return a code as schedules print it: 8510.90.55.00."""
    head, rest = code[:4], code[4:]
    return ".".join([head, *(rest[at : at + 2] for at in range(0, len(rest), 2))])
