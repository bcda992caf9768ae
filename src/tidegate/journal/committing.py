"""One commit of the journal: calls of several threads are judged in order and written in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from tidegate.journal.attachments import AttachmentMissingError
from tidegate.journal.engine import BadClockError
from tidegate.journal.envelope import (
    SALT_SIZE,
    BadDraftError,
    Envelope,
    body_digest,
    encode_envelope,
    pseudonym_of,
    used_attachments,
)
from tidegate.journal.model import Append, Appended, Cause, Condition, Conflict, Draft, Key, KeyIsNew
from tidegate.journal.tree import grow, leaf_hash, node_count, root_of, split_hashes

PSEUDONYMS_OF = """
SELECT asked.value, (SELECT pseudonym FROM pseudonyms WHERE text = asked.value) FROM json_each(?) asked
"""
FIRSTS_OF = """
SELECT asked.value, (SELECT min(position) FROM keys WHERE key = asked.value) FROM json_each(?) asked
"""
encode_json = msgspec.json.Encoder().encode


class Call:
    """One call of `append`, waiting for its outcome."""

    def __init__(self, groups: Sequence[Append]) -> None:
        self.groups = groups
        self.outcomes: list[Appended | Conflict] | None = None
        self.error: Exception | None = None

    @property
    def done(self) -> bool:
        """Whether a commit has dealt with the call."""
        return self.outcomes is not None or self.error is not None


class TreeState(Struct, frozen=True):
    """The tail of the journal: number of entries, hashes of the complete subtrees, last recorded time."""

    size: int
    root: bytes
    frontier: bytes
    recorded: datetime


def read_state(connection: apsw.Connection) -> TreeState:
    """Return the tail as the connection's transaction sees it."""
    row = connection.execute("SELECT size, root, frontier, recorded FROM tree").get
    size, root, frontier, recorded = row
    return TreeState(size, root, frontier, datetime.fromisoformat(recorded))


def instant(clock: Callable[[], datetime]) -> datetime:
    """Return the clock's time in UTC."""
    now = clock()
    if now.tzinfo is None:
        raise BadClockError("The journal's clock must tell the time with its zone.")
    return now.astimezone(UTC)


def commit(
    connection: apsw.Connection,
    calls: Sequence[Call],
    clock: Callable[[], datetime],
    entropy: Callable[[int], bytes],
) -> None:
    """Judge the calls and write what enters, in one transaction; outcomes count only once it returns."""
    connection.execute("BEGIN IMMEDIATE")
    batch = _Batch(connection, clock, entropy)
    decided = [(call, batch.take(call.groups)) for call in calls]
    batch.write()
    connection.execute("COMMIT")
    for call, outcome in decided:
        if isinstance(outcome, Exception):
            call.error = outcome
        else:
            call.outcomes = outcome


def enter(
    connection: apsw.Connection,
    groups: Sequence[Append],
    clock: Callable[[], datetime],
    entropy: Callable[[int], bytes],
) -> list[Appended | Conflict]:
    """Write groups inside a transaction that the caller has begun, and return their outcomes."""
    batch = _Batch(connection, clock, entropy)
    outcome = batch.take(groups)
    if isinstance(outcome, Exception):
        raise outcome
    batch.write()
    return outcome


class Lookups:
    """What one commit asks the tables about keys: once for all its calls, not once a key.

    A question in SQL takes some microseconds, which is a quarter of what an entry takes in all.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection
        self.pseudonyms: dict[str, str | None] = {}
        self.firsts: dict[str, int | None] = {}

    def fetch(self, groups: Sequence[Append]) -> None:
        """Ask for the pseudonyms of all personal keys, and for the first entries of all keys to be new."""
        personal: set[str] = set()
        new: list[Key] = []
        for group in groups:
            for draft in group.drafts:
                personal.update([key.text for key in (draft.author, *draft.keys) if key.personal])
            new.extend([one.key for one in group.conditions if isinstance(one, KeyIsNew)])
        personal.update([key.text for key in new if key.personal])
        self._ask(PSEUDONYMS_OF, personal - self.pseudonyms.keys(), self.pseudonyms)
        stored = {self.pseudonyms[key.text] if key.personal else key.text for key in new}
        self._ask(FIRSTS_OF, {text for text in stored if text is not None} - self.firsts.keys(), self.firsts)

    def _ask(self, sql: str, texts: set[str], found: dict[str, Any]) -> None:
        if texts:
            found.update(self.connection.execute(sql, (encode_json(sorted(texts)).decode(),)))

    def pseudonym(self, text: str) -> str | None:
        """Return the pseudonym of a personal key, None while it has none."""
        if text not in self.pseudonyms:
            self._ask(PSEUDONYMS_OF, {text}, self.pseudonyms)
        return self.pseudonyms[text]

    def first(self, text: str) -> int | None:
        """Return the position of the first stored entry that carries the key as it stands in envelopes."""
        if text not in self.firsts:
            self._ask(FIRSTS_OF, {text}, self.firsts)
        return self.firsts[text]


class _Batch:
    """The rows of one commit, gathered while groups are judged against the tables and against each other."""

    def __init__(
        self, connection: apsw.Connection, clock: Callable[[], datetime], entropy: Callable[[int], bytes]
    ) -> None:
        self.connection = connection
        self.entropy = entropy
        self.lookups = Lookups(connection)
        self.salts: Iterator[bytes] = iter(())
        self.state = read_state(connection)
        self.recorded = max(instant(clock), self.state.recorded)
        self.size = self.state.size
        self.entries: list[tuple[int, bytes, bytes]] = []
        self.bodies: list[tuple[int, bytes, bytes]] = []
        self.keys: list[tuple[str, int]] = []
        self.kinds: list[tuple[str, int]] = []
        self.uses: list[tuple[str, int]] = []
        self.causes: dict[Cause, int] = {}
        self.first: dict[str, int] = {}
        self.last: dict[str, int] = {}

    def take(self, groups: Sequence[Append]) -> list[Appended | Conflict] | Exception:
        """Return the outcome of each group, or the error that refuses the whole call."""
        for group in groups:
            for draft in group.drafts:
                error = self._impossible(draft)
                if error is not None:
                    return error
        self.lookups.fetch(groups)
        drawn = self.entropy(SALT_SIZE * sum([len(group.drafts) for group in groups]))
        self.salts = iter([drawn[at : at + SALT_SIZE] for at in range(0, len(drawn), SALT_SIZE)])
        return [self._judge(group) for group in groups]

    def _impossible(self, draft: Draft) -> Exception | None:
        cause = draft.cause
        if cause is not None and not 0 <= cause.because < self.state.size:
            return BadDraftError(
                f"{draft.kind}: its cause names position {cause.because}, where there is no entry yet.",
                kind=draft.kind,
                part="cause",
            )
        for digest in used_attachments(draft):
            found = self.connection.execute("SELECT 1 FROM attachments WHERE digest = ?", (digest,)).get
            if found is None:
                return AttachmentMissingError(
                    f"{draft.kind}: the attachment {digest} was never stored: attach it first.", digest=digest
                )
        return None

    def _judge(self, group: Append) -> Appended | Conflict:
        # Causes come first: a responder that repeats itself after a crash must learn that it has answered.
        for draft in group.drafts:
            if draft.cause is not None:
                position = self._position_of(draft.cause)
                if position is not None:
                    return Conflict(None, draft.cause, position)
        for condition in group.conditions:
            winner = self._refusing(condition)
            if winner is not None:
                return Conflict(condition, None, winner)
        return Appended(tuple([self._enter(draft) for draft in group.drafts]))

    def _position_of(self, cause: Cause) -> int | None:
        if cause in self.causes:
            return self.causes[cause]
        position: int | None = self.connection.execute(
            "SELECT position FROM causes WHERE responder = ? AND because = ? AND subject = ? AND n = ?",
            (cause.responder, cause.because, cause.subject, cause.n),
        ).get
        return position

    def _refusing(self, condition: Condition) -> int | None:
        """Return the position that refuses the condition, None when it holds."""
        text = self._stored_text(condition.key, make=False)
        if isinstance(condition, KeyIsNew):
            if text is None:
                return None
            first = self.lookups.first(text)
            return self.first.get(text) if first is None else first
        last = -1
        if text is not None and text in self.last:
            last = self.last[text]
        elif text is not None:
            found = self.connection.execute("SELECT max(position) FROM keys WHERE key = ?", (text,)).get
            last = -1 if found is None else int(found)
        return None if last == condition.position else last

    def _stored_text(self, key: Key, *, make: bool) -> str | None:
        """Return what stands for the key in the envelope; a pseudonym is made once a text, when asked."""
        if not key.personal:
            return key.text
        found = self.lookups.pseudonym(key.text)
        if found is None and make:
            salt = self.entropy(SALT_SIZE)
            found = pseudonym_of(salt, key.text)
            self.connection.execute("INSERT INTO pseudonyms VALUES (?, ?, ?)", (key.text, salt, found))
            self.lookups.pseudonyms[key.text] = found
        return found

    def _entered_text(self, key: Key) -> str:
        text = self._stored_text(key, make=True)
        assert text is not None
        return text

    def _enter(self, draft: Draft) -> int:
        position = self.size
        keys = tuple(dict.fromkeys([self._entered_text(key) for key in draft.keys]))
        salt = next(self.salts)
        cause, rows = draft.cause, draft.rows
        envelope = encode_envelope(
            Envelope(
                kind=draft.kind,
                ver=draft.version,
                rec=self.recorded,
                occ=draft.occurred.astimezone(UTC),
                by=self._entered_text(draft.author),
                keys=keys,
                cause=None if cause is None else (cause.responder, cause.because, cause.subject, cause.n),
                att=draft.attachments,
                rows=None if rows is None else (rows.root, rows.count, rows.attachment),
                dig=body_digest(salt, draft.body),
            )
        )
        self.entries.append((position, leaf_hash(envelope), envelope))
        self.bodies.append((position, salt, draft.body))
        self.kinds.append((draft.kind, position))
        for key in keys:
            self.keys.append((key, position))
            self.first.setdefault(key, position)
            self.last[key] = position
        if cause is not None:
            self.causes[cause] = position
        if draft.attachments or rows is not None:
            self.uses.extend([(digest, position) for digest in dict.fromkeys(used_attachments(draft))])
        self.size = position + 1
        return position

    def write(self) -> None:
        """Write the gathered rows, the nodes they complete and the new tail."""
        if not self.entries:
            return
        many = self.connection.executemany
        many("INSERT INTO entries VALUES (?, ?, ?)", self.entries)
        many("INSERT INTO bodies VALUES (?, ?, ?)", self.bodies)
        # In order of key, rows of one page are written together.
        many("INSERT INTO keys VALUES (?, ?)", sorted(self.keys))
        many("INSERT INTO kinds VALUES (?, ?)", sorted(self.kinds))
        many("INSERT INTO uses VALUES (?, ?)", sorted(self.uses))
        many(
            "INSERT INTO causes VALUES (?, ?, ?, ?, ?)",
            [(c.responder, c.because, c.subject, c.n, position) for c, position in self.causes.items()],
        )
        frontier = split_hashes(self.state.frontier)
        completed = grow(self.state.size, frontier, [leaf for _, leaf, _ in self.entries])
        many("INSERT INTO nodes VALUES (?, ?)", enumerate(completed, node_count(self.state.size)))
        self.connection.execute(
            "UPDATE tree SET size = ?, root = ?, frontier = ?, recorded = ?",
            (self.size, root_of(frontier), b"".join(frontier), self.recorded.isoformat()),
        )
