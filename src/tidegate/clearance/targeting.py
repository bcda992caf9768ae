"""What the responder keeps to aim by: what stands, the journal's day, and what was declared and found before.

The journal's day is the latest legal day of a lodging so far: it never goes back, and is a function of the
position. What was lodged, and what controls found, is remembered under the journal's day; the memory that
aims on a day has everything before it. So a decision depends on the declaration and its position alone.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import apsw
import msgspec

from tidegate.acts import Act, ControlRecorded, DeclarationLodged, DeclarationRejected, Erased, decode
from tidegate.journal import AttachmentMissingError
from tidegate.risk import Policy, Weighed
from tidegate.risk.aiming import Aim
from tidegate.risk.artefact import Artefact, read_artefact
from tidegate.risk.history import Past, trader_of, unpacked
from tidegate.risk.memory import DEFAULT_PLAN, Memory, Plan
from tidegate.risk.standing import TARGETING_KINDS, Standing, standing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    import polars as pl

    from tidegate.clearance.decision import Terms
    from tidegate.clearance.judging import Judged
    from tidegate.journal import Entry, Journal
    from tidegate.risk.aiming import Looked

TARGETING_TABLES = """
CREATE TABLE standing (
    n INTEGER PRIMARY KEY, kind TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,
    attachments TEXT NOT NULL
);
CREATE TABLE past (
    mrn TEXT PRIMARY KEY, day TEXT NOT NULL, known TEXT, irregular INTEGER, trader TEXT, items BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX past_by_day ON past (day);
CREATE INDEX past_by_known ON past (known) WHERE known IS NOT NULL;
CREATE TABLE epoch (one INTEGER PRIMARY KEY CHECK (one = 1), day TEXT, forgotten INTEGER NOT NULL);
INSERT INTO epoch VALUES (1, NULL, 0);
"""
NAME = "clearance"  # of the responder whose tables these are
_PATIENCE_MS = 10_000
_AT_ONCE = 20_000  # declarations learned in one go


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
        aim = Aim(self._remembered(plan, day, tables), day, artefact)
        bar = artefact.bar(policy.targeted_share) if artefact is not None and policy.targeted_share else None
        lapsed = _lapsed(tables, day) if policy.trusted else frozenset()
        return Sights(policy, aim, champion.name if champion is not None and artefact else "", bar, lapsed)

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
        (forgotten,) = tables.execute("SELECT forgotten FROM epoch").fetchone() or (0,)
        held = self._memory
        if held is None or held[:2] != (plan, forgotten) or held[2] > day:
            memory, since = Memory(plan), date.min
        else:
            memory, since = held[3], held[2]
        if since < day:
            learn(memory, tables, since, day)
        self._memory = (plan, forgotten, day, memory)
        return memory


def learn(memory: Memory, tables: apsw.Connection, since: date, until: date) -> None:
    """Teach a memory what was declared, and what became known, from a day up to another."""
    for part in _parts(_past(tables, "day", since, until)):
        memory.learn(unpacked(part))
    for part in _parts(_past(tables, "known", since, until)):
        memory.learn_results(unpacked(part))


def fold_standing(entry: Entry, tables: apsw.Connection) -> None:
    """Keep an act about targeting; where its body was erased there is nothing to keep."""
    if entry.body is not None:
        (count,) = tables.execute("SELECT count(*) FROM standing").fetchone() or (0,)
        row = (count, entry.kind, entry.version, entry.body, " ".join(entry.attachments))
        tables.execute("INSERT INTO standing VALUES (?, ?, ?, ?, ?)", row)


def day_of(tables: apsw.Connection) -> date | None:
    """Return the journal's day, None before the first lodging."""
    (day,) = tables.execute("SELECT day FROM epoch").fetchone() or (None,)
    return None if day is None else date.fromisoformat(day)


class Remembering:
    """What a run has to remember: what was lodged, what controls found first, what was erased."""

    def __init__(self, tables: apsw.Connection) -> None:
        self._tables = tables
        self._lodged: dict[str, bytes] = {}
        self._found: dict[str, bool] = {}

    def answered(self, mrn: str, act: Act, answers: Sequence[Act], judged: Judged | None) -> None:
        """Remember an act that was answered: what was lodged, unless that was rejected at once."""
        self.fold(mrn, act)
        rejected = any(isinstance(one, DeclarationRejected) for one in answers)
        if isinstance(act, DeclarationLodged) and judged is not None and not rejected:
            self.lodged(mrn, judged.decision.kept)

    def lodged(self, mrn: str, items: bytes) -> None:
        """Remember what was declared, packed; where that is no goods item, there is nothing to remember."""
        if items:
            self._lodged[mrn] = items

    def rejected(self, mrn: str) -> None:
        """Take back what was rejected as soon as it was lodged: it was never declared."""
        if self._lodged.pop(mrn, None) is None:
            self._tables.execute("DELETE FROM past WHERE mrn = ?", (mrn,))

    def fold(self, mrn: str, act: Act) -> None:
        """Remember what the first control of a declaration found.

        What is recorded later, when an officer lets go what was held, is no finding of a control.
        """
        if isinstance(act, ControlRecorded):
            self._found.setdefault(mrn, act.outcome == "irregular")

    def store(self, erased: Collection[str]) -> None:
        """Write all of it under the journal's day; what was erased is forgotten, with what was learned."""
        day = day_of(self._tables)
        if day is not None:
            rows = [(mrn, day.isoformat(), trader_of(items), items) for mrn, items in self._lodged.items()]
            self._tables.executemany("INSERT OR REPLACE INTO past VALUES (?, ?, NULL, NULL, ?, ?)", rows)
            results = [(day.isoformat(), irregular, mrn) for mrn, irregular in self._found.items()]
            self._tables.executemany(
                "UPDATE past SET known = ?, irregular = ? WHERE mrn = ? AND known IS NULL", results
            )
        if erased:
            self._tables.executemany("DELETE FROM past WHERE mrn = ?", [(mrn,) for mrn in erased])
            self._tables.execute("UPDATE epoch SET forgotten = forgotten + 1")


def history(tables: apsw.Connection, since: date = date.min, until: date = date.max) -> pl.DataFrame:
    """Return what is remembered of the days from one up to another, as goods items with their results."""
    return unpacked(_past(tables, "day", since, until))


def remembered(folder: Path) -> pl.DataFrame:
    """Return all that the responder remembers, from the folder of its tables; nothing where it has none."""
    path = folder / f"{NAME}.sqlite"
    if not path.exists():
        return unpacked([])
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as tables:
        tables.set_busy_timeout(_PATIENCE_MS)
        return history(tables)


def _past(tables: apsw.Connection, column: str, since: date, until: date) -> Iterator[Past]:
    rows = tables.execute(
        f"SELECT mrn, day, items, known, irregular FROM past WHERE {column} >= ? AND {column} < ? "  # noqa: S608 - a column of ours
        f"ORDER BY {column}, mrn",
        (since.isoformat(), until.isoformat()),
    )
    for mrn, day, items, known, irregular in rows:
        result = None if irregular is None else bool(irregular)
        since_when = None if known is None else date.fromisoformat(known)
        yield Past(mrn, date.fromisoformat(day), items, since_when, result)


def _parts(past: Iterator[Past]) -> Iterator[list[Past]]:
    part: list[Past] = []
    for one in past:
        part.append(one)
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _lapsed(tables: apsw.Connection, day: date) -> frozenset[str]:
    """Return the traders with whom a control had found something before a day."""
    rows = tables.execute(
        "SELECT DISTINCT trader FROM past WHERE irregular = 1 AND known < ? AND trader IS NOT NULL",
        (day.isoformat(),),
    )
    return frozenset(trader for (trader,) in rows)
