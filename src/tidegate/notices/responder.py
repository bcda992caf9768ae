"""Issues notifications: hears what became of declarations, and tells their declarants, each act once."""

from __future__ import annotations

from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    ControlRecorded,
    DeclarationLodged,
    DocumentsSupplied,
    NoticeIssued,
    decode,
)
from tidegate.journal import Append, Cause, Draft, Entry, Key
from tidegate.notices.codes import FUNCTIONS
from tidegate.notices.model import Case, fold, told
from tidegate.notices.reader import MRN_KEY, operator_key
from tidegate.notices.wording import TOLD, notices_about

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import apsw

_CASES = "CREATE TABLE cases (mrn TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;"
_ENCODER = msgspec.json.Encoder(decimal_format="string")
_DECODER = msgspec.json.Decoder(Case)
_REFERENCE = 32  # hexadecimal digits, the length of those published


class NoticesResponder:
    """Tells declarants what became of their declarations; a notice is a function of the acts before it."""

    name = "notices"
    version = 2
    kinds = TOLD | {DeclarationLodged.KIND, ControlRecorded.KIND, DocumentsSupplied.KIND}
    schema = _CASES

    def __init__(self, codes: Mapping[str, str] = MappingProxyType({})) -> None:
        """Take the official codes under which findings are told, by ours."""
        self._codes = codes

    def absorb(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold entries without telling anybody, when a new version takes over."""
        self._hear(entries, tables)

    def respond(self, entries: Sequence[Entry], tables: apsw.Connection) -> Sequence[Append]:
        """Return the notices about a batch of entries."""
        return self._hear(entries, tables)

    def _hear(self, entries: Sequence[Entry], tables: apsw.Connection) -> list[Append]:
        cases: dict[str, Case | None] = {}
        answers = []
        for entry in entries:
            mrn = next((key.removeprefix(MRN_KEY) for key in entry.keys if key.startswith(MRN_KEY)), None)
            if mrn is None or entry.body is None or entry.kind == NoticeIssued.KIND:
                continue
            if mrn not in cases:
                cases[mrn] = _case(tables, mrn)
            act = decode(entry.kind, entry.version, entry.body)
            case = fold(cases[mrn], act, entry.position)
            if case is not None:
                notices = notices_about(act, case, entry.occurred)
                if notices:
                    answers.append(_append(entry, case, [self._official(notice) for notice in notices]))
                if any(type_ == "RES" for type_, _ in notices):
                    case = told(case)
            cases[mrn] = case
        rows = [(mrn, _ENCODER.encode(case)) for mrn, case in sorted(cases.items()) if case is not None]
        tables.executemany("INSERT OR REPLACE INTO cases VALUES (?, ?)", rows)
        return answers

    def _official(self, notice: tuple[str, dict[str, object]]) -> tuple[str, dict[str, object]]:
        """Return a notice with its findings under their official codes, where they have one."""
        type_, parts = notice
        findings = parts.get("findings")
        if not isinstance(findings, tuple):
            return notice
        told_as = (msgspec.structs.replace(one, code=self._codes.get(one.code, one.code)) for one in findings)
        return type_, {**parts, "findings": tuple(told_as)}


def _case(tables: apsw.Connection, mrn: str) -> Case | None:
    row = tables.execute("SELECT record FROM cases WHERE mrn = ?", (mrn,)).fetchone()
    return None if row is None else _DECODER.decode(row[0])


def _append(entry: Entry, case: Case, notices: list[tuple[str, dict[str, object]]]) -> Append:
    drafts = []
    for n, (type_, parts) in enumerate(notices):
        reference = sha256(f"{case.mrn} {entry.position} {n}".encode()).hexdigest()[:_REFERENCE]
        act = NoticeIssued(
            type=type_,
            function=FUNCTIONS[type_],
            operator=case.operator,
            mrn=case.mrn,
            lrn=case.lrn,
            version=case.version,
            reference=reference,
            about=entry.position,
        )
        act = msgspec.structs.replace(act, **parts)
        drafts.append(
            Draft(
                kind=act.KIND,
                version=act.VERSION,
                occurred=entry.occurred,
                author=Key("responder:notices"),
                keys=(Key(MRN_KEY + case.mrn), operator_key(case.operator)),
                body=act.encode(),
                cause=Cause("notices", entry.position, case.mrn, n),
            )
        )
    return Append(tuple(drafts))
