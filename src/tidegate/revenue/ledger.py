"""Where accounts are kept between batches: one table, used by the reader and by the responder alike."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import AccountDrawn, AccountRefused, Act, decode
from tidegate.revenue.model import Account, account_in, fold

if TYPE_CHECKING:
    import apsw

    from tidegate.journal import Entry

ACCOUNTS = """
CREATE TABLE accounts (account TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE borne (mrn TEXT PRIMARY KEY, account TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE refused (
    n INTEGER PRIMARY KEY, mrn TEXT NOT NULL UNIQUE, account TEXT NOT NULL, amount TEXT NOT NULL,
    currency TEXT NOT NULL
);
"""

_ENCODER = msgspec.json.Encoder(decimal_format="string")
_DECODER = msgspec.json.Decoder(Account)


class Ledger:
    """Accounts taken from the table as they are needed, changed in memory, and put back in one go."""

    def __init__(self, tables: apsw.Connection) -> None:
        self._tables = tables
        self._held: dict[str, Account | None] = {}

    def get(self, name: str) -> Account | None:
        """Return an account, or None where there is none of that name."""
        if name not in self._held:
            row = self._tables.execute("SELECT record FROM accounts WHERE account = ?", (name,)).fetchone()
            self._held[name] = None if row is None else _DECODER.decode(row[0])
        return self._held[name]

    def note(self, act: Act) -> None:
        """Fold an act into the account it is about."""
        name = account_in(act)
        if name is not None:
            self._held[name] = fold(self.get(name), act)
        if isinstance(act, AccountDrawn):
            self._tables.execute("INSERT OR REPLACE INTO borne VALUES (?, ?)", (act.mrn, act.account))
            self.no_longer_called(act.mrn)
        elif isinstance(act, AccountRefused):
            self._tables.execute(
                "INSERT OR REPLACE INTO refused (mrn, account, amount, currency) VALUES (?, ?, ?, ?)",
                (act.mrn, act.account, str(act.amount), act.currency),
            )

    def no_longer_called(self, mrn: str) -> None:
        """Forget that the debt of a declaration was refused: it is borne, paid otherwise, or has ended."""
        self._tables.execute("DELETE FROM refused WHERE mrn = ?", (mrn,))

    def waiting_for(self, name: str) -> list[tuple[str, Decimal, str]]:
        """Return what an account could not bear, in the order it was refused: MRN, amount, currency."""
        rows = self._tables.execute(
            "SELECT mrn, amount, currency FROM refused WHERE account = ? ORDER BY n", (name,)
        )
        return [(mrn, Decimal(amount), currency) for mrn, amount, currency in rows]

    def borne_by(self, mrn: str) -> Account | None:
        """Return the account that bears the debt of a declaration, or None."""
        row = self._tables.execute("SELECT account FROM borne WHERE mrn = ?", (mrn,)).fetchone()
        return None if row is None else self.get(row[0])

    def store(self) -> None:
        """Write the accounts to the table, inside the transaction that is open."""
        rows = [(name, _ENCODER.encode(one)) for name, one in sorted(self._held.items()) if one is not None]
        self._tables.executemany("INSERT OR REPLACE INTO accounts VALUES (?, ?)", rows)


def act_in(entry: Entry) -> Act | None:
    """Return the act of an entry, None where it is erased."""
    return None if entry.body is None else decode(entry.kind, entry.version, entry.body)
