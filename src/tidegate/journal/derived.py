"""Verification of what derives from the envelopes: indexes, pseudonyms, attachments.

The indexes lie in order of key, the envelopes in order of position. Rather than sorting millions of rows,
both sides are summed, each row hashed with a number drawn for this run; only when the sums differ are the
rows themselves compared, to name positions.
"""

import secrets
from collections.abc import Callable, Iterable
from itertools import chain

import apsw
from msgspec import Struct

from tidegate.journal.attachments import (
    AttachmentAlteredError,
    AttachmentFolder,
    AttachmentMissingError,
)
from tidegate.journal.envelope import (
    DIGEST_PATTERN,
    PSEUDONYM_MARK,
    Envelope,
    decode_envelope,
    pseudonym_of,
)
from tidegate.journal.erasures import Erasures
from tidegate.journal.faults import Faults

AFTER_PSEUDONYMS = chr(ord(PSEUDONYM_MARK) + 1)
FIRST_USES = """
SELECT digest, size, (SELECT min(position) FROM uses u WHERE u.digest = a.digest) FROM attachments a
"""
LOST = """
SELECT digest, min(position), max(position) FROM uses
WHERE digest NOT IN (SELECT digest FROM attachments) GROUP BY digest
"""
IndexRow = tuple[str | int, ...]


def _keys(position: int, envelope: Envelope) -> list[IndexRow]:
    return [(key, position) for key in envelope.keys]


def _kinds(position: int, envelope: Envelope) -> list[IndexRow]:
    return [(envelope.kind, position)]


def _causes(position: int, envelope: Envelope) -> list[IndexRow]:
    return [] if envelope.cause is None else [(*envelope.cause, position)]


def _uses(position: int, envelope: Envelope) -> list[IndexRow]:
    digests = envelope.att if envelope.rows is None else (*envelope.att, envelope.rows[2])
    return [(digest, position) for digest in dict.fromkeys(digests)]


class Index(Struct, frozen=True):
    """A derived table: its columns, the position last, and the rows that an envelope gives it."""

    table: str
    columns: str
    rows: Callable[[int, Envelope], list[IndexRow]]


INDEXES = (
    Index("keys", "key, position", _keys),
    Index("kinds", "kind, position", _kinds),
    Index("causes", "responder, because, subject, n, position", _causes),
    Index("uses", "digest, position", _uses),
)


class Derived:
    """What the envelopes say that the derived tables must hold."""

    def __init__(self, faults: Faults, erasures: Erasures) -> None:
        self.faults = faults
        self.erasures = erasures
        self._drawn = secrets.randbits(128)
        self._keys = self._kinds = self._causes = self._uses = 0
        self._counts = [0, 0, 0, 0]
        self._authors: dict[str, int] = {}

    def expect(self, position: int, envelope: Envelope) -> None:
        """Take note of what one envelope gives to the derived tables."""
        drawn, counts = self._drawn, self._counts
        for key in envelope.keys:
            self._keys += hash((drawn, key, position))
        counts[0] += len(envelope.keys)
        self._kinds += hash((drawn, envelope.kind, position))
        counts[1] += 1
        if envelope.cause is not None:
            self._causes += hash((drawn, *envelope.cause, position))
            counts[2] += 1
        if envelope.att or envelope.rows is not None:
            for row in _uses(position, envelope):
                self._uses += hash((drawn, *row))
                counts[3] += 1
        if envelope.by.startswith(PSEUDONYM_MARK):
            self._authors.setdefault(envelope.by, position)

    def compare(self, connection: apsw.Connection, files: AttachmentFolder) -> None:
        """Compare all that derives from the envelopes, once all of them were expected."""
        sums = (self._keys, self._kinds, self._causes, self._uses)
        for index, expected, count in zip(INDEXES, sums, self._counts, strict=True):
            found, rows, drawn = 0, 0, self._drawn
            for row in connection.execute(f"SELECT {index.columns} FROM {index.table}"):  # noqa: S608 - our names
                found += hash((drawn, *row))
                rows += 1
            if (found, rows) != (expected, count):
                self._name_differences(connection, index)
        self._pseudonyms(connection)
        self._attachments(connection, files)
        self._files(connection, files)

    def _name_differences(self, connection: apsw.Connection, index: Index) -> None:
        derived = (
            row
            for position, data in connection.execute("SELECT position, envelope FROM entries")
            for row in index.rows(position, decode_envelope(data))
        )
        for position in _lone_positions(connection, index, derived):
            self.faults.add(position, index.table, f"The index {index.table} is not what the envelope says.")

    def _pseudonyms(self, connection: apsw.Connection) -> None:
        used: dict[str, int] = dict(
            connection.execute(
                "SELECT key, min(position) FROM keys WHERE key >= ? AND key < ? GROUP BY key",
                (PSEUDONYM_MARK, AFTER_PSEUDONYMS),
            )
        )
        for pseudonym, position in self._authors.items():
            used[pseudonym] = min(position, used.get(pseudonym, position))
        for text, salt, pseudonym in connection.execute("SELECT text, salt, pseudonym FROM pseudonyms"):
            if pseudonym not in used:
                self.faults.add(None, "pseudonyms", f"No entry uses the pseudonym {pseudonym}.")
                continue
            position = used.pop(pseudonym)
            if pseudonym in self.erasures.pseudonyms:
                self.faults.add(position, "pseudonyms", f"{pseudonym} is erased, but its text is there.")
            elif pseudonym_of(salt, text) != pseudonym:
                self.faults.add(position, "pseudonyms", f"{pseudonym} does not stand for its text.")
        for pseudonym, position in used.items():
            if pseudonym not in self.erasures.pseudonyms:
                self.faults.add(position, "pseudonyms", f"The text of {pseudonym} is gone, without an act.")
        for (text,) in connection.execute("PRAGMA integrity_check(pseudonyms)"):
            if text != "ok":
                self.faults.add(None, "pseudonyms", f"The index of pseudonyms is damaged: {text}.")

    def _attachments(self, connection: apsw.Connection, files: AttachmentFolder) -> None:
        erased = self.erasures.attachments
        for digest, first, last in connection.execute(LOST):
            if erased.get(digest, -1) < last:
                self.faults.add(first, "attachments", f"The attachment {digest} is not in the table.")
        for digest, position in erased.items():
            there = connection.execute("SELECT 1 FROM attachments WHERE digest = ?", (digest,)).get
            if there is None and files.size(digest) is not None:
                self.faults.add(position, "attachments", f"{digest} is erased, but its file is there.")

    def _files(self, connection: apsw.Connection, files: AttachmentFolder) -> None:
        for digest, size, position in connection.execute(FIRST_USES):
            if not DIGEST_PATTERN.fullmatch(digest):
                self.faults.add(position, "attachments", f"{digest!r} is no digest.")
                continue
            try:
                data = files.stored(digest)
            except (AttachmentMissingError, AttachmentAlteredError) as error:
                self.faults.add(position, "attachments", str(error))
            except OSError as error:
                self.faults.add(position, "attachments", f"The file of {digest} cannot be read: {error}.")
            else:
                if len(data) != size:
                    self.faults.add(position, "attachments", f"{digest} has {len(data)} bytes, not {size}.")


def _lone_positions(connection: apsw.Connection, index: Index, derived: Iterable[IndexRow]) -> list[int]:
    """Return the positions of rows that only one side has: the table, or the envelopes."""
    columns, table = index.columns, index.table
    connection.execute(f"CREATE TEMP TABLE derived ({columns})")
    try:
        places = ", ".join("?" * len(columns.split(",")))
        connection.executemany(f"INSERT INTO temp.derived VALUES ({places})", derived)  # noqa: S608 - our names
        one = f"SELECT {columns} FROM main.{table} EXCEPT SELECT {columns} FROM temp.derived"  # noqa: S608 - ditto
        two = f"SELECT {columns} FROM temp.derived EXCEPT SELECT {columns} FROM main.{table}"  # noqa: S608 - ditto
        rows = list(chain(connection.execute(one), connection.execute(two)))
    finally:
        connection.execute("DROP TABLE temp.derived")
    return sorted({row[-1] for row in rows})
