"""After clearance: an officer puts forward that a declaration be changed or ended, while the law allows it.

Declarants write to customs for it; their messages cannot change what is cleared. What was put forward is
judged and assessed as any request is, and what is then paid or borne too much is granted back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tidegate.acts import AmendmentRequested, InvalidationRequested
from tidegate.clearance.acting import append_about, check_allowed, consignment_as_seen
from tidegate.clearance.bounds import referable
from tidegate.clearance.refusals import TooLateError

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.clearance.life import Consignment
    from tidegate.clearance.practice import Practice
    from tidegate.declarations.declaration import Declaration
    from tidegate.journal import Journal

_LONGEST_WORDS = 2_000


def amend_cleared(
    journal: Journal,
    mrn: str,
    request: Declaration,
    occurred: datetime,
    original: bytes,
    *,
    author: str,
    practice: Practice,
    seen: int | None = None,
) -> int:
    """Put forward that a cleared declaration be changed, with the request as it came; returns the position.

    Raises:
        UnknownConsignmentError: nothing was lodged under this number.
        NotAllowedError: the declaration is not cleared.
        TooLateError: the practice's time to change it has passed.
        OvertakenError: something happened since it was seen.
    """
    now = consignment_as_seen(journal, mrn, seen)
    act = AmendmentRequested(
        mrn=mrn,
        lrn=referable(request.functional_reference_id or now[0].lrn),
        sender=now[0].declarant,
        changes=len(request.amendment),
        late=True,
    )
    check_allowed(now[0], act)
    _check_time(now[0], occurred, practice.amendable_days, "changed")
    attached = tuple(journal.attach([original]))
    return append_about(journal, now, act, occurred, author, attachments=attached)


def invalidate_cleared(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    *,
    author: str,
    words: str,
    practice: Practice,
    seen: int | None = None,
) -> int:
    """Put forward that a cleared declaration be ended, and why; returns the position. Raises as above."""
    now = consignment_as_seen(journal, mrn, seen)
    act = InvalidationRequested(
        mrn=mrn, lrn=now[0].lrn, sender=now[0].declarant, words=words[:_LONGEST_WORDS], late=True
    )
    check_allowed(now[0], act)
    _check_time(now[0], occurred, practice.invalidatable_days, "ended")
    return append_about(journal, now, act, occurred, author)


def _check_time(consignment: Consignment, occurred: datetime, days: int, done: str) -> None:
    """See that the time has not passed; it begins with the acceptance."""
    begun = consignment.accepted or consignment.lodged
    until = begun + timedelta(days=days)
    if occurred > until:
        text = f"{consignment.mrn} could be {done} until {until:%Y-%m-%d %H:%M}; that has passed."
        raise TooLateError(text, mrn=consignment.mrn, days=days)
