"""Answers enquiries about duty by what a node holds: its administration's tables and the schedules loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.declarations.findings import Finding
from tidegate.node.schedules import NoScheduleError, Schedules
from tidegate.tariff import exchange_table
from tidegate.tariff.advice import Advice, advise
from tidegate.tariff.enquiries import Answer, answer
from tidegate.tariff.nomenclature import digits
from tidegate.tariff.schedule_tables import programmes, schedule_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from tidegate.node.installation import Node
    from tidegate.node.schedules import Loaded
    from tidegate.tariff.enquiries import Enquiry
    from tidegate.tariff.tables import TariffTables


OWN = "own"  # instead of a schedule's name: the administration's own tables, whatever is loaded
_HARMONIZED_DIGITS = 6  # a schedule without rates tells codes apart as far as this


class Desk:
    """Where enquiries are answered: each by the schedule that has its code, else by the administration."""

    def __init__(self, node: Node, schedule: str | None = None) -> None:
        self._own = node.administration.terms.tariff
        self._schedules = Schedules(node.journal)
        self._wanted = schedule
        self._tables: dict[int, TariffTables] = {}
        self._answering: dict[date, list[Loaded]] = {}

    def answer(self, enquiries: Sequence[Enquiry]) -> Iterator[Answer]:
        """Answer enquiries, in their order."""
        chosen = [self._choose(one) for one in enquiries]
        by_tables: dict[int | None, list[int]] = {}
        for place, (position, finding) in enumerate(chosen):
            if finding is None:
                by_tables.setdefault(position, []).append(place)
        answers: dict[int, Answer] = {}
        for position, places in by_tables.items():
            told = answer([enquiries[place] for place in places], self._tables_of(position))
            answers |= zip(places, told, strict=True)
        for place, (_, finding) in enumerate(chosen):
            yield answers[place] if finding is None else Answer(findings=(finding,))

    def advise(self, enquiry: Enquiry) -> Advice:
        """Advise on one enquiry."""
        position, finding = self._choose(enquiry)
        if finding is not None:
            return Advice(Answer(findings=(finding,)))
        name = next((one.act.schedule for one in self._on(enquiry.date) if one.position == position), "")
        return advise(enquiry, self._tables_of(position), programmes(name))

    def _tables_of(self, position: int | None) -> TariffTables:
        """Return the tables of the schedule at a position, read once; None is the administration."""
        if position is None:
            return self._own
        if position not in self._tables:
            loaded = next(one for one in self._schedules.loaded() if one.position == position)
            self._tables[position] = schedule_tables(
                self._schedules.tree(loaded).schedule, exchange_table([])
            )
        return self._tables[position]

    def _choose(self, enquiry: Enquiry) -> tuple[int | None, Finding | None]:
        """Return the position of the schedule that answers (None: the administration), or a finding."""
        loaded = self._on(enquiry.date)
        code = digits(enquiry.code)
        for one in loaded:
            if _has_rates(one) and self._schedules.tree(one).find(code, enquiry.date) is not None:
                return one.position, None
        if not loaded or any(self._knows(one, code, enquiry.date) for one in loaded):
            return None, None
        expired = any(self._schedules.tree(one).known(code) for one in loaded)
        why = "is not in force on" if expired else "stands in no schedule that holds on"
        names = ", ".join(one.act.schedule for one in loaded)
        text = (
            f"{enquiry.code} {why} {enquiry.date} ({names}). Look the goods up in the tariff, and take their "
            "code in full."
        )
        return None, Finding("TG-CODE", "code", text, "warning")

    def _knows(self, loaded: Loaded, code: str, day: date) -> bool:
        """Tell whether a schedule without rates has the subheading of a code."""
        if _has_rates(loaded):
            return False
        near = self._schedules.tree(loaded).nearest(code, day)
        return near is not None and len(near.code) >= _HARMONIZED_DIGITS

    def _on(self, day: date) -> list[Loaded]:
        if self._wanted == OWN:
            return []
        if day not in self._answering:
            try:
                self._answering[day] = self._schedules.in_force(day, self._wanted)
            except NoScheduleError:
                if self._wanted is not None:
                    raise
                self._answering[day] = []
        return self._answering[day]


def _has_rates(loaded: Loaded) -> bool:
    return any(column.strings for column in loaded.act.columns)
