"""Reading the CSV files that schedules and correlation tables come in: UTF-8, the first row names columns."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from tidegate.tariff.nomenclature.model import BadScheduleError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def read_sheet(
    path: Path, required: Collection[str], optional: Collection[str] = (), *, prefix: str | None = None
) -> list[dict[str, str]]:
    """Return the rows by column name; columns beginning with ``prefix`` are let through too.

    Raises:
        BadScheduleError: a column is missing or unknown, or a row has more or fewer cells than the first.
        OSError: the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            names = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = names
            _check_columns(path, names, required, optional, prefix)
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadScheduleError(path.name, "", f"it is no CSV file in UTF-8: {error}") from None
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise BadScheduleError(path.name, f"row {number}", f"it does not have {len(names)} cells")
    return rows


def _check_columns(
    path: Path, names: list[str], required: Collection[str], optional: Collection[str], prefix: str | None
) -> None:
    missing = [name for name in required if name not in names]
    if missing:
        raise BadScheduleError(path.name, "row 0", f"the column {missing[0]} is missing from the first row")
    for name in names:
        known = name in required or name in optional or (prefix is not None and name.startswith(prefix))
        if not known or names.count(name) > 1:
            wanted = ", ".join([*required, *optional])
            why = "stands twice" if known else "is not known"
            raise BadScheduleError(path.name, "row 0", f"the column {name!r} {why}; columns are {wanted}")
