"""From acts about accounts to the table of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.revenue.ledger import ACCOUNTS, Ledger, act_in
from tidegate.revenue.model import ACCOUNT_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.journal import Entry


class RevenueReader:
    """Folds what accounts were opened with, given, drawn for and given back."""

    name = "revenue"
    version = 2
    kinds: frozenset[str] | None = ACCOUNT_KINDS
    schema = ACCOUNTS

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the table."""
        ledger = Ledger(tables)
        for entry in entries:
            act = act_in(entry)
            if act is not None:
                ledger.note(act)
        ledger.store()
