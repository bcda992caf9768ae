"""Questions and complaints of the public: received under a reference, answered once, found by the reference.

Keys hold the reference alone; what people wrote lies in bodies, which can be erased.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import Matter, QuestionAnswered, QuestionReceived, decode
from tidegate.journal import Append, Conflict, Draft, Key, KeyIsNew, KeyLastAt
from tidegate.notices.refusals import BadWordsError, OvertakenNoticeError, UnknownQuestionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.journal import Entry, Journal

LONGEST_WORDS, LONGEST_LINE = 4_000, 140
_PUBLIC = Key("public")


class Question(msgspec.Struct, frozen=True):
    """A question or complaint, and the answer where there is one."""

    reference: str
    matter: Matter
    words: str
    about: str
    contact: str
    received: datetime
    answer: str = ""
    answered: datetime | None = None


class Waiting(msgspec.Struct, frozen=True):
    """A question that nobody answered yet, as the list has it; ``received`` in ISO 8601."""

    reference: str
    matter: str
    received: str


class QuestionsReader:
    """Keeps which questions wait for an answer; what they say is read from their acts."""

    name = "questions"
    version = 1
    kinds: frozenset[str] | None = frozenset({QuestionReceived.KIND, QuestionAnswered.KIND})
    schema = """
CREATE TABLE waiting (reference TEXT PRIMARY KEY, matter TEXT NOT NULL, received TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX waiting_by_time ON waiting (received, reference);
"""

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the table."""
        for entry in entries:
            if entry.body is None:
                continue
            act = decode(entry.kind, entry.version, entry.body)
            if isinstance(act, QuestionReceived):
                row = (act.reference, act.matter, entry.occurred.isoformat())
                tables.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?, ?)", row)
            elif isinstance(act, QuestionAnswered):
                tables.execute("DELETE FROM waiting WHERE reference = ?", (act.reference,))


def receive_question(
    journal: Journal,
    occurred: datetime,
    *,
    reference: str,
    matter: Matter,
    words: str,
    about: str = "",
    contact: str = "",
) -> int:
    """Record what somebody asks or complains about, under a new reference; returns the position.

    Received before under this reference, nothing is added, and the first position is returned.

    Raises:
        BadWordsError: nothing is said, or too much.
    """
    if not words.strip() or len(words) > LONGEST_WORDS:
        raise BadWordsError(f"Say it in 1 to {LONGEST_WORDS} characters, not {len(words)}.", "words")
    for field, said in (("about", about), ("contact", contact)):
        if len(said) > LONGEST_LINE:
            raise BadWordsError(f"At most {LONGEST_LINE} characters.", field)
    act = QuestionReceived(
        reference=reference, matter=matter, words=words.strip(), about=about.strip(), contact=contact.strip()
    )
    key = _key(reference)
    answer = journal.append([Append((_draft(act, occurred, _PUBLIC, key),), (KeyIsNew(key),))])[0]
    return answer.position if isinstance(answer, Conflict) else answer.positions[0]


def answer_question(journal: Journal, occurred: datetime, author: Key, *, reference: str, words: str) -> int:
    """Record the answer to a question; returns the position.

    Raises:
        UnknownQuestionError: nobody asked anything under this reference.
        OvertakenNoticeError: it was answered already.
        BadWordsError: nothing is said, or too much.
    """
    key = _key(reference)
    last = journal.last(key)
    known = question(journal, reference)
    if known is None or last is None:
        raise UnknownQuestionError(f"No question has the reference {reference[:20]}.", "reference")
    if known.answered is not None:
        raise OvertakenNoticeError(f"It was answered on {known.answered:%Y-%m-%d %H:%M}.", "words")
    if not words.strip() or len(words) > LONGEST_WORDS:
        raise BadWordsError(f"Say it in 1 to {LONGEST_WORDS} characters, not {len(words)}.", "words")
    draft = _draft(QuestionAnswered(reference=reference, words=words.strip()), occurred, author, key)
    answer = journal.append([Append((draft,), (KeyLastAt(key, last),))])[0]
    if isinstance(answer, Conflict):
        raise OvertakenNoticeError("Somebody else answered first.", "words")
    return answer.positions[0]


def question(journal: Journal, reference: str) -> Question | None:
    """Return a question by its reference, None where there is none or it was erased."""
    found: Question | None = None
    for entry in journal.about(_key(reference), 0, 10):
        if entry.body is None:
            continue
        act = decode(entry.kind, entry.version, entry.body)
        if isinstance(act, QuestionReceived):
            found = Question(act.reference, act.matter, act.words, act.about, act.contact, entry.occurred)
        elif isinstance(act, QuestionAnswered) and found is not None:
            found = msgspec.structs.replace(found, answer=act.words, answered=entry.occurred)
    return found


def waiting_questions(tables: apsw.Connection, limit: int = 100) -> list[Waiting]:
    """Return the questions that wait for an answer, those that waited longest first."""
    rows = tables.execute(
        "SELECT reference, matter, received FROM waiting ORDER BY received, reference LIMIT ?", (limit,)
    )
    return [Waiting(*row) for row in rows]


def _draft(act: QuestionReceived | QuestionAnswered, occurred: datetime, author: Key, key: Key) -> Draft:
    return Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=occurred,
        author=author,
        keys=(key,),
        body=act.encode(),
    )


def _key(reference: str) -> Key:
    return Key(f"question:{reference[:40]}")
