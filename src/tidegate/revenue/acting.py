"""What is done to accounts by people: they are opened, once, and credited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import AccountCredited, AccountKind, AccountOpened, decode
from tidegate.journal import Append, Condition, Conflict, Draft, Journal, Key, KeyIsNew, KeyLastAt
from tidegate.revenue.model import Account, folded

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

_LONGEST = 35  # an..35, the number of an account or guarantee


class BadAccountError(Exception):
    """An account that cannot be opened or credited so; ``fields`` for programs, the text for people."""

    code = "bad_account"

    def __init__(self, text: str, **fields: str | int) -> None:
        super().__init__(text)
        self.fields = fields


def open_account(
    journal: Journal,
    occurred: datetime,
    author: str,
    *,
    account: str,
    holder: str,
    kind: AccountKind,
    amount: Decimal,
    currency: str,
) -> int:
    """Open an account with its limit, or with the cash paid in; returns the position.

    Raises:
        BadAccountError: the account exists, its number has no form, or the amount is below zero.
    """
    if not account.isprintable() or not 0 < len(account) <= _LONGEST:
        raise BadAccountError(f"An account has a number of 1 to {_LONGEST} characters.")
    _check_amount(account, amount)
    act = AccountOpened(account=account, holder=holder, type=kind, amount=amount, currency=currency)
    return _append(journal, act, occurred, author, KeyIsNew(account_key(account)))


def credit_account(
    journal: Journal, occurred: datetime, author: str, *, account: str, amount: Decimal, reference: str = ""
) -> int:
    """Credit an account; returns the position.

    Raises:
        BadAccountError: there is no such account, the amount is below zero, or somebody acted meanwhile.
    """
    _check_amount(account, amount)
    last = journal.last(account_key(account))
    if last is None or account_now(journal, account) is None:
        raise BadAccountError(f"No account has the number {account!r} here.", account=account)
    act = AccountCredited(account=account, amount=amount, reference=reference)
    return _append(journal, act, occurred, author, KeyLastAt(account_key(account), last))


def account_now(journal: Journal, account: str) -> Account | None:
    """Return an account as its acts say now, or None."""
    acts, start = [], 0
    while entries := journal.about(account_key(account), start):
        acts += [decode(one.kind, one.version, one.body) for one in entries if one.body is not None]
        start = entries[-1].position + 1
    return folded(acts)


def account_key(account: str) -> Key:
    """Return the key of an account; it stands for a firm, so that it can be erased."""
    return Key(f"account:{account}", personal=True)


def _check_amount(account: str, amount: Decimal) -> None:
    if not amount.is_finite() or amount < 0:
        raise BadAccountError(f"{account}: an amount is 0 or more, not {amount}.", account=account)


def _append(
    journal: Journal,
    act: AccountOpened | AccountCredited,
    occurred: datetime,
    author: str,
    condition: Condition,
) -> int:
    account = act.account
    draft = Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=occurred,
        author=Key(author, personal=True),
        keys=(account_key(account),),
        body=act.encode(),
    )
    answer = journal.append([Append((draft,), (condition,))])[0]
    if isinstance(answer, Conflict):
        text = f"The account {account!r} was acted on at position {answer.position}. Look again."
        raise BadAccountError(text, account=account, position=answer.position)
    return answer.positions[0]
