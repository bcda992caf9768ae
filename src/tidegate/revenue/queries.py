"""What others may ask about accounts; answered from the reader's table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.revenue.ledger import Ledger

if TYPE_CHECKING:
    import apsw

    from tidegate.revenue.model import Account


def account(tables: apsw.Connection, name: str) -> Account | None:
    """Return what the table holds of an account, or None."""
    return Ledger(tables).get(name)
