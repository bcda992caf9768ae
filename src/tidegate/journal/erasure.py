"""Erasure: data about persons leaves the journal, and the journal still verifies.

In one commit the act `erased` enters, which names what goes, and bodies with their salts, texts of pseudonyms
and the rows of attachments leave the tables. Then the files follow: see `scrubbing`. What is hashed stays.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import TypeVar

import apsw
from msgspec import Struct

from tidegate.acts.journal import Erased, ErasedRows, KeyRotated
from tidegate.journal.attachments import compress
from tidegate.journal.batches import read_rows, without
from tidegate.journal.envelope import Envelope, decode_envelope
from tidegate.journal.erasures import Erasures, erasures_of
from tidegate.journal.model import Append, Appended, Draft, Key
from tidegate.journal.scrubbing import NothingToEraseError, ProtectedError, marked
from tidegate.journal.sqlite import SqliteJournal

PROTECTED = (Erased.KIND, KeyRotated.KIND)
# So many of each in one act: its body stays below the limit for bodies.
POSITIONS_SHARE, PSEUDONYMS_SHARE, ATTACHMENTS_SHARE, KEYS_SHARE, ROWS_SHARE = 2000, 400, 200, 400, 4000
# Entries whose body is still there count; acts that erased rows name files which only those rows' batch has.
USED_BY = """
SELECT position FROM uses u WHERE digest = ?
AND EXISTS (SELECT 1 FROM bodies b WHERE b.position = u.position)
AND NOT EXISTS (SELECT 1 FROM kinds k WHERE k.kind = ? AND k.position = u.position)
"""
T = TypeVar("T")


class Wanted(Struct, frozen=True, kw_only=True):
    """What is to go: whole entries, rows of batches as (position, row), personal keys, unnamed attachments.

    Of an entry its body goes, and attachments that no other entry names. `digests` names attachments that no
    act ever named: they go when that is so. `about` are the keys under which the act can be found.
    """

    positions: frozenset[int] = frozenset()
    rows: frozenset[tuple[int, int]] = frozenset()
    keys: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    about: tuple[Key, ...] = ()


class Erasure(Struct, frozen=True):
    """What went, and the positions of the acts that say so."""

    acts: tuple[int, ...]
    positions: tuple[int, ...]
    pseudonyms: int
    attachments: int
    rows: int


def erase(journal: SqliteJournal, wanted: Wanted, *, reason: str, author: Key, occurred: datetime) -> Erasure:
    """Erase what is wanted, in one commit and then from every file of the journal.

    Raises:
        NothingToEraseError: nothing of it is there.
        ProtectedError: an act named keeps the journal verifiable.
        ScrubPendingError: it is erased, but somebody still reads the file: the next to open goes on.
    """
    with marked(journal.folder):

        def work(connection: apsw.Connection) -> Erasure:
            plan = _Plan(journal, connection, wanted)
            drafts = plan.drafts(reason, author, occurred)
            (outcome,) = journal.enter(connection, [Append(tuple(drafts))])
            assert isinstance(outcome, Appended)
            plan.delete()
            return plan.erasure(outcome.positions)

        done = journal.alone(work)
        journal.scrub()
    return done


class _Plan:
    """What goes, found under the write lock."""

    def __init__(self, journal: SqliteJournal, connection: apsw.Connection, wanted: Wanted) -> None:
        self.journal = journal
        self.connection = connection
        self.wanted = wanted
        self.known: Erasures = erasures_of(connection)
        self.positions = [at for at in sorted(wanted.positions) if self._has_body(at)]
        self._check_protected()
        self.texts = dict(self._pseudonyms())
        self.digests: set[str] = set()
        self.rows: list[ErasedRows] = []
        self._rewrite_rows()
        self._find_attachments()

    def _has_body(self, position: int) -> bool:
        return self._exists("SELECT 1 FROM bodies WHERE position = ?", position)

    def _exists(self, sql: str, *values: int | str) -> bool:
        return self.connection.execute(sql, values).get is not None

    def _check_protected(self) -> None:
        rows = self.connection.execute("SELECT position FROM kinds WHERE kind IN (?, ?)", PROTECTED)
        kept = sorted({position for (position,) in rows} & set(self.positions))
        if kept:
            raise ProtectedError(
                f"The acts at {kept[:20]} tell of keys or erasures: the journal does not verify without.",
                positions=kept,
            )

    def _pseudonyms(self) -> Iterable[tuple[str, str]]:
        for text in sorted(self.wanted.keys):
            found = self.connection.execute("SELECT pseudonym FROM pseudonyms WHERE text = ?", (text,)).get
            if found is not None:
                yield text, found

    def _rewrite_rows(self) -> None:
        """Write the files of batches without the rows that go, for each entry that has them."""
        by_position: dict[int, set[int]] = {}
        for position, row in sorted(self.wanted.rows):
            for shared in self._sharing(position):
                if shared not in self.positions:
                    by_position.setdefault(shared, set()).add(row)
        for position, rows in by_position.items():
            new = rows - self.known.rows.get(position, set())
            if new:
                self._rewrite(position, sorted(new))

    def _sharing(self, position: int) -> list[int]:
        """Return the positions of all acts whose rows are in the same attachment."""
        digest = self._batch_of(position)
        if digest is None:
            raise NothingToEraseError(f"The act at position {position} covers no batch.", position=position)
        uses = self.connection.execute("SELECT position FROM uses WHERE digest = ?", (digest,))
        return [at for (at,) in list(uses) if self._batch_of(at) == digest]

    def _batch_of(self, position: int) -> str | None:
        rows = self._envelope(position).rows
        return None if rows is None else rows[2]

    def _envelope(self, position: int) -> Envelope:
        data = self.connection.execute("SELECT envelope FROM entries WHERE position = ?", (position,)).get
        if data is None:
            raise NothingToEraseError(f"There is no entry at position {position}.", position=position)
        return decode_envelope(data)

    def _file_of(self, position: int) -> str | None:
        return self.known.files.get(position) or self._batch_of(position)

    def _rewrite(self, position: int, rows: list[int]) -> None:
        old = self._file_of(position)
        assert old is not None
        ((new, data),) = compress([without(read_rows(self.journal.files.original(old)), rows)])
        self.journal.files.write([(new, data)])
        self.connection.execute("INSERT OR IGNORE INTO attachments VALUES (?, ?)", (new, len(data)))
        self.rows.append(ErasedRows(position, tuple(rows), new))
        self.digests.add(old)

    def _find_attachments(self) -> None:
        """Add the attachments that no entry names but those that go or are gone; and those never named."""
        going = set(self.positions)
        for position in self.positions:
            file = self._file_of(position)
            found = {*self._envelope(position).att, *(() if file is None else (file,))}
            self.digests |= {one for one in found if not self._named_by_others(one, going)}
        for digest in self.wanted.digests:
            if not self._exists("SELECT 1 FROM uses WHERE digest = ?", digest):
                self.digests.add(digest)
        there = "SELECT 1 FROM attachments WHERE digest = ?"
        self.digests = {one for one in self.digests if self._exists(there, one)}

    def _named_by_others(self, digest: str, going: set[int]) -> bool:
        uses = self.connection.execute(USED_BY, (digest, Erased.KIND))
        return any(position not in going for (position,) in uses)

    def drafts(self, reason: str, author: Key, occurred: datetime) -> list[Draft]:
        """Return the acts that say what goes; several where one body could not hold it."""
        if not (self.positions or self.texts or self.digests or self.rows):
            raise NothingToEraseError("Nothing of this is there to be erased.")
        shares = zip_longest(
            _cut(self.positions, POSITIONS_SHARE),
            _cut(sorted(self.texts.values()), PSEUDONYMS_SHARE),
            _cut(sorted(self.digests), ATTACHMENTS_SHARE),
            _cut(self.wanted.about, KEYS_SHARE),
            fillvalue=(),
        )
        acts: list[tuple[Erased, tuple[Key, ...]]] = [
            (Erased(reason=reason, positions=positions, pseudonyms=texts, attachments=digests), about)
            for positions, texts, digests, about in shares
        ]
        acts += [
            (Erased(reason=reason, rows=(ErasedRows(one.position, rows, one.attachment),)), ())
            for one in self.rows
            for rows in _cut(one.rows, ROWS_SHARE)
        ]
        return [self._draft(act, about, author, occurred) for act, about in acts]

    def _draft(self, act: Erased, about: Sequence[Key], author: Key, occurred: datetime) -> Draft:
        return Draft(
            kind=act.KIND,
            version=act.VERSION,
            occurred=occurred,
            author=author,
            keys=tuple(about),
            body=act.encode(),
            attachments=tuple(dict.fromkeys(rows.attachment for rows in act.rows)),
        )

    def delete(self) -> None:
        """Take it out of the tables."""
        many = self.connection.executemany
        many("DELETE FROM bodies WHERE position = ?", [(at,) for at in self.positions])
        many("DELETE FROM pseudonyms WHERE text = ?", [(text,) for text in self.texts])
        many("DELETE FROM attachments WHERE digest = ?", [(digest,) for digest in self.digests])

    def erasure(self, acts: tuple[int, ...]) -> Erasure:
        """Return what went."""
        rows = sum(len(one.rows) for one in self.rows)
        return Erasure(acts, tuple(self.positions), len(self.texts), len(self.digests), rows)


def _cut(parts: Sequence[T], share: int) -> list[tuple[T, ...]]:
    return [tuple(parts[at : at + share]) for at in range(0, len(parts), share)]
