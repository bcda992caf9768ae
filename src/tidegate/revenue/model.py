"""An account of an operator: what it may bear, what it bears, and the fold of acts that tell of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    AccountCredited,
    AccountDrawn,
    AccountKind,
    AccountOpened,
    AccountRestored,
    Act,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

ACCOUNT_KINDS = frozenset(
    {"account.opened", "account.credited", "account.drawn", "account.restored", "account.refused"}
)


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """A deferment account and a guarantee have a limit, a cash account what was paid in; ``drawn`` by MRN."""

    account: str
    holder: str
    type: AccountKind
    amount: Decimal
    currency: str
    drawn: dict[str, Decimal] = {}

    @property
    def available(self) -> Decimal:
        """What can still be drawn."""
        return self.amount - sum(self.drawn.values(), Decimal(0))


def account_in(act: Act) -> str | None:
    """Return the account that an act is about, or None."""
    return getattr(act, "account", None) if act.KIND in ACCOUNT_KINDS else None


def fold(account: Account | None, act: Act) -> Account | None:
    """Fold one act into an account."""
    if isinstance(act, AccountOpened) and account is None:
        return Account(act.account, act.holder, act.type, act.amount, act.currency)
    if account is None:
        return None
    if isinstance(act, AccountCredited):
        return msgspec.structs.replace(account, amount=account.amount + act.amount)
    if isinstance(act, AccountDrawn):
        already = account.drawn.get(act.mrn, Decimal(0))
        return msgspec.structs.replace(account, drawn={**account.drawn, act.mrn: already + act.amount})
    if isinstance(act, AccountRestored):
        left = account.drawn.get(act.mrn, Decimal(0)) - act.amount
        kept = {mrn: amount for mrn, amount in account.drawn.items() if mrn != act.mrn}
        return msgspec.structs.replace(account, drawn=kept | ({act.mrn: left} if left > 0 else {}))
    return account


def folded(acts: Iterable[Act]) -> Account | None:
    """Return the account that acts come to."""
    account = None
    for act in acts:
        account = fold(account, act)
    return account
