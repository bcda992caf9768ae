"""What revenue answers: a debt is drawn on its account, or the account is too small; an end gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import (
    AccountCredited,
    AccountDrawn,
    AccountRefused,
    AccountRestored,
    Act,
    DeclarationInvalidated,
    PaymentCalled,
    PaymentRecorded,
    RepaymentGranted,
)
from tidegate.journal import Append, Cause, Draft, Entry, Key
from tidegate.revenue.acting import account_key
from tidegate.revenue.ledger import ACCOUNTS, Ledger, act_in
from tidegate.revenue.model import ACCOUNT_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    import apsw


_Answer = AccountDrawn | AccountRefused | AccountRestored


class RevenueResponder:
    """Draws debts on accounts in the order in which they are called for, and gives back what is not owed.

    What an account could not bear is drawn when it can: once it is credited, or something comes back to it.
    """

    name = "revenue"
    version = 2
    kinds = ACCOUNT_KINDS | {
        PaymentCalled.KIND,
        PaymentRecorded.KIND,
        RepaymentGranted.KIND,
        DeclarationInvalidated.KIND,
    }
    schema = ACCOUNTS

    def absorb(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold entries without answering them, when a new version takes over."""
        ledger = Ledger(tables)
        for entry in entries:
            act = act_in(entry)
            if act is not None:
                _note(act, ledger)
        ledger.store()

    def respond(self, entries: Sequence[Entry], tables: apsw.Connection) -> Sequence[Append]:
        """Answer a batch of entries, and fold both them and the answers."""
        ledger = Ledger(tables)
        answers = []
        for entry in entries:
            act = act_in(entry)
            if act is None or (entry.cause is not None and entry.cause.responder == self.name):
                continue
            _note(act, ledger)
            answered = _answers(act, ledger)
            if answered:
                answers.append(self._append(entry, answered))
        ledger.store()
        return answers

    def _append(self, entry: Entry, acts: Sequence[_Answer]) -> Append:
        return Append(
            tuple(
                Draft(
                    kind=act.KIND,
                    version=act.VERSION,
                    occurred=entry.occurred,
                    author=Key(f"responder:{self.name}"),
                    keys=(Key(f"mrn:{act.mrn}"), account_key(act.account)),
                    body=act.encode(),
                    cause=Cause(self.name, entry.position, act.mrn, n),
                )
                for n, act in enumerate(acts)
            )
        )


def _note(act: Act, ledger: Ledger) -> None:
    ledger.note(act)
    if isinstance(act, PaymentRecorded | DeclarationInvalidated):
        ledger.no_longer_called(act.mrn)


def _answers(act: Act, ledger: Ledger) -> list[_Answer]:
    """Return the answers to an act, each folded before the next is thought of."""
    if isinstance(act, PaymentCalled):
        answers = _drawn(act, ledger)
    elif isinstance(act, RepaymentGranted):
        answers = _restored(act.mrn, ledger, act.amount) if act.account else []
    elif isinstance(act, DeclarationInvalidated):
        answers = _restored(act.mrn, ledger, None)
    else:
        answers = []
    for answer in answers:
        ledger.note(answer)
    credited = {act.account} if isinstance(act, AccountCredited) else set()
    credited |= {one.account for one in answers if isinstance(one, AccountRestored)}
    return answers + [later for name in sorted(credited) for later in _drawn_later(name, ledger)]


def _drawn(call: PaymentCalled, ledger: Ledger) -> list[_Answer]:
    """Return that an account bears what is called for, or that it cannot; nothing where it is not held."""
    account = ledger.get(call.account)
    if account is None:
        return []
    if account.available >= call.amount and account.currency == call.currency:
        return [AccountDrawn(mrn=call.mrn, account=call.account, amount=call.amount)]
    refused = AccountRefused(
        mrn=call.mrn,
        account=call.account,
        amount=call.amount,
        available=account.available,
        currency=call.currency,
    )
    return [refused]


def _restored(mrn: str, ledger: Ledger, at_most: Decimal | None) -> list[_Answer]:
    """Return that what was drawn for a declaration comes back, no more of it than is granted."""
    bearing = ledger.borne_by(mrn)
    drawn = bearing.drawn.get(mrn) if bearing is not None else None
    if bearing is None or not drawn:
        return []
    amount = drawn if at_most is None else min(drawn, at_most)
    return [AccountRestored(mrn=mrn, account=bearing.account, amount=amount)]


def _drawn_later(name: str, ledger: Ledger) -> list[_Answer]:
    """Return what an account bears now of what it could not bear before, the first refused first."""
    answers: list[_Answer] = []
    for mrn, amount, currency in ledger.waiting_for(name):
        account = ledger.get(name)
        if account is not None and account.available >= amount and account.currency == currency:
            answers.append(AccountDrawn(mrn=mrn, account=name, amount=amount))
            ledger.note(answers[-1])
    return answers
