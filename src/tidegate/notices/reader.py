"""From notices issued to the table from which each operator reads his own, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import NoticeIssued, decode
from tidegate.journal import Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.journal import Entry

MRN_KEY = "mrn:"
OPERATOR_KEY = "notified:"


class NoticesReader:
    """Keeps the notices of each operator; a notice is found at its position, which is also the cursor."""

    name = "notices"
    version = 1
    kinds: frozenset[str] | None = frozenset({NoticeIssued.KIND})
    schema = """
CREATE TABLE notices (
    operator TEXT NOT NULL, position INTEGER NOT NULL, mrn TEXT NOT NULL, occurred TEXT NOT NULL,
    record BLOB NOT NULL, PRIMARY KEY (operator, position)
) WITHOUT ROWID;
CREATE INDEX notices_by_mrn ON notices (mrn, position);
"""

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the table."""
        rows = []
        for entry in entries:
            if entry.body is None:
                continue
            act = decode(entry.kind, entry.version, entry.body)
            assert isinstance(act, NoticeIssued)
            rows.append((act.operator, entry.position, act.mrn, entry.occurred.isoformat(), entry.body))
        tables.executemany("INSERT OR REPLACE INTO notices VALUES (?, ?, ?, ?, ?)", rows)


def operator_key(operator: str) -> Key:
    """Return the key of an operator who is told; it stands for a firm, so that it can be erased."""
    return Key(f"{OPERATOR_KEY}{operator or 'unknown'}", personal=True)
