"""A plain CSV that any administration can produce: code, description, and what else it knows of each code."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from tidegate.tariff.nomenclature.building import Rows, checked_code, checked_once, digest_of
from tidegate.tariff.nomenclature.model import BadScheduleError, Schedule
from tidegate.tariff.nomenclature.sheet import read_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REQUIRED = ("code", "description")
OPTIONAL = ("unit", "from", "until", "parent", "rate")
RATE_PREFIX = "rate:"  # a column "rate:preference" holds the rates of a column called preference
GENERAL = "general"


class _Record(msgspec.Struct, frozen=True):
    """A row as it was read, before it has a place in the tree."""

    place: str
    code: str
    description: str
    parent: str
    units: tuple[str, ...]
    valid: tuple[date | None, date | None]
    rates: dict[str, str]


def read_plain(
    path: Path,
    name: str,
    *,
    edition: str = "",
    currency: str = "USD",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Schedule:
    """Read a schedule from a plain CSV.

    Columns: ``code`` and ``description``; where known also ``unit`` (several parted by semicolons), ``from``
    and ``until`` (ISO dates, empty where open), ``parent`` (a code; without it a code lies below its longest
    beginning), ``rate`` and ``rate:NAME`` (rates as text, in columns called ``general`` and NAME).

    Raises:
        BadScheduleError: the file is not as it should be.
        OSError: it cannot be read.
    """
    records = [
        _record(path.name, number, row)
        for number, row in enumerate(read_sheet(path, REQUIRED, OPTIONAL, prefix=RATE_PREFIX), start=1)
    ]
    codes, rates = _Placing(path.name, records).rows.frames()
    checked_once(codes, path.name)
    return Schedule(name, codes, rates, edition, currency, valid_from, valid_until, digest_of([path]))


def _record(source: str, number: int, row: dict[str, str]) -> _Record:
    place = f"row {number}"
    parent = row.get("parent", "").strip()
    valid = _date(row.get("from", ""), source, place), _date(row.get("until", ""), source, place)
    if None not in valid and valid[0] > valid[1]:  # type: ignore[operator]  # neither is None, as just asked
        raise BadScheduleError(source, place, f"it ends on {valid[1]}, before it begins on {valid[0]}")
    return _Record(
        place=place,
        code=checked_code(row["code"], source, place),
        description=" ".join(row["description"].split()),
        parent=checked_code(parent, source, place) if parent else "",
        units=tuple(unit.strip() for unit in row.get("unit", "").split(";") if unit.strip()),
        valid=valid,
        rates=dict(_rates(row)),
    )


def _rates(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    for column, text in row.items():
        if column == "rate":
            yield GENERAL, text
        elif column.startswith(RATE_PREFIX):
            yield column.removeprefix(RATE_PREFIX), text


def _date(stated: str, source: str, place: str) -> date | None:
    if not stated.strip():
        return None
    try:
        return date.fromisoformat(stated.strip())
    except ValueError:
        raise BadScheduleError(source, place, f"{stated!r} is no date like 2026-01-31") from None


class _Placing:
    """Places each record after its parent, wherever the parent stands in the file."""

    def __init__(self, source: str, records: list[_Record]) -> None:
        self.rows = Rows()
        self._source = source
        self._by_code: dict[str, list[_Record]] = {}
        self._placed: dict[str, int] = {}  # by the record's place in the file
        for record in records:
            self._by_code.setdefault(record.code, []).append(record)
        for record in records:
            self._place(record)

    def _place(self, record: _Record) -> int:
        """Place the records above it that are not yet there, then itself; returns its row."""
        chain = [record]
        while chain[-1].place not in self._placed:
            above = self._above(chain[-1])
            if above is None:
                break
            if any(above.place == one.place for one in chain):
                raise BadScheduleError(self._source, record.place, f"{record.code} lies below itself")
            chain.append(above)
        parent = self._placed.get(chain[-1].place)
        for one in reversed(chain if parent is None else chain[:-1]):
            parent = self.rows.add(
                one.code, one.description, parent=parent, units=one.units, valid=one.valid, rates=one.rates
            )
            self._placed[one.place] = parent
        assert parent is not None
        return parent

    def _above(self, record: _Record) -> _Record | None:
        """Return the record a record lies below: the one in force when it begins, else the last there is."""
        code = record.parent or next(
            (
                record.code[:end]
                for end in range(len(record.code) - 1, 0, -1)
                if record.code[:end] in self._by_code
            ),
            "",
        )
        if not code:
            return None
        if code not in self._by_code:
            raise BadScheduleError(self._source, record.place, f"the parent {code} is in no row")
        begin = record.valid[0] or date.min
        held = [
            one
            for one in self._by_code[code]
            if (one.valid[0] or date.min) <= begin <= (one.valid[1] or date.max)
        ]
        return (held or self._by_code[code])[-1]
