"""What revenue answers: a debt is drawn on its account, or the account is too small; an end gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import (
    AccountDrawn,
    AccountRefused,
    AccountRestored,
    Act,
    DeclarationInvalidated,
    PaymentCalled,
)
from tidegate.journal import Append, Cause, Draft, Entry, Key
from tidegate.revenue.acting import account_key
from tidegate.revenue.ledger import ACCOUNTS, Ledger, act_in
from tidegate.revenue.model import ACCOUNT_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw


class RevenueResponder:
    """Draws debts on accounts in the order in which they are called for, and gives back what has ended."""

    name = "revenue"
    version = 1
    kinds = ACCOUNT_KINDS | {PaymentCalled.KIND, DeclarationInvalidated.KIND}
    schema = ACCOUNTS

    def absorb(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold entries without answering them, when a new version takes over."""
        ledger = Ledger(tables)
        for entry in entries:
            act = act_in(entry)
            if act is not None:
                ledger.note(act)
        ledger.store()

    def respond(self, entries: Sequence[Entry], tables: apsw.Connection) -> Sequence[Append]:
        """Answer a batch of entries, and fold both them and the answers."""
        ledger = Ledger(tables)
        answers = []
        for entry in entries:
            act = act_in(entry)
            if act is None or (entry.cause is not None and entry.cause.responder == self.name):
                continue
            ledger.note(act)
            answered = _answer(act, ledger)
            if answered is not None:
                ledger.note(answered)
                answers.append(self._append(entry, answered))
        ledger.store()
        return answers

    def _append(self, entry: Entry, act: AccountDrawn | AccountRefused | AccountRestored) -> Append:
        draft = Draft(
            kind=act.KIND,
            version=act.VERSION,
            occurred=entry.occurred,
            author=Key(f"responder:{self.name}"),
            keys=(Key(f"mrn:{act.mrn}"), account_key(act.account)),
            body=act.encode(),
            cause=Cause(self.name, entry.position, act.mrn, 0),
        )
        return Append((draft,))


def _answer(act: Act, ledger: Ledger) -> AccountDrawn | AccountRefused | AccountRestored | None:
    if isinstance(act, PaymentCalled):
        account = ledger.get(act.account)
        if account is None:
            return None
        if account.available >= act.amount and account.currency == act.currency:
            return AccountDrawn(mrn=act.mrn, account=act.account, amount=act.amount)
        return AccountRefused(
            mrn=act.mrn,
            account=act.account,
            amount=act.amount,
            available=account.available,
            currency=act.currency,
        )
    if isinstance(act, DeclarationInvalidated):
        bearing = ledger.borne_by(act.mrn)
        amount = bearing.drawn.get(act.mrn) if bearing is not None else None
        if bearing is not None and amount:
            return AccountRestored(mrn=act.mrn, account=bearing.account, amount=amount)
    return None
