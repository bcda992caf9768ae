"""What declarations have drawn from tariff quotas: folded from acts, given back when a declaration ends.

Claims are served in the order of the journal. A quota's balance is what was opened less what stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import (
    DeclarationAssessed,
    DeclarationExpired,
    DeclarationInvalidated,
    DeclarationRejected,
)
from tidegate.tariff import drawn

if TYPE_CHECKING:
    from collections.abc import Iterable

    import apsw

    from tidegate.acts import Act

DRAWS = """
CREATE TABLE quota_draws (
    mrn TEXT NOT NULL, quota TEXT NOT NULL, quantity INTEGER NOT NULL, PRIMARY KEY (mrn, quota)
) WITHOUT ROWID;
CREATE TABLE quota_sums (quota TEXT PRIMARY KEY, quantity INTEGER NOT NULL) WITHOUT ROWID;
"""


class Draws:
    """The draws in a table, in millionths of each quota's unit, by declaration and in sum."""

    def __init__(self, tables: apsw.Connection) -> None:
        self._tables = tables

    def without(self, mrn: str) -> dict[str, int]:
        """Return what all declarations but this one have drawn, by quota: so it is judged anew."""
        sums = dict(self._tables.execute("SELECT quota, quantity FROM quota_sums"))
        for quota, quantity in self._of(mrn).items():
            sums[quota] -= quantity
        return sums

    def fold(self, mrn: str, act: Act) -> None:
        """Fold an act: an assessment draws instead of the one before it, an end gives back."""
        if isinstance(act, DeclarationAssessed):
            self._put(mrn, drawn([act]))
        elif isinstance(act, (DeclarationRejected, DeclarationInvalidated, DeclarationExpired)):
            self._put(mrn, {})

    def forget(self, mrns: Iterable[str]) -> None:
        """Take out what erased declarations drew, as if their acts had never been: nothing else is left."""
        for mrn in mrns:
            self._put(mrn, {})

    def _of(self, mrn: str) -> dict[str, int]:
        return dict(self._tables.execute("SELECT quota, quantity FROM quota_draws WHERE mrn = ?", (mrn,)))

    def _put(self, mrn: str, now: dict[str, int]) -> None:
        before = self._of(mrn)
        for quota in before.keys() | now.keys():
            change = now.get(quota, 0) - before.get(quota, 0)
            self._tables.execute(
                "INSERT INTO quota_sums VALUES (?, ?) "
                "ON CONFLICT (quota) DO UPDATE SET quantity = quantity + excluded.quantity",
                (quota, change),
            )
        if before:
            self._tables.execute("DELETE FROM quota_draws WHERE mrn = ?", (mrn,))
        rows = [(mrn, quota, quantity) for quota, quantity in sorted(now.items()) if quantity]
        if rows:
            self._tables.executemany("INSERT INTO quota_draws VALUES (?, ?, ?)", rows)
