"""Retention: what a partner shared goes when its time is over; the log still verifies, and tells of it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from tidegate.acts import DisclosureExpired
from tidegate.exchange.drafting import agreement_key, draft, partner_key
from tidegate.exchange.reader import ExchangeReader, expired
from tidegate.journal import Append, Key, Wanted, erase, follow, tables

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tidegate.journal import SqliteJournal


def expire(journal: SqliteJournal, folder: Path, me: str, now: datetime) -> int:
    """Erase what was received and may be kept no longer; returns how many disclosures went.

    The envelopes stay, with the digests: so the partner can still be shown that they were received, and by
    ``disclosure.expired`` that they are gone.
    """
    gone = 0
    while True:
        follow(journal, ExchangeReader(), folder)
        with closing(tables(ExchangeReader(), folder)) as connection:
            due = expired(connection, now.isoformat())
        if not due:
            return gone
        wanted = Wanted(positions=frozenset(position for position, *_ in due))
        groups = []
        for partner, agreement in sorted({(one[1], one[2]) for one in due}):
            these = [one for one in due if (one[1], one[2]) == (partner, agreement)]
            act = DisclosureExpired(
                partner=partner,
                agreement=agreement,
                ids=tuple(one[3] for one in these),
                positions=tuple(one[0] for one in these),
            )
            keys = [partner_key(partner), agreement_key(agreement)]
            groups.append(Append((draft(act, now, f"node:{me}", keys),)))
        erase(journal, wanted, reason="agreed retention is over", author=Key(f"node:{me}"), occurred=now)
        journal.append(groups)
        gone += len(due)
