"""Aiming: what a model and a memory make of goods items as of the start of a day.

The memory has what lay in the journal before the day, and nothing of it: items of one day do not see each
other, so it does not matter which of them come in one batch.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.risk.explaining import Account, accounts
from tidegate.risk.history import start_of
from tidegate.risk.models import inputs
from tidegate.risk.novelty import strangeness

if TYPE_CHECKING:
    from datetime import date

    from tidegate.risk.artefact import Artefact
    from tidegate.risk.memory import Memory

_TOLD_FROM = 0.10  # the share of declarations, of highest likelihood, whose reasons are worked out
MOST_ACCOUNTS = 3


class Looked(msgspec.Struct, frozen=True):
    """What was made of one declaration: the highest likelihood and strangeness of its items, and why.

    ``likelihood`` is None without a model. ``accounts`` are of the likeliest item, where it is likely.
    """

    likelihood: float | None
    strangeness: float
    item: int
    accounts: tuple[Account, ...] = ()


class Aim:
    """A memory as of a day, and perhaps a model over it."""

    def __init__(
        self, memory: Memory, day: date, artefact: Artefact | None = None, *, bar: float | None = None
    ) -> None:
        """Take a memory in which everything before the day was learned; it is settled at the day.

        Whatever reaches the ``bar`` is given reasons; so is what is among the likeliest without one.
        """
        memory.settle(memory.epoch_of(day))
        self.memory = memory
        self.day = day
        self.artefact = artefact
        self._told_from = math.inf
        if artefact is not None:
            likeliest = artefact.bar(_TOLD_FROM)
            self._told_from = likeliest if bar is None else min(bar, likeliest)

    def look(self, items: pl.DataFrame) -> dict[str, Looked]:
        """Return what is made of each declaration, by its name.

        ``items`` are goods items as they are stated; their own moments do not matter, the aim's day does.
        """
        if items.is_empty():
            return {}
        items = items.with_columns(pl.lit(start_of(self.day)).alias("occurred"))
        matrix = inputs(self.memory, items)
        strange = strangeness(self.memory, matrix)
        likely = self.artefact.model.score(matrix).round(6) if self.artefact is not None else None
        best: dict[str, int] = {}
        strangest: dict[str, float] = {}
        for place, name in enumerate(items["declaration"].to_list()):
            strangest[name] = max(strangest.get(name, 0.0), float(strange[place]))
            if name not in best or (likely is not None and likely[place] > likely[best[name]]):
                best[name] = place
        numbers = items["item"].to_list()
        looked = {}
        for name, place in best.items():
            chance = None if likely is None else float(likely[place])
            why: tuple[Account, ...] = ()
            if self.artefact is not None and chance is not None and chance >= self._told_from:
                why = accounts(self.artefact, items[place], matrix[place], MOST_ACCOUNTS)
            looked[name] = Looked(chance, strangest[name], int(numbers[place]), why)
        return looked
