"""From acts to what waits: messages not settled, disclosures to be erased, enquiries not answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    AgreementAmended,
    AgreementEnded,
    AgreementProposed,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    DisclosureExpired,
    DisclosureReceived,
    DisclosureRefused,
    DisclosureSent,
    DisclosureWithdrawn,
    EnquiryAnswered,
    EnquiryMade,
    EnquiryRefused,
    EvidenceCarried,
    MessageRefused,
    ReceiptRecorded,
    decode,
)
from tidegate.exchange.drafting import EVIDENCE_KEY, RECEIVED_KEY, SENT_KEY, SETTLED_KEY
from tidegate.exchange.happening import HAPPENED, note_happened
from tidegate.exchange.messages import evidence_in
from tidegate.exchange.told import TOLD, note_told

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.acts import Act
    from tidegate.journal import Entry

_WAITING = """
SELECT position, partner, id, control FROM outbox WHERE partner = ? AND (control OR agreement NOT IN (%s))
ORDER BY control DESC, position LIMIT ?
"""
_CONTROL = (
    AgreementProposed,
    AgreementSigned,
    AgreementAmended,
    AgreementSuspended,
    AgreementResumed,
    AgreementEnded,
)
_SENT = (DisclosureSent, EnquiryMade, EnquiryAnswered, *_CONTROL)
_HEARD = (
    *_SENT,
    ReceiptRecorded,
    DisclosureReceived,
    DisclosureRefused,
    DisclosureWithdrawn,
    DisclosureExpired,
    EnquiryRefused,
    EvidenceCarried,
    MessageRefused,
)


class ExchangeReader:
    """Keeps what waits to be delivered, in order, and what has to be erased or answered in time."""

    name = "exchange"
    version = 5
    kinds: frozenset[str] | None = frozenset(one.KIND for one in _HEARD)
    schema = f"""
{TOLD}
{HAPPENED}
CREATE TABLE outbox (
    position INTEGER PRIMARY KEY, partner TEXT NOT NULL, id TEXT NOT NULL, control INTEGER NOT NULL,
    agreement TEXT NOT NULL, UNIQUE (partner, id)
);
CREATE INDEX outbox_by_partner ON outbox (partner, control DESC, position);
CREATE TABLE received (
    position INTEGER PRIMARY KEY, partner TEXT NOT NULL, agreement TEXT NOT NULL, id TEXT NOT NULL,
    until TEXT NOT NULL
);
CREATE INDEX received_by_until ON received (until);
CREATE TABLE enquiries (
    id TEXT NOT NULL, asker TEXT NOT NULL, asked TEXT NOT NULL, agreement TEXT NOT NULL, clause TEXT NOT NULL,
    service TEXT NOT NULL, position INTEGER NOT NULL, due TEXT, PRIMARY KEY (asker, id)
) WITHOUT ROWID;
CREATE TABLE evidence (
    partner TEXT NOT NULL, enquiry TEXT NOT NULL, digest TEXT NOT NULL, agreement TEXT NOT NULL,
    PRIMARY KEY (partner, enquiry, digest)
) WITHOUT ROWID;
"""

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the tables."""
        for entry in entries:
            sent = _under(entry, SENT_KEY)
            settled = _under(entry, SETTLED_KEY)
            act = None if entry.body is None else decode(entry.kind, entry.version, entry.body)
            if sent is not None:
                control = isinstance(act, _CONTROL)
                row = (entry.position, *sent, control, getattr(act, "agreement", ""))
                tables.execute("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?)", row)
            if settled is not None:
                tables.execute("DELETE FROM outbox WHERE partner = ? AND id = ?", settled)
            if act is not None:
                _note(entry, act, tables)
                _note_evidence(entry, act, tables)
                note_told(act, entry.position, tables)
                note_happened(entry, act, tables)


def _under(entry: Entry, prefix: str) -> tuple[str, str] | None:
    """Return partner and id in the key of this kind that an entry has."""
    found = next((key for key in entry.keys if key.startswith(prefix)), None)
    if found is None:
        return None
    partner, _, id_ = found.removeprefix(prefix).rpartition(":")
    return partner, id_


def _note(entry: Entry, act: Act, tables: apsw.Connection) -> None:
    if isinstance(act, DisclosureReceived) and act.until is not None:
        row = (entry.position, act.partner, act.agreement, act.id, act.until.isoformat())
        tables.execute("INSERT OR REPLACE INTO received VALUES (?, ?, ?, ?, ?)", row)
    elif isinstance(act, DisclosureExpired):
        tables.executemany("DELETE FROM received WHERE position = ?", [(at,) for at in act.positions])
    elif isinstance(act, EnquiryMade):
        due = None if act.due is None else act.due.isoformat()
        asked = (act.id, act.by, act.partner, act.agreement, act.clause, act.service, entry.position, due)
        tables.execute("INSERT OR REPLACE INTO enquiries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", asked)
    elif isinstance(act, EnquiryAnswered):
        tables.execute("DELETE FROM enquiries WHERE asker = ? AND id = ?", (act.partner, act.enquiry))
    elif isinstance(act, EnquiryRefused):
        tables.execute("DELETE FROM enquiries WHERE asker = ? AND id = ?", (act.partner, act.id))


def _note_evidence(entry: Entry, act: Act, tables: apsw.Connection) -> None:
    """Note what a partner's answer named, until it was carried here or refused for good."""
    if isinstance(act, EnquiryAnswered) and _under(entry, RECEIVED_KEY) is not None:
        rows = [(act.by, act.enquiry, one, act.agreement) for one in evidence_in(bytes(act.message))]
        tables.executemany("INSERT OR IGNORE INTO evidence VALUES (?, ?, ?, ?)", rows)
    settled = next((key for key in entry.keys if key.startswith(EVIDENCE_KEY)), None)
    if settled is not None:
        _asker, enquiry, kind, digest = settled.removeprefix(EVIDENCE_KEY).rsplit(":", 3)
        sql = "DELETE FROM evidence WHERE enquiry = ? AND digest = ?"
        tables.execute(sql, (enquiry, f"{kind}:{digest}"))


class EvidenceWaiting(msgspec.Struct, frozen=True, array_like=True):
    """Evidence that a partner's answer named and that is not here yet."""

    enquiry: str
    digest: str
    agreement: str


def evidence_waited_for(tables: apsw.Connection, partner: str) -> list[EvidenceWaiting]:
    """Return the evidence that a partner is still to be asked for."""
    sql = "SELECT enquiry, digest, agreement FROM evidence WHERE partner = ? ORDER BY enquiry, digest"
    return [msgspec.convert(row, EvidenceWaiting) for row in tables.execute(sql, (partner,))]


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """A message that waits: the position of its act, whom it is for, its id, if it is about agreements."""

    position: int
    partner: str
    id: str
    control: bool


def waiting_for(
    tables: apsw.Connection, partner: str, limit: int = 500, suspended: Sequence[str] = ()
) -> list[Waiting]:
    """Return the messages that wait for a partner, those about agreements first, in their order.

    Of agreements that are suspended only the former are among them.
    """
    marks = ",".join("?" * len(suspended))
    sql = _WAITING % marks
    rows = tables.execute(sql, (partner, *suspended, limit)).fetchall()
    return [msgspec.convert((*row[:3], bool(row[3])), Waiting) for row in rows]


def partners_waited_for(tables: apsw.Connection) -> list[str]:
    """Return the partners for whom anything waits, or of whom evidence is to be fetched."""
    sql = "SELECT partner FROM outbox UNION SELECT partner FROM evidence ORDER BY partner"
    return [str(name) for (name,) in tables.execute(sql)]


def expired(tables: apsw.Connection, moment: str, limit: int = 1000) -> list[tuple[int, str, str, str]]:
    """Return what was received and may not be kept past a moment: position, partner, agreement, id."""
    rows = tables.execute(
        "SELECT position, partner, agreement, id FROM received WHERE until <= ? "
        "ORDER BY until, position LIMIT ?",
        (moment, limit),
    )
    return [msgspec.convert(row, tuple[int, str, str, str]) for row in rows]


def open_enquiries(tables: apsw.Connection) -> list[dict[str, object]]:
    """Return the enquiries that are not answered, the one that is due first before the others."""
    names = ("id", "by", "partner", "agreement", "clause", "service", "position", "due")
    rows = tables.execute("SELECT * FROM enquiries ORDER BY due IS NULL, due, position")
    return [dict(zip(names, row, strict=True)) for row in rows]
