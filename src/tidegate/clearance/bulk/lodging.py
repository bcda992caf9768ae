"""The way in for low-value consignments: each part of an upload enters once, whole, in its order."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import ConsignmentsLodged, decode
from tidegate.clearance.bounds import referable
from tidegate.clearance.bulk.model import UPLOAD_KEY
from tidegate.clearance.drafting import author_key
from tidegate.clearance.refusals import OvertakenError
from tidegate.journal import Append, Conflict, Draft, Key, KeyIsNew, attach_batches

if TYPE_CHECKING:
    import polars as pl

    from tidegate.declarations.reduced import Lodgement
    from tidegate.journal import SqliteJournal


class PartReceipt(msgspec.Struct, frozen=True):
    """Where a part lies in the journal; ``again`` says that it did already."""

    position: int
    first: int
    rows: int
    again: bool = False


def lodge_part(
    journal: SqliteJournal, rows: pl.DataFrame, lodgement: Lodgement, *, last: bool
) -> PartReceipt:
    """Append one part of an upload: rows in ROW_COLUMNS, durable when this returns.

    The same part lodged again is known by its first row and its digest, and enters nothing: an upload that
    was broken off is simply begun anew.

    Raises:
        OvertakenError: the upload has other rows from this one on, or has ended before it.
    """
    first = int(rows["row"][0])
    digest = sha256(rows.write_ndjson().encode()).hexdigest()
    begins = Key(f"{UPLOAD_KEY}{lodgement.upload}@{first}")
    known = journal.last(begins)
    if known is not None:
        return _again(journal, known, digest, lodgement)
    batch = attach_batches(journal, rows, size=rows.height)[0]
    declarant = referable(lodgement.declarant)
    act = ConsignmentsLodged(
        upload=lodgement.upload,
        declarant=declarant,
        first=first,
        rows=rows.height,
        digest=digest,
        office=lodgement.office,
        payment_method=lodgement.payment_method,
        last=last,
    )
    operator = author_key(f"operator:{declarant or 'unknown'}")
    ends = Key(f"{UPLOAD_KEY}{lodgement.upload}@end")
    keys = (Key(UPLOAD_KEY + lodgement.upload), begins, operator, *((ends,) if last else ()))
    made = Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=lodgement.occurred,
        author=operator,
        keys=keys,
        body=act.encode(),
        rows=batch,
    )
    answer = journal.append([Append((made,), (KeyIsNew(begins), KeyIsNew(ends)))])[0]
    if isinstance(answer, Conflict):
        return _again(journal, answer.position, digest, lodgement)
    return PartReceipt(answer.positions[0], first, rows.height)


def _again(journal: SqliteJournal, position: int, digest: str, lodgement: Lodgement) -> PartReceipt:
    """Return the receipt of a part that was lodged before, having compared it."""
    entry = journal.read(position, 1)[0]
    act = decode(entry.kind, entry.version, entry.body) if entry.body is not None else None
    if isinstance(act, ConsignmentsLodged) and act.digest == digest:
        return PartReceipt(position, act.first, act.rows, again=True)
    text = (
        f"The upload {lodgement.upload} has other rows at position {position}, or ended there. Lodge what "
        "differs as an upload of its own, or in parts of the same size."
    )
    raise OvertakenError(text, upload=lodgement.upload, position=position)
