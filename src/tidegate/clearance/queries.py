"""What others may ask about consignments; answered from the reader's table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.clearance.shelf import stored

if TYPE_CHECKING:
    import apsw

    from tidegate.clearance.life import Consignment


class Tally(msgspec.Struct, frozen=True):
    """How many consignments are in a state and channel at an office."""

    office: str
    state: str
    channel: str | None
    consignments: int


def consignment(tables: apsw.Connection, mrn: str) -> Consignment | None:
    """Return what the table holds of a consignment, or None."""
    return stored(tables, mrn)


def tallies(tables: apsw.Connection) -> list[Tally]:
    """Return the number of consignments by office, state and channel."""
    rows = tables.execute(
        "SELECT office, state, channel, count(*) FROM consignments "
        "GROUP BY office, state, channel ORDER BY office, state, channel"
    )
    return [Tally(*row) for row in rows]
