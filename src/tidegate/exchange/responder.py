"""What exchange answers: new acts are held against the agreements in force, and what these allow goes out."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import DeclarationLodged, DisclosureSent, EnquiryAnswered, EnquiryMade, decode
from tidegate.exchange.answering import Answering
from tidegate.exchange.drafting import agreement_key, draft, enquiry_key, partner_key, sent_key
from tidegate.exchange.evaluation import Cell, cells, matches, period_of, totals
from tidegate.exchange.messages import Disclosed, Message, Question
from tidegate.exchange.outgoing import answer_message
from tidegate.exchange.rendering import agreement_key as pseudonym_key
from tidegate.exchange.rendering import pseudonym
from tidegate.exchange.rows import Rows, mrn_of
from tidegate.exchange.standing import STANDING_KINDS, Standing
from tidegate.exchange.terms import SHAREABLE
from tidegate.journal import Append, Cause, Key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import apsw

    from tidegate.exchange.model import Agreement, Permission
    from tidegate.exchange.standing import Held
    from tidegate.journal import Draft, Entry, Journal

_SCHEMA = """
CREATE TABLE standing (
    position INTEGER PRIMARY KEY, kind TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE subjects (
    agreement TEXT NOT NULL, subject TEXT NOT NULL, last TEXT NOT NULL, PRIMARY KEY (agreement, subject)
) WITHOUT ROWID;
CREATE TABLE cells (
    agreement TEXT NOT NULL, clause TEXT NOT NULL, period TEXT NOT NULL, record TEXT NOT NULL
);
CREATE TABLE ucrs (ucr TEXT NOT NULL, mrn TEXT NOT NULL, PRIMARY KEY (ucr, mrn)) WITHOUT ROWID;
"""
_LARGEST_CONTENT = 24 * 1024  # octets of rows in one message; more rows of an act make more messages
_ID_DIGITS = 32
_ENCODER = msgspec.json.Encoder()
_CELLS = msgspec.json.Decoder(Cell)
_ENDED = "SELECT DISTINCT period FROM cells WHERE agreement = ? AND clause = ? AND period < ?"
_TAKEN = "DELETE FROM cells WHERE agreement = ? AND clause = ? AND period = ? RETURNING record"
_BY_UCR = ("verify", "mirror")


class ExchangeResponder:
    """Discloses to partners what agreements allow, and answers their enquiries: each act once."""

    name = "exchange"
    version = 1
    kinds = STANDING_KINDS | SHAREABLE.keys() | {EnquiryMade.KIND}
    schema = _SCHEMA

    def __init__(self, journal: Journal, me: str, secret: bytes) -> None:
        """Take the node's name and secret; of the journal, what entries before the one answered say."""
        self._journal = journal
        self._me = me
        self._secret = secret
        self._rows = Rows(journal)
        self._answering = Answering(journal, self._rows)

    def absorb(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold entries and what was answered, when a new version takes over."""
        batch = _Batch(self, tables)
        heard = [entry for entry in entries if entry.cause is None or entry.cause.responder != self.name]
        for _ in batch.hear(heard):
            batch.last.clear()  # what was answered then is told by the answers themselves
        for entry in entries:
            if entry.kind == DisclosureSent.KIND and entry.body is not None:
                act = decode(entry.kind, entry.version, entry.body)
                assert isinstance(act, DisclosureSent)
                message = msgspec.json.decode(act.message, type=Message)
                batch.last[act.agreement, message.subject] = act.id
        batch.store()

    def respond(self, entries: Sequence[Entry], tables: apsw.Connection) -> Sequence[Append]:
        """Return what a batch of entries lets out."""
        batch = _Batch(self, tables)
        answers = [Append((made,)) for made in batch.hear(entries)]
        batch.store()
        return answers

    def identify(self, *words: object) -> str:
        """Return the id of a message: the same whenever it is worked out, and telling nothing."""
        text = "\x1f".join(str(word) for word in words)
        return hmac.digest(self._secret, f"exchange message {text}".encode(), "sha256").hex()[:_ID_DIGITS]

    def key(self, agreement: str) -> bytes:
        """Return the key of an agreement's pseudonyms."""
        return pseudonym_key(self._secret, agreement)


class _Batch:
    """A batch of entries as it is heard."""

    def __init__(self, responder: ExchangeResponder, tables: apsw.Connection) -> None:
        self.responder = responder
        self.me = responder._me  # noqa: SLF001 - a batch is a part of the responder
        self.rows = responder._rows  # noqa: SLF001 - as above
        self.answering = responder._answering  # noqa: SLF001 - as above
        self.tables = tables
        self.last: dict[tuple[str, str], str] = {}
        self.standing = Standing()
        for kind, version, body in tables.execute(
            "SELECT kind, version, body FROM standing ORDER BY position"
        ):
            self.standing.note(decode(kind, version, body))

    def hear(self, entries: Sequence[Entry]) -> Iterator[Draft]:
        """Yield what entries let out, in their order, and fold them."""
        run: list[Entry] = []
        for entry in entries:
            if entry.kind in SHAREABLE:
                run.append(entry)
                continue
            yield from self._shared(run)
            run = []
            if entry.body is None:
                continue
            act = decode(entry.kind, entry.version, entry.body)
            if isinstance(act, EnquiryMade):
                if act.by != self.me:
                    yield from self._answered(entry, act)
            else:
                self.standing.note(act)
                row = (entry.position, entry.kind, entry.version, entry.body)
                self.tables.execute("INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?)", row)
        yield from self._shared(run)

    def store(self) -> None:
        """Write which message about each subject was the last."""
        rows = [(*key, id_) for key, id_ in sorted(self.last.items())]
        self.tables.executemany("INSERT OR REPLACE INTO subjects VALUES (?, ?, ?)", rows)

    def _shared(self, run: list[Entry]) -> Iterator[Draft]:
        """Yield what acts in a row let out, under the agreements that held when each was recorded."""
        if not run or not self.standing.agreements:
            return
        under: dict[str, tuple[Held, Agreement, list[Entry]]] = {}
        for entry in run:
            for held, agreement in self.standing.in_force(entry.recorded):
                under.setdefault(held.uid, (held, agreement, []))[2].append(entry)
        found: list[tuple[int, str, str, Draft]] = []
        for held, agreement, entries in under.values():
            self._index(agreement, entries)
            wanted = {one.target for one in agreement.permission if self._discloses(one)}
            told = [entry for entry in entries if entry.kind in wanted]
            if told:
                found += self._under(held, agreement, told)
            found += self._totalled(held, agreement, entries)
        yield from (made for *_, made in sorted(found, key=lambda one: one[:3]))

    def _discloses(self, clause: Permission) -> bool:
        return clause.action == "disclose" and clause.assigner == self.me

    def _under(
        self, held: Held, agreement: Agreement, entries: list[Entry]
    ) -> list[tuple[int, str, str, Draft]]:
        by_position = {entry.position: entry for entry in entries}
        key = self.responder.key(agreement.uid)
        frame = self.rows.frame(entries)
        found = []
        for match in sorted(
            matches(frame, agreement, self.me, key), key=lambda one: (one.position, one.clause)
        ):
            entry = by_position[match.position]
            subject = pseudonym(key, f"subject {match.subject}")
            for n, rows in enumerate(_parts(match.rows)):
                content = Disclosed(entry.kind, rows)
                made = self._disclosure(held, (match.clause, subject, n), entry, content, match.subject)
                found.append((entry.position, agreement.uid, f"{match.clause} {n:06}", made))
        self.tables.executemany(
            "INSERT INTO cells VALUES (?, ?, ?, ?)",
            [
                (agreement.uid, cell.clause, cell.period, _ENCODER.encode(cell).decode())
                for cell in cells(frame, agreement, self.me)
            ],
        )
        return found

    def _totalled(
        self, held: Held, agreement: Agreement, entries: list[Entry]
    ) -> list[tuple[int, str, str, Draft]]:
        """Return the totals of periods that have ended before the last of these entries was recorded."""
        found = []
        for clause in agreement.permission:
            if clause.aggregate is None or not self._discloses(clause):
                continue
            for entry in entries:
                now = period_of(entry.recorded, clause.aggregate.period)
                where = (agreement.uid, clause.uid, now)
                ended = self.tables.execute(_ENDED, where).fetchall()
                for period in sorted(str(period) for (period,) in ended):
                    at = (agreement.uid, clause.uid, period)
                    waiting = self.tables.execute(_TAKEN, at).fetchall()
                    rows = totals([_CELLS.decode(str(record)) for (record,) in waiting], clause)
                    subject = pseudonym(self.responder.key(agreement.uid), f"totals {clause.uid}")
                    for n, part in enumerate(_parts(tuple(rows))):
                        content = Disclosed(clause.target, part, period)
                        made = self._disclosure(held, (clause.uid, subject, n), entry, content, "")
                        found.append((entry.position, agreement.uid, f"{clause.uid} {period} {n:06}", made))
        return found

    def _disclosure(
        self, held: Held, which: tuple[str, str, int], entry: Entry, content: Disclosed, mrn: str
    ) -> Draft:
        clause, subject, n = which
        permission = held.versions[held.signed].agreement.clause(clause)
        assert permission is not None
        id_ = self.responder.identify("disclosure", held.uid, clause, entry.position, content.period, n)
        message = Message(
            id=id_,
            type="disclosure",
            agreement=held.uid,
            version=held.signed,
            clause=clause,
            purpose=permission.purpose[0],
            subject=subject,
            after=self._after(held.uid, subject),
            content=msgspec.Raw(_ENCODER.encode(content)),
        )
        self.last[held.uid, subject] = id_
        written = _ENCODER.encode(message)
        act = DisclosureSent(
            partner=held.partner,
            agreement=held.uid,
            clause=clause,
            id=id_,
            about=entry.position,
            message=msgspec.Raw(written),
        )
        keys = [sent_key(held.partner, id_), agreement_key(held.uid), partner_key(held.partner)]
        if mrn:
            # By a pseudonym: the envelope is shown to the partner, who may not know the number.
            keys.append(Key(f"disclosed:{mrn}", personal=True))
        cause = Cause("exchange", entry.position, f"{held.uid} {clause} {content.period}".strip(), n)
        # When the act was recorded, not when it happened: partners see the envelope, and may not know that.
        return draft(act, entry.recorded, "responder:exchange", keys, message=written, cause=cause)

    def _after(self, agreement: str, subject: str) -> str:
        if (agreement, subject) in self.last:
            return self.last[agreement, subject]
        sql = "SELECT last FROM subjects WHERE agreement = ? AND subject = ?"
        found: str | None = self.tables.execute(sql, (agreement, subject)).get
        return found or ""

    def _index(self, agreement: Agreement, entries: list[Entry]) -> None:
        """Note the UCRs of what is lodged, where a partner may ask by them."""
        if not any(one.action in _BY_UCR and one.assigner == self.me for one in agreement.permission):
            return
        for entry in entries:
            mrn = mrn_of(entry)
            if entry.kind == DeclarationLodged.KIND and entry.attachments and mrn is not None:
                ucr = self.rows.declared(entry.attachments[0]).ucr
                if ucr:
                    self.tables.execute("INSERT OR IGNORE INTO ucrs VALUES (?, ?)", (ucr, mrn))

    def _answered(self, entry: Entry, act: EnquiryMade) -> Iterator[Draft]:
        """Yield the answer to an enquiry that software can answer, under the agreement as it is now."""
        held = self.standing.agreements.get(act.agreement)
        agreement = held.in_force(entry.recorded) if held is not None else None
        clause = agreement.clause(act.clause) if agreement is not None else None
        if held is None or agreement is None or clause is None or act.service == "assist":
            return
        asked = msgspec.json.decode(act.message, type=Message)
        question = msgspec.json.decode(asked.content, type=Question)
        key = self.responder.key(agreement.uid)
        answer = self.answering.answer(
            (act.id, question, entry.position), agreement, clause, key, self.tables
        )
        id_ = self.responder.identify("answer", act.by, act.id)
        yield answer_draft(
            EnquiryAnswered(
                by=self.me,
                partner=act.by,
                agreement=act.agreement,
                clause=act.clause,
                id=id_,
                enquiry=act.id,
                message=answer_message(id_, held, act, msgspec.Raw(_ENCODER.encode(answer))),
            ),
            entry,
            Cause("exchange", entry.position, act.id, 0),
        )


def answer_draft(act: EnquiryAnswered, entry: Entry, cause: Cause) -> Draft:
    """Return the draft of an answer that the node gives by itself."""
    keys = [
        sent_key(act.partner, act.id),
        agreement_key(act.agreement),
        partner_key(act.partner),
        enquiry_key(act.partner, act.enquiry),
    ]
    return draft(act, entry.occurred, "responder:exchange", keys, message=bytes(act.message), cause=cause)


def _parts(rows: tuple[dict[str, str], ...]) -> Iterator[tuple[dict[str, str], ...]]:
    """Yield rows in parts that each fit into a message."""
    part: list[dict[str, str]] = []
    octets = 0
    for row in rows:
        size = len(_ENCODER.encode(row)) + 1
        if part and octets + size > _LARGEST_CONTENT:
            yield tuple(part)
            part, octets = [], 0
        part.append(row)
        octets += size
    if part:
        yield tuple(part)
