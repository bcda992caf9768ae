"""Settling: what of a debt is called for from an account, and what is given back when it has changed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tidegate.acts import (
    Act,
    AmendmentRequested,
    AssessmentOverridden,
    InvalidationRequested,
    PaymentCalled,
    RepaymentGranted,
)

if TYPE_CHECKING:
    from tidegate.clearance.life import Consignment

_CHANGING = (AmendmentRequested, AssessmentOverridden, InvalidationRequested)


def called(consignment: Consignment, accounts: frozenset[str]) -> PaymentCalled | None:
    """Return the call for what is missing, on the account that was named and is held here.

    What the account could not bear is not asked of it again; less than that is.
    """
    missing = -consignment.excess - consignment.pending
    refused = consignment.refused
    if consignment.account not in accounts or missing <= 0 or (refused and missing >= refused):
        return None
    return PaymentCalled(
        mrn=consignment.mrn, account=consignment.account, amount=missing, currency=consignment.currency
    )


def settled(act: Act, consignment: Consignment, accounts: frozenset[str]) -> list[Act]:
    """Return what a change of the debt brings, once it is folded: too much goes back, missing is called for.

    What an account bore comes back to it first; what it bore for a declaration that has ended, revenue gives
    back. Before clearance nothing more is called for here: release waits for it, and calls.
    """
    if not isinstance(act, _CHANGING):
        return []
    ended = consignment.state == "invalidated"
    too_much = max(consignment.paid if ended else consignment.excess, Decimal(0))
    to_account = Decimal(0) if ended else min(too_much, consignment.borne)
    shares = ((to_account, consignment.bearer), (min(too_much - to_account, consignment.paid), ""))
    granted: list[Act] = [
        RepaymentGranted(mrn=consignment.mrn, amount=amount, currency=consignment.currency, account=account)
        for amount, account in shares
        if amount > 0
    ]
    missing = called(consignment, accounts) if consignment.state == "cleared" else None
    return granted if missing is None else [missing]
