"""Verification of acts over batches: every row is hashed again, up to the root in the envelope."""

from collections.abc import Iterable

from tidegate.journal.attachments import AttachmentAlteredError, AttachmentFolder, AttachmentMissingError
from tidegate.journal.batches import BadRowsError, read_rows
from tidegate.journal.erasures import Erasures
from tidegate.journal.faults import Faults
from tidegate.journal.rows import rows_root

# Root, number of rows and attachment, as they stand in an envelope.
Batch = tuple[str, int, str]


def judge_batches(
    batches: Iterable[tuple[int, Batch]], erasures: Erasures, files: AttachmentFolder, faults: Faults
) -> None:
    """Note each batch whose rows are not those of its envelope, but for the rows that were erased."""
    for position, (root, count, attachment) in batches:
        if position not in erasures.positions:
            file = erasures.files.get(position, attachment)
            for text in _wrong(root, count, file, erasures.rows.get(position, set()), files):
                faults.add(position, "rows", text)


def _wrong(root: str, count: int, file: str, erased: set[int], files: AttachmentFolder) -> Iterable[str]:
    try:
        stored = read_rows(files.original(file))
    except (AttachmentMissingError, AttachmentAlteredError, OSError):
        return  # noted already: every attachment is looked at
    except BadRowsError as error:
        yield str(error)
        return
    if len(stored.leaves) != count or rows_root(stored.leaves) != root:
        yield f"The {len(stored.leaves)} rows are not the {count} of the envelope."
    gone = {at for at, row in enumerate(stored.rows) if row is None}
    if gone - erased:
        yield f"Rows are gone, and no erased act says so: {sorted(gone - erased)[:20]}."
    if erased - gone:
        yield f"An erased act names rows which are still there: {sorted(erased - gone)[:20]}."
