"""What officers do about documents, questions and quotas: checked, then appended on a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tidegate.acts import (
    ConsignmentReferred,
    ControlOrdered,
    DocumentsRequested,
    DocumentsSupplied,
    QueryAnswered,
    QuotaAllocated,
)
from tidegate.clearance.acting import append_about, check_allowed, consignment_as_seen
from tidegate.clearance.bounds import referable
from tidegate.clearance.refusals import NotAllowedError

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.journal import Journal

_LONGEST_WORDS = 2_000


def request_documents(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    grounds: str,
    blocking: bool = True,
    seen: int | None = None,
) -> int:
    """Ask for the documents of a declaration; release waits where ``blocking``. Returns the position."""
    now = consignment_as_seen(journal, mrn, seen)
    if len(grounds) > _LONGEST_WORDS:
        raise NotAllowedError(f"{mrn}: grounds have at most {_LONGEST_WORDS} characters.", mrn=mrn)
    act = DocumentsRequested(mrn=mrn, blocking=blocking, grounds=grounds)
    check_allowed(now[0], act)
    return append_about(journal, now, act, occurred, author)


def order_control(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    channel: Literal["yellow", "red"],
    grounds: str,
    seen: int | None = None,
) -> int:
    """Order a control of documents (yellow) or goods (red) on grounds of one's own; returns the position."""
    now = consignment_as_seen(journal, mrn, seen)
    _check_words(mrn, grounds)
    act = ControlOrdered(mrn=mrn, channel=channel, grounds=grounds.strip())
    check_allowed(now[0], act)
    return append_about(journal, now, act, occurred, author)


def refer(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    to: str,
    words: str,
    seen: int | None = None,
) -> int:
    """Refer a consignment to somebody else, who then finds it in the queue; returns the position."""
    now = consignment_as_seen(journal, mrn, seen)
    _check_words(mrn, words)
    if not to.strip():
        raise NotAllowedError(f"{mrn}: say to whom it is referred.", mrn=mrn)
    act = ConsignmentReferred(mrn=mrn, to=referable(to.strip()), words=words.strip())
    check_allowed(now[0], act)
    return append_about(journal, now, act, occurred, author)


def _check_words(mrn: str, words: str) -> None:
    if not words.strip() or len(words) > _LONGEST_WORDS:
        text = f"{mrn}: say why, in 1 to {_LONGEST_WORDS} characters, not {len(words)}."
        raise NotAllowedError(text, mrn=mrn)


def record_documents(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    words: str = "",
    original: bytes = b"",
    seen: int | None = None,
) -> int:
    """Record that the documents asked for came and were examined; returns the position."""
    now = consignment_as_seen(journal, mrn, seen)
    if not now[0].documents:
        raise NotAllowedError(f"{mrn}: no documents are waited for.", mrn=mrn, state=now[0].state)
    act = DocumentsSupplied(mrn=mrn, words=words[:_LONGEST_WORDS])
    check_allowed(now[0], act)
    attached = tuple(journal.attach([original])) if original else ()
    return append_about(journal, now, act, occurred, author, attachments=attached)


def answer_query(
    journal: Journal, mrn: str, occurred: datetime, author: str, *, text: str, seen: int | None = None
) -> int:
    """Record that the question of another authority was answered, and how; returns the position."""
    now = consignment_as_seen(journal, mrn, seen)
    if not now[0].query:
        raise NotAllowedError(f"{mrn}: no question waits for an answer.", mrn=mrn, state=now[0].state)
    act = QueryAnswered(mrn=mrn, text=text[:_LONGEST_WORDS])
    check_allowed(now[0], act)
    return append_about(journal, now, act, occurred, author)


def allocate_quota(
    journal: Journal, mrn: str, occurred: datetime, author: str, *, seen: int | None = None
) -> int:
    """Record that the quota claimed was allocated, so that the debt can be fixed; returns the position."""
    now = consignment_as_seen(journal, mrn, seen)
    if not now[0].provisional:
        raise NotAllowedError(f"{mrn}: no quota is waited for.", mrn=mrn, state=now[0].state)
    act = QuotaAllocated(mrn=mrn)
    check_allowed(now[0], act)
    return append_about(journal, now, act, occurred, author)
