"""Responders read acts and append others: once each, whatever happens between reading and appending."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import apsw

from tidegate.acts.journal import Erased, ResponderStarted
from tidegate.journal.engine import Journal
from tidegate.journal.model import Append, Appended, Cause, Conflict, Draft, Entry, JournalError, Key
from tidegate.journal.tables import (
    Followed,
    begin_scrub,
    begin_tables,
    checked_state,
    end_of,
    held,
    move,
    next_entries,
    open_tables,
    own,
    path_of,
    position_of,
    scrub_tables,
    transaction,
)

ROLE = "responder"
PATIENCE_SECONDS = 10.0


class AnswerDiffersError(JournalError):
    """A repeated answer is not the recorded one: the responder depends on more than its entries and tables.

    Fields: responder, position (of the recorded answer).
    """

    code = "answer_differs"


class AnswerRefusedError(JournalError):
    """An answer's own condition failed, although the winner was heard; fields: responder, position."""

    code = "answer_refused"


class Responder(Protocol):
    """What answers acts, as a function of the entries and its tables alone: no clock, no memory of its own.

    Every answer carries a cause with the responder's name. An answer needs no condition, its cause is one.
    """

    @property
    def name(self) -> str:
        """The name of the tables' file, and of every cause."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever answers or tables change: the new version begins where the old one stopped."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of act that it hears."""
        ...

    @property
    def schema(self) -> str:
        """The SQL that makes its tables; `followed` is a taken name."""
        ...

    def absorb(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold the entries without answering; here its own answers of the past are among them."""
        ...

    def respond(self, entries: Sequence[Entry], tables: apsw.Connection) -> Sequence[Append]:
        """Return the answers, having folded both the entries and the answers into the tables.

        One that hears `erased` forgets what is among the act's keys. The tables of any other are made anew
        when something was erased, by absorbing what is left.
        """
        ...


def answer(
    journal: Journal,
    responder: Responder,
    folder: Path,
    *,
    batch: int = 1000,
    until: int | None = None,
    patience: float = PATIENCE_SECONDS,
) -> int:
    """Answer what is new, batch by batch, up to the head of the journal or `until`; return the entries heard.

    Answers are durable before the position moves. After a crash between the two the batch is computed again,
    and answers already recorded are passed over. Two followers at once take turns; `tables_held` says who
    holds the tables too long.
    """
    path = path_of(responder.name, folder)
    with closing(open_tables(path, patience)) as connection:
        with held(path, patience), transaction(connection):
            start = _begin(journal, responder, connection, path)
        end = end_of(journal, start, until)
        heard = 0
        while True:
            with held(path, patience):
                count, reached = _answer_batch(journal, responder, connection, batch, (end, until))
                scrub_tables(connection, path)
            heard += count
            if reached >= end:
                return heard


def _answer_batch(
    journal: Journal,
    responder: Responder,
    connection: apsw.Connection,
    batch: int,
    ends: tuple[int, int | None],
) -> tuple[int, int]:
    """Answer one batch up to ends[0]; return the entries heard and the position reached.

    When somebody else's entry, not yet heard, refuses an answer, the batch is taken again with that entry in
    it, unless the caller's own end, ends[1], lies before it.
    """
    end, until = ends
    try:
        with transaction(connection):
            return _answer(journal, responder, connection, batch, end)
    except _Overtaken as overtaken:
        position = overtaken.position
        if until is not None and position >= until:
            raise _refused(responder, position) from None
        with transaction(connection):
            start = position_of(connection, responder.version)
            try:
                return _answer(journal, responder, connection, position + 1 - start, position + 1)
            except _Overtaken as again:
                raise _refused(responder, again.position) from None


class _Overtaken(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def _refused(responder: Responder, position: int) -> AnswerRefusedError:
    return AnswerRefusedError(
        f"An answer of {responder.name} was refused by the entry at position {position}.",
        responder=responder.name,
        position=position,
    )


def _answer(
    journal: Journal, responder: Responder, connection: apsw.Connection, limit: int, end: int
) -> tuple[int, int]:
    start = position_of(connection, responder.version)
    entries, reached = next_entries(journal, start, limit, responder.kinds | {Erased.KIND}, end)
    erased = any(entry.kind == Erased.KIND for entry in entries)
    heard = [one for one in entries if one.kind in responder.kinds and not own(one, responder.name)]
    groups = responder.respond(heard, connection) if heard else ()
    if groups:
        for group, outcome in zip(groups, journal.append(groups), strict=True):
            _check_outcome(journal, responder, group, outcome)
    if erased and Erased.KIND not in responder.kinds:
        # It cannot say what it must forget: its tables are made anew from what is left.
        state = Followed(ROLE, responder.name, responder.version, reached)
        begin_tables(connection, responder.schema, state)
        _absorb(journal, responder, connection, reached)
    if erased:
        begin_scrub(connection)
    if reached > start:
        move(connection, reached)
    return len(heard), reached


def _check_outcome(
    journal: Journal, responder: Responder, group: Append, outcome: Appended | Conflict
) -> None:
    if isinstance(outcome, Appended):
        return
    if outcome.cause is None:
        raise _Overtaken(outcome.position)
    recorded = journal.read(outcome.position, 1)[0]
    draft = next(draft for draft in group.drafts if draft.cause == outcome.cause)
    if recorded.kind != draft.kind or recorded.body not in {None, draft.body}:
        raise AnswerDiffersError(
            f"{responder.name} answers {outcome.cause.subject} otherwise than it did at position "
            f"{outcome.position}: raise its version, or find what it depends on beside entries and tables.",
            responder=responder.name,
            position=outcome.position,
        )


def _begin(journal: Journal, responder: Responder, connection: apsw.Connection, path: Path) -> int:
    """Make the tables of a new responder or version, or lost ones; return the position to go on from."""
    state = checked_state(connection, path, ROLE, responder.name)
    if state is not None and state.version == responder.version:
        return state.position
    # Where the tables are lost, the journal still says what was answered, be it by terms that have changed.
    start = _answered(journal, responder, 0 if state is None else state.position)
    fresh = Followed(ROLE, responder.name, responder.version, start)
    begin_tables(connection, responder.schema, fresh)
    if start:
        _absorb(journal, responder, connection, start)
        journal.append([Append((_started(journal, responder, start),))])
    return start


def _answered(journal: Journal, responder: Responder, position: int) -> int:
    """Return the position after the last entry that was heard or is known to have been answered."""
    begin = position
    size = end_of(journal, position, None)
    while position < size:
        entries = journal.read(position)
        for entry in entries:
            if own(entry, responder.name) and entry.kind != ResponderStarted.KIND:
                assert entry.cause is not None
                begin = max(begin, entry.cause.because + 1)
        position = entries[-1].position + 1
    return begin


def _absorb(journal: Journal, responder: Responder, connection: apsw.Connection, begin: int) -> None:
    """Fold everything before `begin`, and every own answer to that, into fresh tables."""
    position, size = 0, journal.size
    while position < size:
        entries = journal.read(position)
        heard = [
            entry
            for entry in entries
            if entry.kind != ResponderStarted.KIND
            and (
                _answers(entry, responder, begin)
                or (entry.kind in responder.kinds and entry.position < begin)
            )
        ]
        if heard:
            responder.absorb(heard, connection)
        position = entries[-1].position + 1


def _answers(entry: Entry, responder: Responder, begin: int) -> bool:
    """Whether the entry is the responder's answer to an entry before `begin`."""
    return own(entry, responder.name) and entry.cause is not None and entry.cause.because < begin


def _started(journal: Journal, responder: Responder, begin: int) -> Draft:
    """Return the act that says from where the new version answers; its cause makes a repeated one pass."""
    last = journal.read(begin - 1, 1)[0]
    name = Key(f"responder:{responder.name}")
    return Draft(
        kind=ResponderStarted.KIND,
        version=ResponderStarted.VERSION,
        occurred=last.recorded,
        author=name,
        keys=(name,),
        body=ResponderStarted(name=responder.name, version=responder.version, start=begin).encode(),
        cause=Cause(responder.name, begin - 1, f"{name.text}:{responder.version}", 0),
    )
