"""What the views of uploads work on: the spool and the tables of the node, and whose an upload is."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from tidegate.clearance.bulk import UploadStatus, upload_status, uploads_of
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate.node.bulk_spool import Spool, Standing, UploadRefusedError
from tidegate_web.bulk.answers import TaxSum, UploadShown
from tidegate_web.node import node
from tidegate_web.taking import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    import apsw

_STATUSES = {
    "other_offset": 409,
    "busy": 409,
    "complete": 409,
    "too_large": 413,
    "too_many_uploads": 429,
    "unknown_upload": 404,
}
_RETRY_SECONDS = 60


def spool() -> Spool:
    """Return where uploads wait."""
    held = node()
    return Spool(held.folder, held.configuration.max_upload_octets)


def check_taken() -> None:
    """See that this node takes uploads.

    Raises:
        Refused: its administration takes no low-value consignments in bulk.
    """
    held = node()
    if held.bulk_terms is None:
        text = f"{held.administration.name} takes no low-value consignments in bulk. Lodge declarations."
        raise Refused(422, "not_taken", text)


def own(upload: str, operator: str) -> Standing:
    """Return an upload of an operator.

    Raises:
        Refused: there is none of this name, or it is another operator's: which of them is not told.
    """
    standing = spool().standing(upload)
    if standing is None or standing.begun.declarant != operator:
        raise Refused(404, "unknown_upload", "No upload of yours has this name.")
    return standing


def refused(error: UploadRefusedError) -> Refused:
    """Return what is answered where an upload is refused."""
    status = _STATUSES[error.code]
    return Refused(status, error.code, str(error), retry_after=_RETRY_SECONDS if status == 429 else None)  # noqa: PLR2004 - of HTTP


@contextmanager
def reading() -> Iterator[apsw.Connection]:
    """Read the tables of uploads.

    Raises:
        Refused: the follower has not made them yet.
    """
    held = node()
    try:
        connection = tables(held.reader("bulk"), held.read_tables)
    except (TablesMissingError, TablesOutdatedError):
        text = "Customs has not looked at uploads yet. Ask again."
        raise Refused(503, "behind", text, retry_after=1) from None
    with closing(connection):
        yield connection


def shown(standing: Standing) -> UploadShown:
    """Return how far an upload is, with what became of its rows so far."""
    status: UploadStatus | None = None
    if standing.state != "receiving":
        with reading() as read:
            status = upload_status(read, standing.begun.upload)
    plain = UploadShown(
        upload=standing.begun.upload,
        state=standing.state,
        offset=standing.offset,
        text=standing.text,
        begun=standing.begun.begun,
    )
    return plain if status is None else _with(plain, status)


def others(operator: str, known: set[str]) -> list[UploadShown]:
    """Return an operator's uploads that are in the journal, the newest first."""
    with reading() as read:
        names = [name for name in uploads_of(read, operator) if name not in known]
    standings = [spool().standing(name) for name in names]
    return [shown(one) for one in standings if one is not None]


def _with(plain: UploadShown, status: UploadStatus) -> UploadShown:
    decided = status.ended and status.decided == status.rows
    return UploadShown(
        upload=plain.upload,
        state="decided" if decided and plain.state != "failed" else plain.state,
        offset=plain.offset,
        text=plain.text,
        begun=plain.begun,
        rows=status.rows,
        decided=status.decided,
        accepted=status.accepted,
        rejected=status.rejected,
        released=status.released,
        paid=status.paid,
        findings=status.findings,
        taxes=tuple(TaxSum(one.type, one.amount, one.payable) for one in status.taxes),
        due=status.due,
        due_now=status.due_now,
        currency=status.currency,
    )
