"""What went out and came in, by partner: a line for each act between nodes, and how many a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from tidegate.acts import (
    AgreementAmended,
    AgreementEnded,
    AgreementProposed,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    DisclosureReceived,
    DisclosureRefused,
    DisclosureSent,
    DisclosureWithdrawn,
    EnquiryAnswered,
    EnquiryMade,
    EnquiryRefused,
    MessageRefused,
    ReceiptRecorded,
)
from tidegate.exchange.drafting import PARTNER_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import apsw

    from tidegate.acts import Act
    from tidegate.journal import Entry

HAPPENED = """
CREATE TABLE happened (
    position INTEGER PRIMARY KEY, partner TEXT NOT NULL, what TEXT NOT NULL, agreement TEXT NOT NULL,
    clause TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE INDEX happened_by_partner ON happened (partner, position);
CREATE INDEX happened_by_what ON happened (partner, what, position);
CREATE TABLE flows (
    partner TEXT NOT NULL, day TEXT NOT NULL, what TEXT NOT NULL, agreement TEXT NOT NULL,
    clause TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (partner, day, what, agreement, clause, reason)
) WITHOUT ROWID;
"""
What = Literal[
    "sent",
    "receipt",
    "received",
    "refused_here",
    "refused_there",
    "withdrawn",
    "asked_here",
    "asked_there",
    "answered_here",
    "answered_there",
    "agreed",
    "parcel_refused",
]
_PLAIN: Mapping[type[Act], What] = {
    DisclosureSent: "sent",
    ReceiptRecorded: "receipt",
    DisclosureReceived: "received",
    DisclosureWithdrawn: "withdrawn",
    AgreementProposed: "agreed",
    AgreementSigned: "agreed",
    AgreementAmended: "agreed",
    AgreementSuspended: "agreed",
    AgreementResumed: "agreed",
    AgreementEnded: "agreed",
    MessageRefused: "parcel_refused",
}
_SIDED: Mapping[type[Act], tuple[What, What]] = {
    DisclosureRefused: ("refused_here", "refused_there"),
    EnquiryRefused: ("refused_here", "refused_there"),
    EnquiryMade: ("asked_here", "asked_there"),
    EnquiryAnswered: ("answered_here", "answered_there"),
}


class Happened(msgspec.Struct, frozen=True, array_like=True):
    """An act between nodes; ``at`` is when it was recorded, in Unix seconds, UTC."""

    position: int
    partner: str
    what: What
    agreement: str
    clause: str
    reason: str
    at: int


class Flow(msgspec.Struct, frozen=True, array_like=True):
    """How many acts of a kind there were with a partner, under a clause, with a reason where refused."""

    partner: str
    what: What
    agreement: str
    clause: str
    reason: str
    count: int


def note_happened(entry: Entry, act: Act, tables: apsw.Connection) -> None:
    """Note an act with a partner."""
    key = next((key for key in entry.keys if key.startswith(PARTNER_KEY)), None)
    if key is None:
        return
    partner = key.removeprefix(PARTNER_KEY)
    what = _PLAIN.get(type(act))
    if what is None and type(act) in _SIDED:
        what = _SIDED[type(act)][getattr(act, "by", "") == partner]
    if what is None:
        return
    parts = (getattr(act, "agreement", ""), getattr(act, "clause", ""), getattr(act, "reason", ""))
    row = (entry.position, partner, what, *parts, int(entry.recorded.timestamp()))
    tables.execute("INSERT OR REPLACE INTO happened VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    counted = (partner, entry.recorded.date().isoformat(), what, *parts)
    tables.execute(
        "INSERT INTO flows VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1", counted
    )


def flows(tables: apsw.Connection, since: str) -> Iterator[Flow]:
    """Yield what went out and came in since a day (ISO 8601), by partner, kind, clause and reason."""
    rows = tables.execute(
        "SELECT partner, what, agreement, clause, reason, SUM(count) FROM flows WHERE day >= ? "
        "GROUP BY partner, what, agreement, clause, reason",
        (since,),
    )
    for row in rows:
        yield msgspec.convert(row, Flow)


def happened(
    tables: apsw.Connection, partner: str, what: str = "", before: int | None = None, limit: int = 50
) -> list[Happened]:
    """Return the acts with a partner, of one kind where one is given, the latest first, before a position."""
    chosen = "AND what = ?" if what else ""
    values = [partner, *([what] if what else []), 2**62 if before is None else before, limit]
    rows = tables.execute(
        f"SELECT * FROM happened WHERE partner = ? {chosen} AND position < ? ORDER BY position DESC LIMIT ?",  # noqa: S608 - only a fixed condition is put in
        values,
    )
    return [msgspec.convert(row, Happened) for row in rows]


def waiting_messages(tables: apsw.Connection) -> dict[tuple[str, str], int]:
    """Return how many messages wait to be delivered, by partner and agreement."""
    rows = tables.execute("SELECT partner, agreement, COUNT(*) FROM outbox GROUP BY partner, agreement")
    return {(str(partner), str(agreement)): int(str(count)) for partner, agreement, count in rows}
