"""Clears uploads of low-value consignments: read in parts, lodged, decided, with the memory of one part."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tidegate.clearance.bulk import UploadStatus, lodge_part, upload_status
from tidegate.declarations.reduced import Lodgement
from tidegate.declarations.reduced_reading import BadUploadError, Format, format_of, read_rows
from tidegate.journal import tables
from tidegate.node.configuration import BadConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from tidegate.node.installation import Node

ROWS_IN_PART = 50_000
_OCTETS_AT_ONCE = 1024 * 1024
_NAME_DIGITS = 32


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way in: who sends it, in which format, and how what it owes is paid."""

    path: Path
    kind: Format
    name: str
    declarant: str
    occurred: datetime
    payment_method: str = ""


class Progress(msgspec.Struct, frozen=True):
    """How far an upload is: rows lodged so far; with the last part, what became of it all."""

    rows: int
    octets: int
    status: UploadStatus | None = None


def upload_of(path: Path, declarant: str, occurred: datetime, payment_method: str = "") -> Upload:
    """Return a file as an upload, named by declarant and contents: the same file is the same upload.

    Raises:
        BadUploadError: the name does not say the format.
        OSError: it cannot be read.
    """
    kind = format_of(path.name)
    told = sha256(f"{len(declarant)}:{declarant}:{kind}:".encode())
    with path.open("rb") as file:
        while octets := file.read(_OCTETS_AT_ONCE):
            told.update(octets)
    return Upload(
        path=path,
        kind=kind,
        name=told.hexdigest()[:_NAME_DIGITS],
        declarant=declarant,
        occurred=occurred,
        payment_method=payment_method,
    )


def lodge_upload(node: Node, upload: Upload, *, rows_in_part: int = ROWS_IN_PART) -> Iterator[int]:
    """Lodge an upload part by part, each durable when it is told; yields the rows lodged so far.

    Begun anew after it broke off, it goes on where it was: a part that was lodged enters once.

    Raises:
        BadConfigurationError: the administration takes no low-value consignments in bulk.
        BadUploadError: the file has no rows, or cannot be read from some row on; what was read is lodged.
    """
    if node.bulk_terms is None:
        text = f"The administration {node.administration.name} takes no low-value consignments in bulk."
        raise BadConfigurationError(text)
    lodgement = Lodgement(
        upload=upload.name,
        declarant=upload.declarant,
        occurred=upload.occurred,
        office=node.bulk_terms.terms.default_office,
        payment_method=upload.payment_method,
    )
    done = 0
    for rows, last in _parts(read_rows(upload.path, upload.kind, rows_in_part)):
        lodge_part(node.journal, rows, lodgement, last=last)
        done += rows.height
        yield done
    if not done:
        raise BadUploadError(f"{upload.path.name} has no rows.")


def clear_upload(node: Node, upload: Upload, *, rows_in_part: int = ROWS_IN_PART) -> Iterator[Progress]:
    """Lodge an upload and answer it, part by part; the last progress has what became of it all."""
    done = 0
    for done in lodge_upload(node, upload, rows_in_part=rows_in_part):
        node.answer()
        yield Progress(done, upload.path.stat().st_size)
    node.catch_up()
    yield Progress(done, upload.path.stat().st_size, status_of(node, upload.name))


def status_of(node: Node, upload: str) -> UploadStatus | None:
    """Return what the tables say of an upload."""
    with closing(tables(node.reader("bulk"), node.read_tables)) as connection:
        return upload_status(connection, upload)


def _parts(parts: Iterator[pl.DataFrame]) -> Iterator[tuple[pl.DataFrame, bool]]:
    """Yield each part with whether it is the last; where reading breaks off, what came before is not."""
    held = next(parts, None)
    while held is not None:
        try:
            following = next(parts, None)
        except BadUploadError:
            yield held, False
            raise
        yield held, following is None
        held = following
