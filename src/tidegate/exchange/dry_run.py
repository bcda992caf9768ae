"""What an agreement would have let out of a node's past: for those who negotiate, before anybody signs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from tidegate.exchange.evaluation import Cell, cells, shown_rows, totals
from tidegate.exchange.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tidegate.exchange.model import Agreement, Permission
    from tidegate.journal import Entry, Journal

_EXAMPLES = 3
_BATCH = 1_000


class WouldShare(msgspec.Struct, kw_only=True):
    """What one clause would have let out: acts looked at and shared, rows, how often each field, examples."""

    clause: str
    kind: str
    to: str
    acts: int = 0
    shared: int = 0
    rows: int = 0
    fields: dict[str, int] = {}
    examples: list[dict[str, str]] = []


def dry_run(
    journal: Journal, agreement: Agreement, me: str, key: bytes, within: tuple[datetime, datetime]
) -> list[WouldShare]:
    """Return what each disclosing clause of a party would have let out of acts recorded within a time.

    ``key`` is that of the agreement's pseudonyms: those in the examples are those that would have gone out.
    """
    rows = Rows(journal)
    found = []
    for clause in agreement.permission:
        if clause.action != "disclose" or clause.assigner != me:
            continue
        told = WouldShare(clause=clause.uid, kind=clause.target, to=clause.assignee)
        counted: Counter[str] = Counter()
        waiting: dict[str, list[Cell]] = {}
        for entries in _batches(journal, clause.target, *within):
            told.acts += len(entries)
            frame = rows.frame(entries)
            if clause.aggregate is not None:
                for cell in cells(frame, agreement, me):
                    if cell.clause == clause.uid:
                        waiting.setdefault(cell.period, []).append(cell)
                continue
            for match in shown_rows(frame, agreement, clause, key):
                told.shared += 1
                _add(told, counted, list(match.rows))
        _add_totals(told, counted, waiting, clause)
        told.fields = dict(sorted(counted.items()))
        found.append(told)
    return found


def _add_totals(
    told: WouldShare, counted: Counter[str], waiting: dict[str, list[Cell]], clause: Permission
) -> None:
    for period in sorted(waiting):
        rows = totals(waiting[period], clause)
        told.shared += bool(rows)
        _add(told, counted, [{"period": period, **row} for row in rows])


def _add(told: WouldShare, counted: Counter[str], rows: list[dict[str, str]]) -> None:
    told.rows += len(rows)
    for row in rows:
        counted.update(row.keys())
    told.examples += rows[: _EXAMPLES - len(told.examples)]


def _batches(journal: Journal, kind: str, since: datetime, until: datetime) -> Iterator[list[Entry]]:
    start = 0
    while entries := journal.read(start, _BATCH, {kind}):
        start = entries[-1].position + 1
        if entries[0].recorded >= until:
            return
        within = [one for one in entries if since <= one.recorded < until]
        if within:
            yield within
