"""The rates of a loaded schedule as the tables that an assessment works by.

The column ``general`` is for everybody, ``special`` for the programmes it names, ``other`` for the countries
that a row ``column 2`` of ``programmes.csv`` names. What a text says is read by the rates language; a
text that has no rate of its own stays a measure that cannot be reckoned with, and says why.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from tidegate.tariff.components import COMPONENT_COLUMNS, Reckonable, base_unit, of_components
from tidegate.tariff.measures import MEASURE_COLUMNS, Measures, components_of
from tidegate.tariff.rates import Rate, UnreadRate, print_rate, read_rate
from tidegate.tariff.rates.units import unit_code
from tidegate.tariff.rules import group_rows
from tidegate.tariff.tables import GROUP_COLUMNS, TariffTables, Tax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.tariff.nomenclature import Schedule

DUTY = "duty"
COLUMN_TWO = "column 2"
EVERYBODY = "*"  # instead of origins: a programme that asks for no origin
_FURTHER_DUTY = re.compile(r"\b99\d\d\.")  # a note that leads to the chapter of additional duties
_COLUMNS = ("general", "special", "other")
_TABLE = Path(__file__).parent / "programmes.csv"


class Programme(msgspec.Struct, frozen=True):
    """A preference programme of a schedule: whom it covers, and the proof of origin it takes."""

    schedule: str
    programme: str
    name: str
    origins: tuple[str, ...]
    proof: str
    source: str


class _Granted(NamedTuple):
    kind: str
    origin: str | None
    preference: str | None
    rate: Reckonable


def programmes(schedule: str) -> dict[str, Programme]:
    """Return the programmes of a schedule that are described, by their code."""
    return {
        row["programme"]: Programme(
            schedule,
            row["programme"],
            row["name"],
            tuple(row["origins"].split()),
            row["proof"],
            row["source"],
        )
        for row in _rows(schedule)
    }


def schedule_tables(schedule: Schedule, exchange: pl.DataFrame) -> TariffTables:
    """Return the tables of one schedule: one tax, ``duty``, in the currency of the schedule.

    Its customs value leaves out freight and insurance to the border, and ``exchange`` are rates to its
    currency; where there are none, only values in that currency can be assessed.
    """
    described = programmes(schedule.name)
    groups = [
        {"group": _group(schedule.name, row["programme"]), "country": country, **_days(row)}
        for row in _rows(schedule.name)
        for country in row["origins"].split()
    ]
    return TariffTables(
        currency=schedule.currency,
        minor_digits=2,
        taxes=(Tax(type=DUTY, name="duty", duty=True),),
        due_procedures=frozenset({"40"}),
        measures=_measures(schedule, described),
        exchange=exchange,
        groups=pl.DataFrame(groups, schema=GROUP_COLUMNS),
        default_preference="100",
        value_basis="FOB",
    )


def _rows(schedule: str) -> list[dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["schedule"] == schedule]


def _days(row: dict[str, str]) -> dict[str, object]:
    days = group_rows([{"group": "", "country": "", "from": row["from"], "until": row["until"]}])[0]
    return {name: days[name] for name in ("group_from", "group_until")}


def _group(schedule: str, programme: str) -> str:
    return f"{schedule}:{programme}"


def _measures(schedule: Schedule, described: dict[str, Programme]) -> Measures:
    measures: list[dict[str, object]] = []
    parts: list[dict[str, object]] = []
    dates = {"measure_from": schedule.valid_from or date.min, "measure_until": schedule.valid_until}
    cells = schedule.rates.filter(pl.col("column").is_in(_COLUMNS) & (pl.col("code") != ""))
    for code, column, text in cells.select("code", "column", "text").iter_rows():
        for granted in _granted(schedule, described, column, text):
            number = len(measures) + 1
            measures.append(_measure(number, code, granted, column, schedule) | dates)
            parts += components_of(number, granted.rate)
    for kind, code, text in (*_units(schedule), *_notes(schedule)):
        granted = _Granted(kind, None, None, Reckonable(text, cannot="it is not charged"))
        measures.append(_measure(len(measures) + 1, code, granted, kind, schedule) | dates)
    return Measures(
        pl.DataFrame(measures, schema=MEASURE_COLUMNS), pl.DataFrame(parts, schema=COMPONENT_COLUMNS)
    )


def _granted(
    schedule: Schedule, described: dict[str, Programme], column: str, text: str
) -> Iterator[_Granted]:
    """Yield what a cell grants, and to whom."""
    for programme, rate in _groups(text, schedule.currency):
        if programme is None:
            if column == "special":
                continue
            origin = _group(schedule.name, COLUMN_TWO) if column == "other" else None
            if column == "general" or COLUMN_TWO in described:
                yield _Granted("duty", origin, None, rate)
        else:
            # A programme that is not described, or whose countries are not, is granted to nobody.
            everybody = programme in described and described[programme].origins == (EVERYBODY,)
            origin = None if everybody else _group(schedule.name, programme)
            yield _Granted("preference", origin, programme, rate)


@lru_cache(maxsize=50_000)
def _groups(text: str, currency: str) -> tuple[tuple[str | None, Reckonable], ...]:
    """Return for each programme (None: everybody) the rate it has; texts repeat, so they are read once."""
    return tuple(_read_groups(text, currency))


def _read_groups(text: str, currency: str) -> Iterator[tuple[str | None, Reckonable]]:
    read = read_rate(text, currency)
    if isinstance(read, UnreadRate):
        yield None, Reckonable(text, cannot=read.message)
        return
    for named, components in read.groups():
        bare = tuple(msgspec.structs.replace(one, programmes=()) for one in components)
        rate = of_components(bare, print_rate(Rate(bare), currency))
        for programme in named or (None,):
            yield programme, rate


def _notes(schedule: Schedule) -> Iterator[tuple[str, str, str]]:
    """Yield each code with the notes that lead to additional duties."""
    for code, notes in schedule.codes.select("code", "notes").iter_rows():
        for note in notes or ():
            if code and _FURTHER_DUTY.search(note["text"]):
                yield "note", code, note["text"]


def _units(schedule: Schedule) -> Iterator[tuple[str, str, str]]:
    """Yield each code with its supplementary unit: the first that is no mass."""
    for code, words in schedule.codes.select("code", "units").iter_rows():
        units = [unit_code(word) or word for word in words or () if word != "X"]
        counted = [unit for unit in units if base_unit(unit)[0] != "KGM"]
        if code and counted:
            yield "supplementary_unit", code, counted[0]


def _measure(number: int, code: str, granted: _Granted, column: str, schedule: Schedule) -> dict[str, object]:
    share, whole = granted.rate.share or (None, None)
    return {
        "measure": number,
        "kind": granted.kind,
        "tax": DUTY if column in _COLUMNS else "",
        "prefix": code,
        "for_origin": granted.origin,
        "not_origins": [],
        "for_preference": granted.preference,
        "for_codes": [],
        "for_quota": None,
        "certificate": None,
        "rate_text": granted.rate.text,
        "share": share,
        "whole": whole,
        "cannot": granted.rate.cannot,
        "undated": False,
        "source": f"{schedule.name} {schedule.edition}, column {column}".replace(" ,", ","),
    }
