"""What people do to low-value consignments: pay for an upload, record the control of a row.

Each looks at the journal as it is now, and appends on the condition that nobody was quicker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    ConsignmentControlled,
    ConsignmentsDecided,
    ConsignmentsLodged,
    ConsignmentsPaid,
    Outcome,
    decode,
)
from tidegate.clearance.bounds import referable
from tidegate.clearance.bulk.model import UPLOAD_KEY, decided_rows
from tidegate.clearance.drafting import author_key, draft, position_of
from tidegate.clearance.refusals import NotAllowedError, OvertakenError, UnknownConsignmentError
from tidegate.journal import Append, Conflict, Journal, Key, KeyIsNew

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from decimal import Decimal

    from tidegate.journal import Entry, SqliteJournal

_LONGEST_WORDS = 2_000
_READ_AT_ONCE = 1_000


class _Known(msgspec.Struct):
    """What the journal says of an upload."""

    ended: bool = False
    lodged: int = 0
    decided: list[ConsignmentsDecided] = []


def pay_upload(
    journal: Journal, upload: str, occurred: datetime, author: str, *, reference: str, amount: Decimal
) -> int:
    """Record that what an upload owes before release was paid, in one sum; returns the position.

    Raises:
        UnknownConsignmentError: nothing of it was lodged.
        NotAllowedError: it has not ended or is not decided on in whole, or owes another sum.
        OvertakenError: it is paid already.
    """
    known = _known(journal, upload)
    due, currency = (
        sum(one.due_now for one in known.decided),
        known.decided[0].currency if known.decided else "",
    )
    if not known.ended or len(known.decided) < known.lodged:
        text = f"{upload}: not all of its rows are lodged and decided on. Pay when they are."
        raise NotAllowedError(text, upload=upload)
    if amount != due or not due:
        text = f"{upload} owes {due} {currency} before release, not {amount}. Pay it in one sum."
        raise NotAllowedError(text, upload=upload, due=str(due))
    act = ConsignmentsPaid(upload=upload, reference=referable(reference), amount=amount, currency=currency)
    once = Key(f"{UPLOAD_KEY}{upload}@paid")
    return _append(journal, act, once, occurred, author)


def record_row_control(
    journal: SqliteJournal,
    place: tuple[int, int],
    occurred: datetime,
    author: str,
    *,
    outcome: Outcome,
    found: str,
) -> int:
    """Record what a control of the row POSITION#PLACE found, once; returns the position.

    Raises:
        UnknownConsignmentError: there is no such row, or it is not decided on.
        NotAllowedError: it is not to be controlled, or the words are too many.
        OvertakenError: its control is recorded already.
    """
    lodged, at = place
    name = f"{lodged}#{at}"
    decided = _decision_on(journal, lodged)
    rows = decided_rows(journal, decided[0]) if decided is not None else None
    row = rows.filter(rows["place"] == at) if rows is not None else None
    if decided is None or row is None or row.is_empty():
        raise UnknownConsignmentError(f"No consignment is decided on as {name} here.", reference=name)
    if row["waits"][0] != "control":
        raise NotAllowedError(f"{name} was not selected for control.", reference=name)
    if len(found) > _LONGEST_WORDS:
        text = f"{name}: what was found is told in at most {_LONGEST_WORDS} characters, not {len(found)}."
        raise NotAllowedError(text, reference=name)
    upload = decided[1]
    act = ConsignmentControlled(upload=upload, lodged=lodged, place=at, outcome=outcome, found=found)
    once = Key(f"control:{name}")
    return _append(journal, act, once, occurred, author)


def _append(
    journal: Journal,
    act: ConsignmentsPaid | ConsignmentControlled,
    once: Key,
    occurred: datetime,
    author: str,
) -> int:
    made = draft(act, occurred, author_key(author), (Key(UPLOAD_KEY + act.upload), once))
    answer = journal.append([Append((made,), (KeyIsNew(once),))])[0]
    if isinstance(answer, Conflict):
        text = f"This is recorded already, at position {answer.position}."
        raise OvertakenError(text, position=answer.position)
    return position_of(answer)


def _known(journal: Journal, upload: str) -> _Known:
    known = _Known(decided=[])
    for entry in _about(journal, upload):
        if entry.body is None:
            continue
        act = decode(entry.kind, entry.version, entry.body)
        if isinstance(act, ConsignmentsLodged):
            known.lodged += 1
            known.ended = known.ended or act.last
        elif isinstance(act, ConsignmentsDecided):
            known.decided.append(act)
    if not known.lodged:
        raise UnknownConsignmentError(f"No upload {referable(upload)} is known here.", upload=upload)
    return known


def _about(journal: Journal, upload: str) -> Iterator[Entry]:
    start = 0
    while entries := journal.about(Key(UPLOAD_KEY + upload), start, _READ_AT_ONCE):
        yield from entries
        start = entries[-1].position + 1


def _decision_on(journal: Journal, lodged: int) -> tuple[int, str] | None:
    """Return position and upload of the decision on the part lodged at a position, or None."""
    if not 0 <= lodged < journal.size:
        return None
    entry = journal.read(lodged, 1)[0]
    act = decode(entry.kind, entry.version, entry.body) if entry.body is not None else None
    if not isinstance(act, ConsignmentsLodged):
        return None
    for one in _about(journal, act.upload):
        if one.kind == ConsignmentsDecided.KIND and one.cause is not None and one.cause.because == lodged:
            return one.position, act.upload
    return None
