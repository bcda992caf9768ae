"""Carrying codes across editions by correlation tables: what became of a code, told where it is several."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import msgspec

from tidegate.tariff.nomenclature.building import checked_code
from tidegate.tariff.nomenclature.model import BadScheduleError, digits
from tidegate.tariff.nomenclature.sheet import read_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tidegate.tariff.nomenclature.tree import Nomenclature

COLUMNS = ("from_code", "to_code", "from_edition", "to_edition")

Outcome = Literal["one", "many", "unchanged", "gone", "unlisted"]


class Carried(msgspec.Struct, frozen=True):
    """What became of a code between two editions.

    ``outcome``: ``one`` code follows it; ``many`` do, and only the goods themselves decide which; it is
    ``unchanged`` (the tables list only what changes, and the later edition still has it); it is ``gone``
    (listed with nothing after it); or ``unlisted``: neither the tables nor the later edition know it.
    """

    code: str
    to: tuple[str, ...]
    outcome: Outcome


class Correlation:
    """Correlation tables of any number of editions, joined where one ends and another begins."""

    def __init__(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        """Take rows of from_code, to_code ("" where nothing follows), from_edition, to_edition."""
        self._steps: dict[tuple[str, str], dict[str, list[str]]] = {}
        for from_code, to_code, from_edition, to_edition in rows:
            after = self._steps.setdefault((from_edition, to_edition), {}).setdefault(from_code, [])
            if to_code and to_code not in after:
                after.append(to_code)

    def editions(self, begin: str, end: str) -> tuple[str, ...]:
        """Return the editions from one to another over the fewest tables, () where none lead there."""
        ways: list[tuple[str, ...]] = [(begin,)]
        seen = {begin}
        while ways:
            way = ways.pop(0)
            if way[-1] == end:
                return way
            further = [to for at, to in self._steps if at == way[-1] and to not in seen]
            seen.update(further)
            ways += [(*way, to) for to in further]
        return ()

    def carry(self, code: str, begin: str, end: str, later: Nomenclature | None = None) -> Carried:
        """Tell what became of a code from one edition to another; ``later`` is the latter's nomenclature.

        Raises:
            BadScheduleError: no tables lead from the one edition to the other.
        """
        bare = digits(code)
        way = self.editions(begin, end)
        if not way:
            raise BadScheduleError("correlation", "", f"no tables lead from edition {begin} to {end}")
        codes, listed = [bare], False
        for step in pairwise(way):
            after: list[str] = []
            for one in codes:
                listed = listed or one in self._steps[step]
                after += [to for to in self._steps[step].get(one, [one]) if to not in after]
            codes = after
        return Carried(bare, *_outcome(bare, tuple(codes), listed=listed, later=later))


def _outcome(
    code: str, codes: tuple[str, ...], *, listed: bool, later: Nomenclature | None
) -> tuple[tuple[str, ...], Outcome]:
    if not codes:
        return (), "gone"
    if len(codes) > 1:
        return codes, "many"
    if listed and codes != (code,):
        return codes, "one"
    if listed or (later is not None and later.find(code) is not None):
        return codes, "unchanged"
    return (), "unlisted"


def read_correlation(path: Path) -> Correlation:
    """Read a correlation table: from_code, to_code (empty where nothing follows), from_edition, to_edition.

    Raises:
        BadScheduleError: the file is not as it should be.
        OSError: it cannot be read.
    """
    rows = []
    for number, row in enumerate(read_sheet(path, COLUMNS), start=1):
        place = f"row {number}"
        to_code = row["to_code"].strip()
        rows.append(
            (
                checked_code(row["from_code"], path.name, place),
                checked_code(to_code, path.name, place) if to_code else "",
                row["from_edition"].strip(),
                row["to_edition"].strip(),
            )
        )
    return Correlation(rows)
