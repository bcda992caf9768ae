"""Acts of the clock, which is given: dwell times end, and what never arrives expires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.acts import DeclarationExpired, DwellEnded
from tidegate.clearance.acting import append_about, consignment_now
from tidegate.clearance.life import allowed
from tidegate.clearance.refusals import OvertakenError
from tidegate.clearance.shelf import dwelling_until, waiting_since

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    import apsw

    from tidegate.journal import Journal

CLOCK = "clock"
_AT_ONCE = 1_000


def due(tables: apsw.Connection, now: datetime, expiry: timedelta | None) -> list[str]:
    """Return the numbers of up to a thousand declarations on which the clock has to act by now.

    ``expiry`` is how long goods are waited for; None: for ever.
    """
    found = tables.execute(
        "SELECT mrn FROM consignments WHERE clock > 'until' AND clock <= ? ORDER BY clock, mrn LIMIT ?",
        (dwelling_until(now), _AT_ONCE),
    ).fetchall()
    if expiry is not None:
        found += tables.execute(
            "SELECT mrn FROM consignments WHERE clock <= ? ORDER BY clock, mrn LIMIT ?",
            (waiting_since(now - expiry), _AT_ONCE),
        ).fetchall()
    return [str(mrn) for (mrn,) in found]


def strike(journal: Journal, mrn: str, now: datetime) -> int | None:
    """Let the clock act on one declaration; returns the position, None where there was nothing to do.

    Whoever acted in the meantime comes first; the clock strikes again.
    """
    found = consignment_now(journal, mrn)
    consignment = found[0]
    act = DeclarationExpired(mrn=mrn) if consignment.state == "registered" else DwellEnded(mrn=mrn)
    dwelt = consignment.dwell is not None and consignment.dwell <= now
    if not (dwelt or consignment.state == "registered") or not allowed(consignment, act):
        return None
    try:
        return append_about(journal, found, act, now, CLOCK)
    except OvertakenError:
        return None
