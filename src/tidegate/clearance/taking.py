"""Who is on a consignment: an officer takes it up and gives it back, so that others see it. No lock."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tidegate.acts import WorkReturned, WorkTaken, decode
from tidegate.clearance.acting import consignment_now
from tidegate.clearance.drafting import author_key, draft
from tidegate.clearance.refusals import NotAllowedError, OvertakenError
from tidegate.journal import Append, Condition, Conflict, Journal, Key, KeyIsNew, KeyLastAt

WORK_KEY = "work:"
_READ_AT_ONCE = 1_000


class Standing(msgspec.Struct, frozen=True):
    """How work on a consignment stands: the last act about it, who is on it ("" nobody), since when."""

    position: int = -1
    officer: str = ""
    since: datetime | None = None


def work_now(journal: Journal, mrn: str) -> Standing:
    """Return who is on a consignment, as the acts about the work on it say now."""
    standing = Standing()
    start = 0
    while entries := journal.about(Key(WORK_KEY + mrn), start, _READ_AT_ONCE):
        for entry in entries:
            act = decode(entry.kind, entry.version, entry.body) if entry.body is not None else None
            on_it = isinstance(act, WorkTaken)
            standing = Standing(
                entry.position, entry.author if on_it else "", entry.occurred if on_it else None
            )
        start = entries[-1].position + 1
    return standing


def take_up(journal: Journal, mrn: str, occurred: datetime, author: str, *, seen: int | None = None) -> int:
    """Record that an officer is on a consignment, in the place of whoever was; returns the position.

    ``seen`` is the position of the last act about the work on it that the officer knows of, -1 for none. Who
    is on it already takes up nothing more.

    Raises:
        UnknownConsignmentError: nothing was lodged under this number.
        OvertakenError: somebody else took it up, or gave it back, since it was seen.
    """
    consignment_now(journal, mrn)
    standing = work_now(journal, mrn)
    if standing.officer == author:
        return standing.position
    _check_seen(mrn, standing, seen)
    return _append(journal, WorkTaken(mrn=mrn), occurred, author, standing)


def give_back(journal: Journal, mrn: str, occurred: datetime, author: str) -> int:
    """Record that the officer who was on a consignment gave it back; returns the position.

    Raises:
        NotAllowedError: somebody else is on it, or nobody.
    """
    standing = work_now(journal, mrn)
    if standing.officer != author:
        text = f"{mrn}: only who is on it gives it back."
        raise NotAllowedError(text, mrn=mrn, officer=standing.officer)
    return _append(journal, WorkReturned(mrn=mrn), occurred, author, standing)


def _check_seen(mrn: str, standing: Standing, seen: int | None) -> None:
    if seen is not None and seen != standing.position:
        text = f"{mrn}: somebody else took it up or gave it back since you looked. Look again."
        raise OvertakenError(text, mrn=mrn, position=standing.position)


def _append(
    journal: Journal,
    act: WorkTaken | WorkReturned,
    occurred: datetime,
    author: str,
    standing: Standing,
) -> int:
    key = Key(WORK_KEY + act.mrn)
    unchanged: Condition = KeyIsNew(key) if standing.position < 0 else KeyLastAt(key, standing.position)
    made = draft(act, occurred, author_key(author), [key])
    answer = journal.append([Append((made,), (unchanged,))])[0]
    if isinstance(answer, Conflict):
        text = f"{act.mrn}: somebody else was first. Look again."
        raise OvertakenError(text, mrn=act.mrn, position=answer.position)
    return answer.positions[0]
