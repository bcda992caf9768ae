"""Making a schedule's frames row by row: places in the tree, codes once a period, rates beside them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl

from tidegate.tariff.nomenclature.model import CODES, MOST_DIGITS, RATES, BadScheduleError, Note, digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

Row = dict[str, object]


class Rows:
    """Rows on their way into the frames; ``source`` names the file in what is said of a fault."""

    def __init__(self) -> None:
        self._codes: list[Row] = []
        self._rates: list[Row] = []

    def add(
        self,
        code: str,
        description: str,
        *,
        parent: int | None,
        units: Sequence[str] = (),
        notes: Sequence[Note] = (),
        valid: tuple[date | None, date | None] = (None, None),
        rates: Mapping[str, str] | None = None,
    ) -> int:
        """Add a provision below another, and return its row; blank rates are not kept."""
        row = len(self._codes)
        depth = 0 if parent is None else self._depth(parent) + 1
        self._codes.append(
            {
                "row": row,
                "parent": parent,
                "code": code,
                "depth": depth,
                "description": description,
                "units": list(units),
                "notes": [{"columns": note.columns, "text": note.text} for note in notes],
                "from": valid[0],
                "until": valid[1],
            }
        )
        self._rates += [
            {"row": row, "code": code, "column": column, "text": text}
            for column, text in (rates or {}).items()
            if text.strip()
        ]
        return row

    def code(self, row: int) -> str:
        """Return the code of a row."""
        return str(self._codes[row]["code"])

    def parent(self, row: int) -> int | None:
        """Return the row above a row."""
        above = self._codes[row]["parent"]
        assert above is None or isinstance(above, int)
        return above

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the frames of codes and rates."""
        return pl.DataFrame(self._codes, schema=CODES), pl.DataFrame(self._rates, schema=RATES)

    def _depth(self, row: int) -> int:
        depth = self._codes[row]["depth"]
        assert isinstance(depth, int)
        return depth


def checked_code(stated: str, source: str, place: str) -> str:
    """Return the digits of a code that must be one.

    Raises:
        BadScheduleError: it is empty, too long, or holds something else than digits.
    """
    code = digits(stated)
    if not code:
        text = f"{stated!r} is no code: 1 to {MOST_DIGITS} digits, points and blanks between them"
        raise BadScheduleError(source, place, text)
    return code


def checked_once(codes: pl.DataFrame, source: str) -> None:
    """Refuse a schedule in which a code stands twice for one day.

    Raises:
        BadScheduleError: two provisions have the same code and overlap.
    """
    named = codes.filter(pl.col("code") != "").select("row", "code", "from", "until")
    twice = named.filter(pl.col("code").is_duplicated()).sort("code", "from", nulls_last=False)
    before = twice.with_columns(
        pl.col("code").shift().alias("code_before"), pl.col("until").shift().alias("until_before")
    )
    overlapping = before.filter(
        pl.col("code") == pl.col("code_before"),
        pl.col("until_before").is_null()
        | pl.col("from").is_null()
        | (pl.col("from") <= pl.col("until_before")),
    )
    for row, code in overlapping.select("row", "code").head(1).iter_rows():
        raise BadScheduleError(source, f"row {row + 1}", f"code {code} stands twice for the same days")


def digest_of(paths: Iterable[Path]) -> str:
    """Return the digest of files, by their names and bytes, in the order given."""
    whole = sha256()
    for path in paths:
        whole.update(f"{path.name}\n{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"sha256:{whole.hexdigest()}"
