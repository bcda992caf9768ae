"""Acts over batches: rows of a frame in a Parquet attachment, and the root of their tree in the envelope.

The attachment has three columns, in the order of the rows: `salt` (16 bytes), `row` (a JSON object), `leaf`.
What is hashed is `salt` and `row` as they are stored. Where a row was erased, both are null and `leaf` has
its leaf hash, by which the tree still stands; everywhere else `leaf` is null.
"""

import io
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl
from msgspec import Struct

from tidegate.journal.engine import JournalCorruptError
from tidegate.journal.envelope import SALT_SIZE, decode_envelope
from tidegate.journal.erasures import erasures_of
from tidegate.journal.model import JournalError, Rows
from tidegate.journal.proofs import ProofImpossibleError, inclusion_path
from tidegate.journal.rows import RowProof, row_leaves, rows_nodes, rows_root
from tidegate.journal.sqlite import SqliteJournal
from tidegate.journal.tree import HASH_SIZE

# One row is proven by reading its batch: with this many it takes a tenth of a second.
ROWS_IN_BATCH = 50_000
SCHEMA = {"salt": pl.Binary, "row": pl.String, "leaf": pl.Binary}
WORKERS = 2


class BadRowsError(JournalError):
    """A frame that cannot be journalled, or an attachment that is none of rows; fields: what is known."""

    code = "bad_rows"


class RowErasedError(JournalError):
    """The row was erased; fields: position, row."""

    code = "row_erased"


class StoredRows(Struct, frozen=True):
    """The rows of a batch as they are stored, in order; None stands where a row was erased."""

    salts: list[bytes | None]
    rows: list[bytes | None]
    leaves: list[bytes]


def attach_batches(
    journal: SqliteJournal,
    frame: pl.DataFrame,
    *,
    size: int = ROWS_IN_BATCH,
    entropy: Callable[[int], bytes] = os.urandom,
) -> list[Rows]:
    """Attach the frame in batches of `size` rows, durably; return what an act over each one names.

    Each row is written as a JSON object, its columns in their order; decimals as strings. A subject in a
    batch is `position#row`, counted from 0.
    """
    if not frame.width:
        raise BadRowsError("A frame without columns has no rows to journal.")
    parts = list(frame.iter_slices(size)) if frame.height else []
    salts = [entropy(SALT_SIZE * part.height) for part in parts]
    # Encoding and compressing let go of the interpreter, so that two batches are worked on at once.
    with ThreadPoolExecutor(WORKERS) as workers:
        made = list(workers.map(_encoded, parts, salts))
    digests = journal.attach([file for _, file in made])
    return [
        Rows(root, part.height, digest) for (root, _), part, digest in zip(made, parts, digests, strict=True)
    ]


def _encoded(frame: pl.DataFrame, entropy: bytes) -> tuple[str, bytes]:
    """Return the root of the rows and the bytes of their file."""
    plain = frame.with_columns(pl.col(pl.Decimal).cast(pl.String))
    rows = plain.select(pl.struct(pl.all()).struct.json_encode()).to_series()
    salts = [entropy[at : at + SALT_SIZE] for at in range(0, len(entropy), SALT_SIZE)]
    root = rows_root(row_leaves(salts, rows.cast(pl.Binary).to_list()))
    return root, _file(salts, rows, [None] * len(salts))


def _file(salts: Sequence[bytes | None], rows: pl.Series, leaves: Sequence[bytes | None]) -> bytes:
    frame = pl.DataFrame({"salt": salts, "row": rows, "leaf": leaves}, schema=SCHEMA)
    file = io.BytesIO()
    # The attachment is compressed as a whole.
    frame.write_parquet(file, compression="uncompressed", statistics=False)
    return file.getvalue()


def read_rows(data: bytes) -> StoredRows:
    """Read the file of a batch, and hash each row.

    Raises:
        BadRowsError: it is none.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except pl.exceptions.PolarsError as error:
        raise BadRowsError(f"The attachment is no Parquet file: {error}") from error
    if dict(frame.schema) != SCHEMA:
        raise BadRowsError(f"The attachment has the columns {frame.columns}, not those of a batch.")
    salts, leaves = frame["salt"].to_list(), frame["leaf"].to_list()
    rows = frame["row"].cast(pl.Binary).to_list()
    erased = [at for at, leaf in enumerate(leaves) if leaf is not None]
    if not erased and None not in salts and None not in rows:
        return StoredRows(salts, rows, row_leaves(salts, rows))
    found = []
    for at, (salt, row, leaf) in enumerate(zip(salts, rows, leaves, strict=True)):
        if leaf is not None and salt is None and row is None and len(leaf) == HASH_SIZE:
            found.append(leaf)
        elif leaf is None and salt is not None and row is not None:
            found += row_leaves([salt], [row])
        else:
            raise BadRowsError(f"Row {at} is neither whole nor erased.", row=at)
    return StoredRows(salts, rows, found)


def without(stored: StoredRows, rows: Iterable[int]) -> bytes:
    """Return the file of a batch without these rows."""
    gone = set(rows) | {at for at, row in enumerate(stored.rows) if row is None}
    if not all(0 <= at < len(stored.rows) for at in gone):
        raise BadRowsError(f"The batch has the rows 0 to {len(stored.rows) - 1}.", rows=sorted(gone))
    salts = [None if at in gone else salt for at, salt in enumerate(stored.salts)]
    kept = [None if at in gone else row for at, row in enumerate(stored.rows)]
    leaves = [leaf if at in gone else None for at, leaf in enumerate(stored.leaves)]
    return _file(salts, pl.Series(kept, dtype=pl.Binary).cast(pl.String), leaves)


def stored_rows(journal: SqliteJournal, position: int) -> StoredRows:
    """Return the rows of the batch at a position, as they are stored now.

    Raises:
        BadRowsError: the entry covers no batch.
        AttachmentMissingError, AttachmentAlteredError: its file is not what it was.
    """
    with journal.reading() as connection:
        data = connection.execute("SELECT envelope FROM entries WHERE position = ?", (position,)).get
        file = erasures_of(connection).files.get(position)
    if data is None:
        raise JournalCorruptError(f"There is no entry at position {position}.", position=position)
    rows = decode_envelope(data).rows
    if rows is None:
        raise BadRowsError(f"The act at position {position} covers no batch.", position=position)
    return read_rows(journal.attachment(file or rows[2]))


def rows_frame(stored: StoredRows) -> pl.DataFrame:
    """Return the rows that are not erased, each under its number, as a frame of `number` and its columns."""
    numbers = [at for at, row in enumerate(stored.rows) if row is not None]
    lines = b"\n".join([row for row in stored.rows if row is not None])
    frame = pl.read_ndjson(io.BytesIO(lines), infer_schema_length=None) if numbers else pl.DataFrame()
    return frame.insert_column(0, pl.Series("number", numbers, dtype=pl.Int64))


def prove_row(journal: SqliteJournal, position: int, row: int) -> RowProof:
    """Return the row with the path from it to the root in the envelope at `position`.

    Raises:
        ProofImpossibleError: the batch has no such row.
        RowErasedError: it was erased.
    """
    stored = stored_rows(journal, position)
    count = len(stored.leaves)
    if not 0 <= row < count:
        raise ProofImpossibleError(
            f"The batch at position {position} has {count} rows, from 0 on: there is no row {row}.",
            asked=row,
            size=count,
        )
    salt, data = stored.salts[row], stored.rows[row]
    if salt is None or data is None:
        raise RowErasedError(f"Row {row} of position {position} was erased.", position=position, row=row)
    path = inclusion_path(rows_nodes(stored.leaves), row, count)
    return RowProof(row, salt, data, tuple(path))
