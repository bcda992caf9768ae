"""What an officer does about an assessment: put other lines in its place, with a reason, or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tidegate.acts import AssessmentOverridden
from tidegate.clearance.acting import append_about, check_allowed, consignment_now
from tidegate.clearance.refusals import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tidegate.acts import TaxLine
    from tidegate.journal import Journal

_LONGEST_WORDS = 2_000


def override_assessment(
    journal: Journal, mrn: str, occurred: datetime, author: str, *, taxes: Sequence[TaxLine], reason: str
) -> int:
    """Put lines of tax in the place of those that were worked out; returns the position.

    What is due from then on is what the lines say is payable. The lines that were worked out stay in the
    journal, and so does the reason.

    Raises:
        NotAllowedError: the state of the consignment has no way for it, there is no reason, or an amount is
            negative or in another currency.
    """
    now = consignment_now(journal, mrn)
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
        mrn=mrn, taxes=tuple(taxes), due=sum(payable, Decimal(0)), currency=currency, reason=reason.strip()
    )
    check_allowed(now[0], act)
    return append_about(journal, now, act, occurred, author)
