"""How a node answers enquiries by itself: from the journal as it was when they were received."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tidegate.acts import OperatorRegistered, OperatorReinstated, OperatorSuspended
from tidegate.exchange.evaluation import ROW_SCHEMA, shown_rows
from tidegate.exchange.messages import Answered, Question
from tidegate.journal import Key

if TYPE_CHECKING:
    import apsw

    from tidegate.exchange.model import Agreement, Permission
    from tidegate.exchange.rows import Rows
    from tidegate.journal import Journal

_STATUSES = {
    OperatorRegistered.KIND: "registered",
    OperatorSuspended.KIND: "suspended",
    OperatorReinstated.KIND: "registered",
}
_MOST_ROWS = 100


class Answering:
    """Answers what software can answer; assistance is left to officers."""

    def __init__(self, journal: Journal, rows: Rows) -> None:
        self._journal = journal
        self._rows = rows

    def answer(
        self,
        asked: tuple[str, Question, int],
        agreement: Agreement,
        clause: Permission,
        key: bytes,
        tables: apsw.Connection,
    ) -> Answered:
        """Return the answer to (id, question, position of its receipt) under a clause."""
        enquiry, question, until = asked
        if clause.action == "status":
            return self._status(enquiry, question.operator, until)
        mrns = [question.mrn] if question.mrn else []
        if question.ucr:
            mrns += self._mrns_of(question.ucr, until, tables)
        rows = [row for mrn in mrns for row in self._rows.standing_rows(mrn, until)]
        if clause.action == "mirror":
            rows = [row for row in rows if row["direction"] == "export"]
        frame = pl.DataFrame(rows, schema=ROW_SCHEMA, orient="row")
        shown = [row for match in shown_rows(frame, agreement, clause, key) for row in match.rows]
        return Answered(enquiry, found=bool(shown), rows=tuple(shown[:_MOST_ROWS]))

    def _status(self, enquiry: str, operator: str, until: int) -> Answered:
        status = ""
        start = 0
        key = Key(f"operator:{operator}", personal=True)
        while operator:
            entries = self._journal.about(key, start)
            for entry in entries:
                if entry.position <= until:
                    status = _STATUSES.get(entry.kind, status)
            if not entries or entries[-1].position >= until:
                break
            start = entries[-1].position + 1
        if not status:
            return Answered(enquiry, found=False)
        return Answered(enquiry, found=True, rows=({"operator": operator, "status": status},))

    def _mrns_of(self, ucr: str, until: int, tables: apsw.Connection) -> list[str]:
        """Return the declarations with a UCR: by the journal's own key of exports, and by what was read."""
        found = [mrn for (mrn,) in tables.execute("SELECT mrn FROM ucrs WHERE ucr = ? ORDER BY mrn", (ucr,))]
        for entry in self._journal.about(Key(f"ucr:{ucr}", personal=True)):
            if entry.position <= until:
                found += [key.removeprefix("mrn:") for key in entry.keys if key.startswith("mrn:")]
        return list(dict.fromkeys(found))
