"""Carriers beside a living world: entries before arrival, journeys, and what comes of them, as time runs."""

from __future__ import annotations

import heapq
import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tidegate.entry import EntryRefusedError
from tidegate.node.ens_rehearsing import CarrierStage, Deed, NotTakenError, deeds_of
from tidegate.simulation.carriage import carrier_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidegate.node.installation import Node

KEPT = "carriers.json"
_AHEAD = 3  # days after today whose journeys are under way already
_BEFORE = 1  # days before today whose journeys are played when a world is begun
_AT_ONCE = 12  # deeds in one step, so that trade does not wait long
_NOT_FOUND = frozenset({"unknown", "not_allowed", "conflict"})


class Carriers:
    """Plays days of carriers, each journey at its time; what is behind is done a few deeds a step.

    ``settle`` has what was recorded answered. After a stop the days that were begun are played on: what was
    done of them is known by the moment until which they were played.
    """

    def __init__(self, node: Node, seed: int, consignments: int, settle: Callable[[], object]) -> None:
        """Take the node, the world's seed, and how many consignments arrive a day."""
        self._node = node
        self._seed = seed
        self._consignments = consignments
        self._settle = settle
        self._stages: dict[date, CarrierStage] = {}
        self._due: list[tuple[datetime, Deed, date, int]] = []
        self._numbers: dict[str, dict[str, str]] = {}
        self._done: datetime | None = None
        self._read()

    def play(self, until: datetime) -> None:
        """Do what is due by a moment, a part of it where it is much."""
        first = until.date() - timedelta(days=_BEFORE)
        for place in range(_BEFORE + _AHEAD + 1):
            self._plan(first + timedelta(days=place))
        done = 0
        while self._due and self._due[0][0] <= until and done < _AT_ONCE:
            when, deed, on, number = heapq.heappop(self._due)
            self._do(when, deed, on, number)
            self._done = max(when, self._done or when)
            done += 1
        if done:
            self._forget(first)
            self._keep()

    def _plan(self, on: date) -> None:
        if on in self._stages:
            return
        day = carrier_day(self._seed, on, self._consignments)
        stage = CarrierStage(self._node, day, self._settle)
        known = self._numbers.pop(on.isoformat(), {})
        stage.numbers = {int(number): mrn for number, mrn in known.items()}
        self._stages[on] = stage
        for when, deed, number in deeds_of(day):
            if not known or self._done is None or when > self._done:
                heapq.heappush(self._due, (when, deed, on, number))

    def _do(self, when: datetime, deed: Deed, on: date, number: int) -> None:
        stage = self._stages[on]
        if deed in ("amend", "divert", "control") and number not in stage.numbers:
            return  # it was lodged before this world was stopped, or not at all
        try:
            stage.do(when, deed, number)
        except EntryRefusedError as refused:
            if refused.code not in _NOT_FOUND:
                raise
            # Somebody was first, or it was refused; theirs counts.
        except NotTakenError:
            return  # it was sent just before this world was stopped

    def _forget(self, first: date) -> None:
        planned = {on for _, _, on, _ in self._due}
        self._stages = {on: stage for on, stage in self._stages.items() if on >= first or on in planned}

    def _keep(self) -> None:
        kept = {
            "done": self._done.isoformat() if self._done else None,
            "numbers": {on.isoformat(): stage.numbers for on, stage in self._stages.items()},
        }
        path = self._node.folder / KEPT
        path.with_suffix(".new").write_text(json.dumps(kept), encoding="utf-8")
        path.with_suffix(".new").rename(path)

    def _read(self) -> None:
        path = self._node.folder / KEPT
        if path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            self._done = datetime.fromisoformat(kept["done"]) if kept["done"] else None
            self._numbers = kept["numbers"]
