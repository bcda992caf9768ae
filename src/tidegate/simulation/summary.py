"""What a world amounted to: volumes, schemes and truth, in numbers that can be added up."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.simulation.campaigns import BOLD, CAREFUL, MOVED

if TYPE_CHECKING:
    from tidegate.simulation.frames import Frames


_PHASES = {BOLD: "bold", CAREFUL: "careful", MOVED: "moved on"}


class SchemeSummary(msgspec.Struct, frozen=True):
    """One scheme: its declarations by phase, its campaigns, its operator numbers, what it evaded."""

    declarations: int
    by_phase: dict[str, int]
    campaigns: int
    operators: int
    evaded: Decimal


class Summary(msgspec.Struct, frozen=True):
    """What a span of a world held.

    Amounts are in accounting currency. ``files`` are names and SHA-256 digests of what was written.
    """

    seed: int
    start: date
    days: int
    declarations: int
    items: int
    value: Decimal
    by_administration: dict[str, int]
    by_month: dict[str, int]
    schemes: dict[str, SchemeSummary]
    mistakes: dict[str, int]
    flaws: dict[str, int]
    irregular: int
    evaded: Decimal
    files: dict[str, str] = {}


class Tally:
    """Adds frames up, part by part, into a Summary."""

    def __init__(self, seed: int, start: date, days: int) -> None:
        self._of = (seed, start, days)
        self._items = self._value = self._evaded = 0
        self._administrations: Counter[str] = Counter()
        self._months: Counter[str] = Counter()
        self._mistakes: Counter[str] = Counter()
        self._flaws: Counter[str] = Counter()
        self._irregular = 0
        self._schemes: list[pl.DataFrame] = []

    def add(self, frames: Frames) -> None:
        """Add what frames hold; a declaration must not be cut in two."""
        stated, truth = frames
        heads = truth.with_columns(stated["occurred"], stated["importer"], stated["exporter"]).filter(
            pl.col("item") == 1
        )
        self._items += len(truth)
        self._value += int(stated["statistical_amount"].sum())
        self._evaded += int(truth["evaded"].sum())
        self._irregular += truth.filter("irregular")["declaration"].n_unique()
        month = heads.select(pl.col("occurred").dt.strftime("%Y-%m")).to_series()
        for counter, column in (
            (self._administrations, heads["administration"]),
            (self._months, month),
            (self._mistakes, heads["mistake"].drop_nulls()),
            (self._flaws, heads["flaw"].drop_nulls()),
        ):
            counter.update(dict(column.value_counts().iter_rows()))
        operator = pl.coalesce("importer", "exporter").alias("operator")
        schemed = heads.filter(pl.col("scheme").is_not_null())
        self._schemes.append(schemed.select("scheme", "campaign", "phase", "evaded", operator))

    def summary(self, files: dict[str, str] | None = None) -> Summary:
        """Return the sum of all that was added."""
        seed, start, days = self._of
        return Summary(
            seed=seed,
            start=start,
            days=days,
            declarations=self._administrations.total(),
            items=self._items,
            value=Decimal(self._value) / 1000,
            by_administration=_sorted(self._administrations),
            by_month=_sorted(self._months),
            schemes=self._by_scheme(),
            mistakes=_sorted(self._mistakes),
            flaws=_sorted(self._flaws),
            irregular=self._irregular,
            evaded=Decimal(self._evaded) / 1000,
            files=files or {},
        )

    def _by_scheme(self) -> dict[str, SchemeSummary]:
        if not self._schemes:
            return {}
        found = {}
        for (scheme,), rows in pl.concat(self._schemes).partition_by("scheme", as_dict=True).items():
            phases = dict(rows["phase"].value_counts().iter_rows())
            found[str(scheme)] = SchemeSummary(
                declarations=len(rows),
                by_phase={name: phases.get(place, 0) for place, name in _PHASES.items()},
                campaigns=rows["campaign"].n_unique(),
                operators=rows["operator"].n_unique(),
                evaded=Decimal(int(rows["evaded"].sum())) / 1000,
            )
        return dict(sorted(found.items()))


def _sorted(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items()))
