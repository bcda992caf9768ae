"""The tree of codes: finding, the path from section to leaf, siblings, children, and rates as inherited."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from tidegate.tariff.nomenclature.labels import chapter_label, section_label
from tidegate.tariff.nomenclature.model import Note, Provision, Schedule, digits
from tidegate.tariff.nomenclature.searching import Found, Index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_CHAPTER_DIGITS = 2
_HEADING_DIGITS = 4


class StatedRate(msgspec.Struct, frozen=True):
    """The text of a rate column, and the provision it stands against."""

    column: str
    text: str
    provision: Provision


class Nomenclature:
    """An edition of a schedule as a tree. Days (``on``) ask for what holds on them; None asks of no day."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        codes = schedule.codes
        self._codes: list[str] = codes["code"].to_list()
        self._parents: list[int | None] = codes["parent"].to_list()
        self._descriptions: list[str] = codes["description"].to_list()
        self._depths: list[int] = codes["depth"].to_list()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._codes)

    @cached_property
    def _rows(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, code in enumerate(self._codes):
            if code:
                rows.setdefault(code, []).append(row)
        return rows

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._rows)

    @cached_property
    def _children(self) -> dict[int | None, list[int]]:
        below: dict[int | None, list[int]] = {}
        for row, parent in enumerate(self._parents):
            below.setdefault(parent, []).append(row)
        return below

    @cached_property
    def _rates(self) -> dict[int, dict[str, str]]:
        rates: dict[int, dict[str, str]] = {}
        for row, column, text in self.schedule.rates.select("row", "column", "text").iter_rows():
            rates.setdefault(row, {})[column] = text
        return rates

    @cached_property
    def _index(self) -> Index:
        return Index(self._codes, self._parents, self._descriptions)

    def at(self, row: int) -> Provision:
        """Return the provision of a row."""
        told = self.schedule.codes.row(row, named=True)
        return Provision(
            code=told["code"],
            description=told["description"],
            row=row,
            depth=told["depth"],
            units=tuple(told["units"]),
            notes=tuple(Note(note["columns"], note["text"]) for note in told["notes"]),
            valid_from=told["from"],
            valid_until=told["until"],
        )

    def find(self, code: str, on: date | None = None) -> Provision | None:
        """Return the provision of a code, None where there is none, or none on that day.

        Points and blanks do not matter. Digits that add nothing may be left out or filled up: where heading
        0205 has one provision, 0205.00.00.00, both are that; where 8510.90 has nothing below it,
        8510.90.00.00 is 8510.90.
        """
        found = (self.at(row) for row in reversed(self._rows_of(code)))
        return next((provision for provision in found if provision.in_force(on)), None)

    def known(self, code: str) -> tuple[Provision, ...]:
        """Return the provisions of a code on any day, in the order of the schedule."""
        return tuple(self.at(row) for row in self._rows_of(code))

    def nearest(self, code: str, on: date | None = None) -> Provision | None:
        """Return the provision of the longest beginning of a code, None where there is none."""
        bare = digits(code)
        for end in range(len(bare), 1, -1):
            held = [self.at(row) for row in self._rows.get(bare[:end], [])]
            found = next((one for one in reversed(held) if one.in_force(on)), None)
            if found is not None:
                return found
        return None

    def codes_below(self, code: str, on: date | None = None) -> tuple[Provision, ...]:
        """Return the nearest provisions with a code below a code; rows that only group them are passed."""
        found = self.find(code, on)
        waiting = list(self._children.get(found.row, [])) if found else []
        below: list[Provision] = []
        while waiting:
            row = waiting.pop(0)
            if self._codes[row]:
                below += self._in_force([row], on)
            else:
                waiting = self._children.get(row, []) + waiting
        return tuple(below)

    def path(self, code: str, on: date | None = None) -> tuple[Provision, ...]:
        """Return the way from the section to a code, () where it is not found.

        Section and chapter come from our labels where the schedule itself has none.
        """
        found = self.find(code, on)
        if found is None:
            return ()
        rows = [found.row, *self._above(found.row)]
        steps = [self.at(row) for row in reversed(rows)]
        chapter = found.code[:_CHAPTER_DIGITS]
        if steps[0].code != chapter and (label := chapter_label(chapter)):
            steps.insert(0, label)
        if section := section_label(chapter):
            steps.insert(0, section)
        return tuple(steps)

    def children(self, code: str, on: date | None = None) -> tuple[Provision, ...]:
        """Return what lies directly below a code; "" asks for the top of the schedule."""
        found = self.find(code, on)
        if found is None and code:
            return ()
        return self._in_force(self._children.get(found.row if found else None, []), on)

    def siblings(self, code: str, on: date | None = None) -> tuple[Provision, ...]:
        """Return what lies beside a code, itself left out."""
        found = self.find(code, on)
        if found is None:
            return ()
        beside = self._children[self._parents[found.row]]
        return self._in_force([row for row in beside if row != found.row], on)

    def rates(self, code: str, on: date | None = None) -> tuple[StatedRate, ...]:
        """Return the rates of a code: in each column its own, or that of the nearest provision above it.

        A rate printed once above several codes holds for all of them; () where the code is not found.
        """
        found = self.find(code, on)
        if found is None:
            return ()
        stated: dict[str, StatedRate] = {}
        for row in (found.row, *self._above(found.row)):
            columns = self._rates.get(row, {})
            new = [column for column in columns if column not in stated]
            provision = self.at(row) if new else found
            stated |= {column: StatedRate(column, columns[column], provision) for column in new}
        return tuple(stated.values())

    def units(self, code: str, on: date | None = None) -> tuple[str, ...]:
        """Return the units of a code: its own, or those of the nearest provision above it that has any."""
        path = self.path(code, on)
        return next((step.units for step in reversed(path) if step.units), ())

    def search(self, words: str, limit: int = 10, on: date | None = None) -> tuple[Found, ...]:
        """Return codes whose descriptions, or those above them, hold the words; the best first."""
        found = self._index.search(words)
        shown: list[Found] = []
        for row, score in found:
            provision = self.at(row)
            if provision.in_force(on):
                shown.append(Found(provision, score))
                if len(shown) == limit:
                    break
        return tuple(shown)

    def _above(self, row: int) -> Iterator[int]:
        above = self._parents[row]
        while above is not None:
            yield above
            above = self._parents[above]

    def _in_force(self, rows: list[int], on: date | None) -> tuple[Provision, ...]:
        return tuple(one for row in rows if (one := self.at(row)).in_force(on))

    def _rows_of(self, code: str) -> list[int]:
        """Return the rows of a code, or of the one provision that is spelt with more or fewer zeros."""
        bare = digits(code)
        if not bare or bare in self._rows:
            return self._rows.get(bare, [])
        return self._shorter(bare) or self._longer(bare)

    def _shorter(self, code: str) -> list[int]:
        """Return the rows of the leaf that a code only fills up with zeros."""
        while code.endswith("00") and len(code) > _HEADING_DIGITS:
            code = code[:-2]
            rows = self._rows.get(code)
            if rows is not None:
                return [] if any(self._children.get(row) for row in rows) else rows
        return []

    def _longer(self, code: str) -> list[int]:
        """Return the rows of the one provision that holds all codes beginning with this one."""
        if len(code) < _HEADING_DIGITS or len(code) % 2:
            return []
        at = bisect_left(self._sorted, code)
        if at == len(self._sorted) or not self._sorted[at].startswith(code):
            return []
        first = self._sorted[at]
        last = self._sorted[bisect_left(self._sorted, code + "~") - 1]
        within = self._sorted[at : bisect_left(self._sorted, first + "~")]
        return self._rows[first] if within[-1] == last else []
