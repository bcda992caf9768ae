"""What declarants ask for: to change, to end, to review. Checked, then appended under a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import (
    AmendmentRequested,
    DocumentsDelivered,
    InvalidationRequested,
    ReviewDecided,
    ReviewOutcome,
    ReviewRequested,
)
from tidegate.clearance.acting import append_about, check_allowed, consignment_as_seen, consignment_now
from tidegate.clearance.bounds import referable
from tidegate.clearance.lodging import declarant_of
from tidegate.clearance.refusals import NotAllowedError, NotYoursError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tidegate.acts import DeliveredFile
    from tidegate.clearance.life import Consignment
    from tidegate.declarations.declaration import Declaration
    from tidegate.journal import Journal

_LONGEST_WORDS = 2_000  # of the grounds that are given; longer ones are documents


def request_amendment(
    journal: Journal, mrn: str, request: Declaration, occurred: datetime, original: bytes
) -> int:
    """Record that a declarant asks for changes, with the request as it came; returns the position.

    Raises:
        UnknownConsignmentError: nothing was lodged under this number.
        NotAllowedError: the declaration is in a state in which it cannot be changed.
        NotYoursError: somebody else lodged it.
        OvertakenError: somebody else acted on it in the meantime.
    """
    now = consignment_now(journal, mrn)
    sender = _sender(now[0], request)
    act = AmendmentRequested(
        mrn=mrn,
        lrn=referable(request.functional_reference_id or now[0].lrn),
        sender=sender,
        changes=len(request.amendment),
    )
    check_allowed(now[0], act)
    attached = tuple(journal.attach([original]))
    return append_about(journal, now, act, occurred, f"operator:{sender}", attachments=attached)


def request_invalidation(
    journal: Journal, mrn: str, request: Declaration, occurred: datetime, original: bytes
) -> int:
    """Record that a declarant asks to have a declaration ended; returns the position. Raises as above."""
    now = consignment_now(journal, mrn)
    sender = _sender(now[0], request)
    words = next((one.statement_description or "" for one in request.additional_information), "")
    reasons = [one.change_reason_code or "" for one in request.amendment]
    act = InvalidationRequested(
        mrn=mrn,
        lrn=referable(request.functional_reference_id or now[0].lrn),
        sender=sender,
        reason=referable(reasons[0]) if reasons else "",
        words=words[:_LONGEST_WORDS],
    )
    check_allowed(now[0], act)
    attached = tuple(journal.attach([original]))
    return append_about(journal, now, act, occurred, f"operator:{sender}", attachments=attached)


def deliver_documents(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    operator: str,
    *,
    files: Sequence[bytes],
    words: str = "",
    described: Sequence[DeliveredFile] = (),
    seen: int | None = None,
    once: str = "",
) -> int:
    """Record that an operator handed in documents that were asked for; returns the position.

    They wait for an officer to examine them: ``record_documents`` records that, and ends the waiting. Whether
    the operator may act for the declarant is for the door to say. ``described`` says of each file what it is;
    ``once`` names a delivery that enters once.

    Raises:
        UnknownConsignmentError: nothing was lodged under this number.
        NotAllowedError: no documents are waited for, or none is handed in.
        OvertakenError: something happened since it was seen.
    """
    now = consignment_as_seen(journal, mrn, seen)
    if not now[0].documents or not files:
        text = "no documents are waited for" if files else "hand in at least one document"
        raise NotAllowedError(f"{mrn}: {text}.", mrn=mrn, state=now[0].state)
    act = DocumentsDelivered(mrn=mrn, words=words[:_LONGEST_WORDS], files=tuple(described))
    check_allowed(now[0], act)
    attached = tuple(journal.attach(files))
    author = f"operator:{referable(operator)}"
    return append_about(journal, now, act, occurred, author, once=once, attachments=attached)


def request_review(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    operator: str,
    *,
    position: int,
    grounds: str,
    seen: int | None = None,
) -> int:
    """Record that the declarant asks for review of the decision at a position; returns the position."""
    now = consignment_as_seen(journal, mrn, seen)
    _check_own(now[0], operator)
    _check_decision(now[0], position, grounds)
    act = ReviewRequested(mrn=mrn, position=position, grounds=grounds)
    check_allowed(now[0], act)
    return append_about(journal, now, act, occurred, f"operator:{referable(operator)}")


def decide_review(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    position: int,
    outcome: ReviewOutcome,
    text: str,
    seen: int | None = None,
) -> int:
    """Record what a review came to; returns the position.

    What is changed follows by acts that name it: ``override_assessment`` with this position as its review.
    """
    now = consignment_as_seen(journal, mrn, seen)
    asked = [entry for entry in journal.read(position, 1) if entry.kind == ReviewRequested.KIND]
    if position not in now[0].positions or not asked:
        raise NotAllowedError(f"{mrn}: no review was asked for at position {position}.", mrn=mrn)
    if len(text) > _LONGEST_WORDS:
        raise NotAllowedError(f"{mrn}: the text has {len(text)} characters, not {_LONGEST_WORDS}.", mrn=mrn)
    act = ReviewDecided(mrn=mrn, position=position, outcome=outcome, text=text)
    check_allowed(now[0], act)
    return append_about(journal, now, act, occurred, author, once=f"review:{position}")


def _sender(consignment: Consignment, request: Declaration) -> str:
    """Return who asks, having seen that it is who declared; a request may leave its sender to the channel."""
    said = referable(declarant_of(request))
    if request.declarant is not None or request.agent is not None:
        _check_own(consignment, said)
    return consignment.declarant


def _check_own(consignment: Consignment, operator: str) -> None:
    if referable(operator) != consignment.declarant:
        text = f"{consignment.mrn} was lodged by another declarant; only who lodged it may ask for this."
        raise NotYoursError(text, mrn=consignment.mrn)


def _check_decision(consignment: Consignment, position: int, grounds: str) -> None:
    mrn = consignment.mrn
    if position not in consignment.positions:
        raise NotAllowedError(f"{mrn}: nothing was decided about it at position {position}.", mrn=mrn)
    if not grounds or len(grounds) > _LONGEST_WORDS:
        text = f"{mrn}: give the grounds in 1 to {_LONGEST_WORDS} characters, not {len(grounds)}."
        raise NotAllowedError(text, mrn=mrn)
