"""From acts about consignments to figures, and to a row for each, which is what lies behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    AccountDrawn,
    AccountRefused,
    AmendmentRequested,
    AssessmentOverridden,
    ChannelAssigned,
    ControlRecorded,
    DeclarationAccepted,
    DeclarationAmended,
    DeclarationAssessed,
    DeclarationCleared,
    DeclarationExpired,
    DeclarationInvalidated,
    DeclarationLodged,
    DeclarationRegistered,
    DeclarationRejected,
    DocumentsRequested,
    DocumentsSupplied,
    DwellEnded,
    GoodsArrived,
    GoodsReleased,
    InvalidationRequested,
    InventoryAnswered,
    PaymentRecorded,
    QueryAnswered,
    QueryRaised,
    RequestRefused,
    decode,
)
from tidegate.insight.case import Case, advance, begun
from tidegate.insight.measuring import FIGURES, Measuring
from tidegate.insight.model import bucket_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import apsw

    from tidegate.acts import Act
    from tidegate.journal import Entry

CASES = """
CREATE TABLE cases (
    mrn TEXT PRIMARY KEY, position INTEGER NOT NULL, office TEXT NOT NULL, channel TEXT NOT NULL,
    stratum TEXT NOT NULL, outcome TEXT NOT NULL, lodged INTEGER NOT NULL, decided INTEGER, released INTEGER,
    slow INTEGER, holder TEXT NOT NULL, waits TEXT NOT NULL, since INTEGER NOT NULL, record BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX cases_lodged ON cases (lodged, mrn, office, channel, stratum);
CREATE INDEX cases_released ON cases (released, mrn, office, channel, stratum) WHERE released IS NOT NULL;
CREATE INDEX cases_slow ON cases (slow, released, mrn, office, channel, stratum) WHERE released IS NOT NULL;
CREATE INDEX cases_controlled ON cases (decided, mrn, office, channel, stratum, outcome) WHERE outcome <> '';
CREATE INDEX cases_waiting ON cases (office, holder, waits, since) WHERE holder <> '';
CREATE TABLE decisions (
    decided INTEGER NOT NULL, mrn TEXT NOT NULL, office TEXT NOT NULL, type TEXT NOT NULL,
    channel TEXT NOT NULL, stratum TEXT NOT NULL, controlled INTEGER NOT NULL, irregular INTEGER, share REAL,
    likelihood REAL, score REAL NOT NULL, PRIMARY KEY (decided, mrn)
) WITHOUT ROWID;
"""
# What is counted as it happens, by the kind of act.
_HAPPENS = {
    DeclarationLodged.KIND: "lodged",
    DeclarationAccepted.KIND: "accepted",
    DeclarationRejected.KIND: "rejected",
    GoodsReleased.KIND: "released",
    DeclarationCleared.KIND: "cleared",
    DeclarationInvalidated.KIND: "invalidated",
    DeclarationExpired.KIND: "expired",
}
_CHOSEN = (ChannelAssigned, ControlRecorded)
_ASSESSED = (DeclarationAssessed, AssessmentOverridden)
_NOTED = frozenset(one.KIND for one in (
    AccountDrawn, AccountRefused, AmendmentRequested, AssessmentOverridden, ChannelAssigned, ControlRecorded,
    DeclarationAmended, DeclarationAssessed, DeclarationRegistered, DocumentsRequested, DocumentsSupplied,
    DwellEnded, GoodsArrived, InvalidationRequested, InventoryAnswered, PaymentRecorded, QueryAnswered,
    QueryRaised, RequestRefused,
))  # fmt: skip
_MRN_KEY = "mrn:"
_CHUNK = 500  # placeholders in one statement
_ENCODER = msgspec.json.Encoder(decimal_format="string", order="deterministic")
RECORD = msgspec.json.Decoder(Case)


class InsightReader:
    """Folds acts into times by stage and holder, volumes, revenue, controls, and a row a consignment."""

    name = "insight"
    version = 4
    kinds: frozenset[str] | None = frozenset({*_HAPPENS, *_NOTED})
    schema = CASES + FIGURES

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the tables."""
        told = [(mrn, entry) for entry in entries if entry.body is not None and (mrn := _mrn_of(entry))]
        cases = _fetched(tables, {mrn for mrn, _ in told})
        measuring = Measuring()
        for mrn, entry in told:
            assert entry.body is not None
            act = decode(entry.kind, entry.version, entry.body)
            _fold(mrn, act, entry, cases, measuring)
        measuring.store(tables)
        tables.executemany(
            "INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_row(case) for _, case in sorted(cases.items())],
        )
        tables.executemany(
            "INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            sorted(_decision(case) for case in cases.values() if case.decided is not None),
        )


def _fold(mrn: str, act: Act, entry: Entry, cases: dict[str, Case], measuring: Measuring) -> None:
    moment, recorded = int(entry.occurred.timestamp()), int(entry.recorded.timestamp() * 1000)
    case = cases.get(mrn)
    if isinstance(act, DeclarationLodged) and case is None:
        cases[mrn] = case = begun(act, entry.position, moment, recorded)
        measuring.happened(case.office, moment, "lodged")
    elif case is not None and not isinstance(act, DeclarationLodged):
        _fold_later(case, act, (moment, recorded), measuring)


def _fold_later(case: Case, act: Act, when: tuple[int, int], measuring: Measuring) -> None:
    """Fold what came after lodgement: take off what the case counted for, fold, add what it counts for."""
    moment = case.pass_time(when[0])
    chosen, assessed = isinstance(act, _CHOSEN), isinstance(act, _ASSESSED)
    if chosen:
        measuring.decided(case, -1)
    if assessed:
        measuring.owed(case, moment, -1)
    before = (case.office, case.state, case.waits, case.decided, case.cleared)
    advance(case, act, moment, when[1])
    office, state, waits, decided, cleared = before
    if case.waits != waits:
        case.stuck = moment
    if isinstance(act, ChannelAssigned):
        _move_office(case, office, moment, measuring)
        if decided is None and case.answer is not None:
            measuring.took(case, "answer", -(-case.answer // 1000), moment)
    if chosen:
        measuring.decided(case, 1)
    if assessed:
        measuring.owed(case, moment, 1)
    if cleared is None:
        _happened(case, act, state, moment, measuring)


def _happened(case: Case, act: Act, state: str, moment: int, measuring: Measuring) -> None:
    """Count what an act made happen, once for each case that it can happen to once."""
    what = _HAPPENS.get(act.KIND, "")
    if isinstance(act, ChannelAssigned):
        measuring.happened(case.office, moment, act.channel)
    elif isinstance(act, ControlRecorded):
        measuring.happened(case.office, moment, act.outcome)
    elif what and (case.state != state or what in ("accepted", "cleared")):
        measuring.happened(case.office, moment, what)
    if case.state == "released" and state == "open":
        measuring.released(case)
    if case.cleared is not None and case.released is not None:
        measuring.took(case, "clearance", case.cleared - case.released, moment)
    if case.state in ("invalidated", "expired") and case.state != state:
        measuring.owed(case, moment, -1)


def _move_office(case: Case, office: str, moment: int, measuring: Measuring) -> None:
    """Take what is owed from one office to another, where the channel names another."""
    if case.office == office or not case.taxes:
        return
    now, case.office = case.office, office
    measuring.owed(case, moment, -1)
    case.office = now
    measuring.owed(case, moment, 1)


def _mrn_of(entry: Entry) -> str:
    return next((key.removeprefix(_MRN_KEY) for key in entry.keys if key.startswith(_MRN_KEY)), "")


def _fetched(tables: apsw.Connection, mrns: Iterable[str]) -> dict[str, Case]:
    wanted = sorted(mrns)
    found: dict[str, Case] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        marks = ",".join("?" * len(part))
        rows = tables.execute(f"SELECT mrn, record FROM cases WHERE mrn IN ({marks})", part)  # noqa: S608 - only question marks are put in
        found.update((mrn, RECORD.decode(record)) for mrn, record in rows)
    return found


def _row(case: Case) -> tuple[object, ...]:
    slow = None
    if case.released is not None and case.presented is not None:
        slow = bucket_of(case.released - case.presented)
    return (
        case.mrn, case.position, case.office, case.channel, case.stratum, case.outcome, case.lodged,
        case.decided, case.released, slow, case.holder, case.waits, case.stuck, _ENCODER.encode(case),
    )  # fmt: skip


def _decision(case: Case) -> tuple[object, ...]:
    """Return how a case was decided on, for analysts: read as it lies, newest last."""
    irregular = case.outcome == "irregular" if case.outcome else None
    return (
        case.decided, case.mrn, case.office, case.type, case.channel, case.stratum, case.ordered is not None,
        irregular, case.share, case.likelihood, case.score,
    )  # fmt: skip
