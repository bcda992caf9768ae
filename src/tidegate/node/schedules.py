"""The schedules a node works by: loading one is an official act, and its tables are attachments of it.

Which edition answers on a day: of those loaded that hold on it, the one whose days begin last, and of several
that begin together the one loaded last. An edition without a stated beginning holds from ever.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.acts import RateColumn, TariffLoaded, decode
from tidegate.journal import Append, Conflict, Draft, Key
from tidegate.tariff.nomenclature import Judged, Nomenclature, Schedule, judge_rates

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.journal import Journal

ALL_SCHEDULES = Key("tariff:schedules")
ALWAYS_TOLD = ("general", "special")  # columns that are counted even where they are empty
_READ_AT_ONCE = 1_000


class NoScheduleError(Exception):
    """No schedule is loaded that could answer; fields: schedule, on."""

    code = "no_schedule"

    def __init__(self, text: str, schedule: str | None, on: date | None) -> None:
        super().__init__(text)
        self.schedule = schedule
        self.on = on


class Loaded(msgspec.Struct, frozen=True):
    """An edition that is loaded: the act, and its position in the journal."""

    position: int
    act: TariffLoaded

    def holds(self, on: date) -> bool:
        """Whether this edition holds on a day."""
        begun = self.act.start is None or self.act.start <= on
        return begun and (self.act.until is None or on <= self.act.until)


class Schedules:
    """The schedules in a journal. Tables that were read once are kept."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._trees: dict[tuple[str, str], Nomenclature] = {}

    def load(self, schedule: Schedule, occurred: datetime, author: str) -> tuple[Loaded, Judged]:
        """Record a schedule as loaded, with its tables; returns the act and what became of its rate texts."""
        judged = judge_rates(schedule)
        codes, rates = self._journal.attach([_parquet(schedule.codes), _parquet(schedule.rates)])
        act = TariffLoaded(
            schedule=schedule.name,
            edition=schedule.edition,
            currency=schedule.currency,
            start=schedule.valid_from,
            until=schedule.valid_until,
            rows=schedule.codes.height,
            codes=schedule.codes.filter(pl.col("code") != "")["code"].n_unique(),
            columns=_columns(judged),
            source=schedule.source,
            codes_table=codes,
            rates_table=rates,
        )
        draft = Draft(
            kind=act.KIND,
            version=act.VERSION,
            occurred=occurred,
            author=Key(author, personal=True),
            keys=(ALL_SCHEDULES, Key(f"tariff:{schedule.name}")),
            body=act.encode(),
            attachments=(codes, rates),
        )
        answer = self._journal.append([Append((draft,))])[0]
        assert not isinstance(answer, Conflict), "an append without conditions has no conflict"
        return Loaded(answer.positions[0], act), judged

    def loaded(self) -> list[Loaded]:
        """Return every edition that was loaded, in the order of the journal."""
        found: list[Loaded] = []
        start = 0
        while True:
            entries = self._journal.about(ALL_SCHEDULES, start, _READ_AT_ONCE)
            for entry in entries:
                if entry.body is not None and entry.kind == TariffLoaded.KIND:
                    act = decode(entry.kind, entry.version, entry.body)
                    assert isinstance(act, TariffLoaded)
                    found.append(Loaded(entry.position, act))
            if len(entries) < _READ_AT_ONCE:
                return found
            start = entries[-1].position + 1

    def in_force(self, on: date, name: str | None = None) -> list[Loaded]:
        """Return the edition of each schedule that answers on a day, the one loaded last first.

        Raises:
            NoScheduleError: nothing is loaded, nothing of that name, or nothing that holds on the day.
        """
        answering: dict[str, Loaded] = {}
        named = [one for one in self.loaded() if name in (None, one.act.schedule)]
        for one in sorted(named, key=lambda one: (one.act.start or date.min, one.position)):
            if one.holds(on):
                answering[one.act.schedule] = one
        if not answering:
            raise NoScheduleError(_why_none(named, on, name), name, on)
        return sorted(answering.values(), key=lambda one: -one.position)

    def tree(self, loaded: Loaded) -> Nomenclature:
        """Return the nomenclature of an edition, read from the attachments of its act."""
        act = loaded.act
        key = (act.codes_table, act.rates_table)
        if key not in self._trees:
            codes, rates = (pl.read_parquet(BytesIO(self._journal.attachment(digest))) for digest in key)
            self._trees[key] = Nomenclature(
                Schedule(
                    act.schedule, codes, rates, act.edition, act.currency, act.start, act.until, act.source
                )
            )
        return self._trees[key]


def _why_none(named: list[Loaded], on: date, name: str | None) -> str:
    what = "No schedule" if name is None else f"No schedule {name}"
    if not named:
        return f"{what} is loaded here. Load one: tidegate tariff load."
    days = ", ".join(f"{one.act.start or '…'} to {one.act.until or '…'}" for one in named)
    return f"{what} holds on {on}; those loaded hold {days}."


def _columns(judged: Judged) -> tuple[RateColumn, ...]:
    told = dict.fromkeys([*ALWAYS_TOLD, *judged.columns])
    return tuple(
        RateColumn(column, found.strings, found.read, found.reference, found.unread)
        if (found := judged.columns.get(column)) is not None
        else RateColumn(column, 0, 0, 0, 0)
        for column in told
    )


def _parquet(frame: pl.DataFrame) -> bytes:
    """Return a frame as Parquet, not compressed: the journal compresses attachments whole."""
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="uncompressed")
    return buffer.getvalue()
