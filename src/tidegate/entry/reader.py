"""From acts before and at arrival to the tables that queries read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import (
    AdvanceDecided,
    ConveyanceAnnounced,
    ConveyanceArrived,
    EntryAccepted,
    EntryAmended,
    EntryArrived,
    EntryControlled,
    EntryDiverted,
    EntryLodged,
    EntryMatched,
    EntryMissed,
    EntryRejected,
    EntryReleased,
    GoodsUnannounced,
)
from tidegate.entry.register import TABLES, Register, act_in
from tidegate.entry.wanting import WANTING, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.journal import Entry

FOLDED = frozenset(
    act.KIND
    for act in (
        AdvanceDecided,
        ConveyanceAnnounced,
        ConveyanceArrived,
        EntryAccepted,
        EntryAmended,
        EntryArrived,
        EntryControlled,
        EntryDiverted,
        EntryLodged,
        EntryMatched,
        EntryMissed,
        EntryRejected,
        EntryReleased,
        GoodsUnannounced,
    )
)


class EntryReader:
    """Folds what was announced, decided, diverted, arrived, matched, released, and what wants something."""

    name = "entry"
    version = 2
    kinds: frozenset[str] | None = FOLDED
    schema = TABLES + WANTING

    def fold(self, entries: Sequence[Entry], tables: apsw.Connection) -> None:
        """Fold a batch of entries into the tables."""
        register = Register(tables)
        wanted = Wanted(register, tables)
        for entry in entries:
            act = act_in(entry)
            if act is not None:
                register.note(act, entry.occurred)
                wanted.note(act)
        wanted.store()
