"""Acts about payments and accounts: what was received towards a debt, and what is drawn on and given back."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal

from tidegate.acts.act import Act


class PaymentRecorded(Act, frozen=True, kw_only=True):
    """Money was received towards what a declaration owes."""

    KIND: ClassVar[str] = "payment.recorded"

    mrn: str
    reference: str
    amount: Decimal
    currency: str
    method: str = ""


AccountKind = Literal["deferment", "cash", "guarantee"]


class AccountOpened(Act, frozen=True, kw_only=True):
    """An operator opened an account with customs; ``amount`` is its limit, or the cash paid in."""

    KIND: ClassVar[str] = "account.opened"

    account: str
    holder: str
    type: AccountKind
    amount: Decimal
    currency: str


class AccountCredited(Act, frozen=True, kw_only=True):
    """Money was paid into an account, or given back to it."""

    KIND: ClassVar[str] = "account.credited"

    account: str
    amount: Decimal
    reference: str = ""


class PaymentCalled(Act, frozen=True, kw_only=True):
    """Customs called for a debt to be borne by the account that the declarant named."""

    KIND: ClassVar[str] = "payment.called"

    mrn: str
    account: str
    amount: Decimal
    currency: str


class AccountDrawn(Act, frozen=True, kw_only=True):
    """An account bore the debt of a declaration, or secured it."""

    KIND: ClassVar[str] = "account.drawn"

    mrn: str
    account: str
    amount: Decimal


class AccountRefused(Act, frozen=True, kw_only=True):
    """An account could not bear the debt of a declaration; what it had then is ``available``."""

    KIND: ClassVar[str] = "account.refused"

    mrn: str
    account: str
    amount: Decimal
    available: Decimal
    currency: str


class RepaymentGranted(Act, frozen=True, kw_only=True):
    """Customs granted back what was paid, or borne by an account, beyond what is owed after a change.

    Without an ``account`` it is paid out to who paid it.
    """

    KIND: ClassVar[str] = "repayment.granted"

    mrn: str
    amount: Decimal
    currency: str
    account: str = ""


class AccountRestored(Act, frozen=True, kw_only=True):
    """What was drawn on an account for a declaration was given back: it has ended, or owes less."""

    KIND: ClassVar[str] = "account.restored"

    mrn: str
    account: str
    amount: Decimal
