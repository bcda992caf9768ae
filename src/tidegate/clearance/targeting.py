"""What the responder keeps to aim by: what stands, the journal's day, and what was declared and found before.

What was lodged, and what controls found, is kept under the journal's day (`past.py`); the memory that aims on
a day has everything before it. So a decision depends on the declaration and its position alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from tidegate.acts import (
    DeclarationLodged,
    Erased,
    decode,
)
from tidegate.clearance.past import PAST, day_of, forgotten, lapsed, learn
from tidegate.journal import AttachmentMissingError
from tidegate.risk import Policy, Weighed
from tidegate.risk.aiming import Aim
from tidegate.risk.artefact import Artefact, read_artefact
from tidegate.risk.memory import DEFAULT_PLAN, Memory, Plan
from tidegate.risk.standing import TARGETING_KINDS, Standing, standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import apsw
    import polars as pl

    from tidegate.clearance.decision import Terms
    from tidegate.journal import Entry, Journal
    from tidegate.risk.aiming import Looked

TARGETING_TABLES = (
    PAST
    + """
CREATE TABLE standing (
    n INTEGER PRIMARY KEY, kind TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,
    attachments TEXT NOT NULL
);
"""
)
_BAR_DAYS = timedelta(days=28)
_BAR_FROM = 300  # declarations scored by a model, from which on they say how it scores


class Sights(msgspec.Struct, frozen=True):
    """What decisions of one day go by: what stands, the bar, and the aim where something needs one."""

    policy: Policy
    aim: Aim | None = None
    model: str = ""
    bar: float | None = None
    lapsed: frozenset[str] = frozenset()

    def look(self, items: pl.DataFrame) -> dict[str, Looked]:
        """Return what the aim makes of each declaration; nothing where there is none."""
        return self.aim.look(items) if self.aim is not None else {}

    def weighed(self, looked: Looked | None, trader: str | None) -> Weighed:
        """Return what selection needs to know of a declaration."""
        spared = trader is not None and trader in self.policy.trusted and trader not in self.lapsed
        if looked is None:
            return Weighed(spared=spared)
        return Weighed(looked.likelihood, looked.strangeness, self.bar, spared)


class Targeting:
    """Folds acts about targeting and what was declared and found, and aims on the journal's day.

    Memory and model are kept between batches for speed: they are made anew from the tables whenever these
    were made anew or have forgotten something.
    """

    def __init__(self, terms: Terms, journal: Journal) -> None:
        """Take the terms that the administration ships; of the journal, only attachments are used."""
        self._terms = terms
        self._journal = journal
        self._shipped = Standing(terms.profiles, terms.policy)
        self._memory: tuple[Plan, int, date, Memory] | None = None
        self._artefacts: dict[str, Artefact] = {}
        self._bar_held: tuple[tuple[str, float, date, int], float] | None = None

    def runs(self, entries: Sequence[Entry], tables: apsw.Connection) -> Iterator[tuple[Entry, ...]]:
        """Cut entries into runs of one day and one standing; the tables are moved on before each run.

        Acts about targeting are folded here and are in no run of their own.
        """
        run: list[Entry] = []
        for entry in entries:
            alone = entry.kind in TARGETING_KINDS or entry.kind == Erased.KIND
            begins = self._begins(entry, tables)
            if run and (alone or begins):
                yield tuple(run)
                run = []
            if entry.kind in TARGETING_KINDS:
                fold_standing(entry, tables)
                continue
            if begins:
                tables.execute("UPDATE epoch SET day = ?", (entry.occurred.date().isoformat(),))
            run.append(entry)
            if alone:
                yield tuple(run)
                run = []
        if run:
            yield tuple(run)

    @staticmethod
    def _begins(entry: Entry, tables: apsw.Connection) -> bool:
        """Tell whether an entry begins a day."""
        if entry.kind != DeclarationLodged.KIND:
            return False
        day = day_of(tables)
        return day is None or entry.occurred.date() > day

    def terms(self, tables: apsw.Connection) -> Terms:
        """Return the terms with the profiles and the policy that stand."""
        stands = self.stands(tables)
        return msgspec.structs.replace(self._terms, profiles=stands.profiles, policy=stands.policy)

    def stands(self, tables: apsw.Connection) -> Standing:
        """Return what stands now."""
        rows = tables.execute("SELECT kind, version, body, attachments FROM standing ORDER BY n")
        acts = [(decode(kind, version, body), tuple(told.split())) for kind, version, body, told in rows]
        return standing(acts, self._shipped)

    def sights(self, tables: apsw.Connection) -> Sights:
        """Return what decisions of the journal's day go by."""
        stands, day = self.stands(tables), day_of(tables)
        policy = stands.policy
        if day is None:
            return Sights(policy)
        champion = stands.champion(day)
        artefact = self._artefact(champion.artefact) if champion is not None else None
        if artefact is None and not policy.exploring_share:
            return Sights(policy)
        plan = artefact.plan if artefact is not None else DEFAULT_PLAN
        name = champion.name if champion is not None and artefact is not None else ""
        bar = None
        if artefact is not None and policy.targeted_share:
            bar = self._bar(name, artefact, policy.targeted_share, day, tables)
        aim = Aim(self._remembered(plan, day, tables), day, artefact, bar=bar)
        return Sights(policy, aim, name, bar, lapsed(tables, day) if policy.trusted else frozenset())

    def _bar(self, model: str, artefact: Artefact, share: float, day: date, tables: apsw.Connection) -> float:
        """Return the likelihood from which a share of declarations is targeted on a day.

        It is what this share reached of those that the same model scored in the weeks before the day; while
        they are few, what it reached when the model was trained.
        """
        key = (model, share, day, forgotten(tables))
        if self._bar_held is None or self._bar_held[0] != key:
            rows = tables.execute(
                "SELECT likelihood FROM past WHERE day >= ? AND day < ? AND model = ? "
                "AND likelihood IS NOT NULL",
                ((day - _BAR_DAYS).isoformat(), day.isoformat(), model),
            )
            scored = [likelihood for (likelihood,) in rows]
            enough = len(scored) >= _BAR_FROM
            bar = float(np.quantile(scored, 1 - share)) if enough else artefact.bar(share)
            self._bar_held = (key, round(bar, 6))
        return self._bar_held[1]

    def _artefact(self, attachment: str) -> Artefact | None:
        """Return a model by its attachment; None where that was erased."""
        if attachment not in self._artefacts:
            try:
                self._artefacts = {attachment: read_artefact(self._journal.attachment(attachment))}
            except AttachmentMissingError:
                return None
        return self._artefacts[attachment]

    def _remembered(self, plan: Plan, day: date, tables: apsw.Connection) -> Memory:
        """Return a memory of everything before a day, made further from the one that was kept."""
        count, held = forgotten(tables), self._memory
        if held is None or held[:2] != (plan, count) or held[2] > day:
            memory, since = Memory(plan), date.min
        else:
            memory, since = held[3], held[2]
        if since < day:
            learn(memory, tables, since, day)
        self._memory = (plan, count, day, memory)
        return memory


def fold_standing(entry: Entry, tables: apsw.Connection) -> None:
    """Keep an act about targeting; where its body was erased there is nothing to keep."""
    if entry.body is not None:
        (count,) = tables.execute("SELECT count(*) FROM standing").fetchone() or (0,)
        row = (count, entry.kind, entry.version, entry.body, " ".join(entry.attachments))
        tables.execute("INSERT INTO standing VALUES (?, ?, ?, ?, ?)", row)
