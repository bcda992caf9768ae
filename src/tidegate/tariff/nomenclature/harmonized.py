"""The Harmonized System from its CSV: section, hscode, description, parent, level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.tariff.nomenclature.building import Rows, checked_code, checked_once, digest_of
from tidegate.tariff.nomenclature.model import BadScheduleError, Schedule
from tidegate.tariff.nomenclature.sheet import read_sheet

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

NAME = "hs"
COLUMNS = ("section", "hscode", "description", "parent", "level")
TOTAL = "TOTAL"  # the row of all commodities together, and the parent of chapters


def read_harmonized(
    path: Path, *, edition: str = "", valid_from: date | None = None, valid_until: date | None = None
) -> Schedule:
    """Read the Harmonized System: chapters, headings and subheadings, each below its parent.

    Raises:
        BadScheduleError: the file is not as it should be.
        OSError: it cannot be read.
    """
    rows = Rows()
    placed: dict[str, int] = {}
    for number, record in enumerate(read_sheet(path, COLUMNS), start=1):
        if record["hscode"] == TOTAL:
            continue
        place = f"row {number}"
        code = checked_code(record["hscode"], path.name, place)
        parent = record["parent"]
        if parent != TOTAL and parent not in placed:
            raise BadScheduleError(path.name, place, f"the parent {parent!r} of {code} must stand before it")
        above = placed.get(parent)
        placed[code] = rows.add(code, record["description"].strip(), parent=above)
    codes, rates = rows.frames()
    checked_once(codes, path.name)
    return Schedule(NAME, codes, rates, edition, "", valid_from, valid_until, digest_of([path]))
