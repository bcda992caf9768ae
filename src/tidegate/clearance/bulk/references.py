"""Which references were accepted before: one entry of an index a row, not a key of the journal.

A reference is known by a keyed hash of 128 bits over declarant and LRN: nothing can be read from the index,
and nobody without the node's key can make two references look alike.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.declarations.reduced import Lodgement

REFERENCES = """
CREATE TABLE accepted (
    reference BLOB PRIMARY KEY, lodged INTEGER NOT NULL, row INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE parts (lodged INTEGER PRIMARY KEY, upload TEXT NOT NULL);
"""

_HASH_OCTETS = 16


class References:
    """The index of one journal, in the tables of a responder."""

    def __init__(self, tables: apsw.Connection, key: bytes) -> None:
        """Take the tables, and the node's key."""
        self._tables = tables
        self._key = key

    def earlier(self, lodgement: Lodgement, rows: pl.DataFrame) -> pl.DataFrame:
        """Return row and ``earlier`` (UPLOAD#ROW) of rows (row, lrn) whose reference was accepted.

        Where a reference stands twice among the rows, the first of them is what the others are told of.
        """
        hashes = self._hashes(lodgement.declarant, rows["lrn"].to_list())
        self._tables.execute("CREATE TEMP TABLE IF NOT EXISTS asked (n INTEGER PRIMARY KEY, reference BLOB)")
        self._tables.execute("DELETE FROM asked")
        self._tables.executemany("INSERT INTO asked VALUES (?, ?)", enumerate(hashes))
        found = self._tables.execute(
            "SELECT n, upload || '#' || row FROM asked "
            "CROSS JOIN accepted USING (reference) JOIN parts USING (lodged)"
        )
        known: dict[int, str] = dict(found)
        first: dict[bytes, int] = {}
        told = []
        for n, (row, reference) in enumerate(zip(rows["row"].to_list(), hashes, strict=True)):
            at = first.setdefault(reference, row)
            if n in known or at != row:
                told.append((row, known.get(n, f"{lodgement.upload}#{at}")))
        return pl.DataFrame(told, schema={"row": pl.Int64(), "earlier": pl.String()}, orient="row")

    def add(self, lodgement: Lodgement, lodged: int, rows: pl.DataFrame) -> None:
        """Enter accepted rows (row, lrn) of the part lodged at a position. What was accepted first stays."""
        hashes = self._hashes(lodgement.declarant, rows["lrn"].to_list())
        entries = sorted(zip(hashes, rows["row"].to_list(), strict=True))
        self._tables.execute("INSERT OR IGNORE INTO parts VALUES (?, ?)", (lodged, lodgement.upload))
        self._tables.executemany(
            "INSERT OR IGNORE INTO accepted VALUES (?, ?, ?)",
            ((reference, lodged, row) for reference, row in entries),
        )

    def _hashes(self, declarant: str, lrns: Sequence[str]) -> list[bytes]:
        begun = blake2b(f"{len(declarant)}:{declarant}:".encode(), digest_size=_HASH_OCTETS, key=self._key)
        hashes = []
        for lrn in lrns:
            one = begun.copy()
            one.update(lrn.encode("utf-8", "surrogatepass"))
            hashes.append(one.digest())
        return hashes
