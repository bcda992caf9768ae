"""What an officer does about an assessment: put other lines in its place, with a reason, or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tidegate.acts import AssessmentOverridden, ReviewDecided
from tidegate.clearance.acting import acts_about, append_about, check_allowed, consignment_as_seen
from tidegate.clearance.refusals import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tidegate.acts import TaxLine
    from tidegate.journal import Journal

_LONGEST_WORDS = 2_000


def override_assessment(
    journal: Journal,
    mrn: str,
    occurred: datetime,
    author: str,
    *,
    taxes: Sequence[TaxLine],
    reason: str,
    review: int | None = None,
    seen: int | None = None,
) -> int:
    """Put lines of tax in the place of those that were worked out; returns the position.

    What is due from then on is what the lines say is payable. The lines that were worked out stay in the
    journal, and so does the reason. ``review`` is the position of the review that came to it: what is
    released is assessed anew only by one that changed a decision, once. What is paid or borne too much is
    then granted back.

    Raises:
        NotAllowedError: the state of the consignment has no way for it, there is no reason, an amount is
            negative or in another currency, or the review did not change anything.
        OvertakenError: something happened since it was seen, or the review is followed already.
    """
    now = consignment_as_seen(journal, mrn, seen)
    currency = now[0].currency
    if not reason.strip() or len(reason) > _LONGEST_WORDS:
        text = f"{mrn}: an override has a reason, of at most {_LONGEST_WORDS} characters."
        raise NotAllowedError(text, mrn=mrn)
    for line in taxes:
        if line.currency != currency or not line.amount.is_finite() or line.amount < 0:
            text = f"{mrn}: {line.type} is 0 or more {currency}, not {line.amount} {line.currency}."
            raise NotAllowedError(text, mrn=mrn, tax=line.type)
    payable = (line.amount if line.payable is None else line.payable for line in taxes)
    act = AssessmentOverridden(
        mrn=mrn,
        taxes=tuple(taxes),
        due=sum(payable, Decimal(0)),
        currency=currency,
        reason=reason.strip(),
        review=-1 if review is None else review,
    )
    check_allowed(now[0], act)
    if review is None:
        return append_about(journal, now, act, occurred, author)
    _check_changed(journal, mrn, review)
    return append_about(journal, now, act, occurred, author, once=f"review-followed:{review}")


def _check_changed(journal: Journal, mrn: str, review: int) -> None:
    """See that a review of this declaration was decided at a position, and that it changed the decision."""
    for entry, act in acts_about(journal, mrn):
        if entry.position == review and isinstance(act, ReviewDecided) and act.outcome == "changed":
            return
    raise NotAllowedError(f"{mrn}: no review at position {review} changed a decision.", mrn=mrn)
