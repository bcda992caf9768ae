"""A player of a rehearsal: ``python -m tidegate.node.exchange_trading DIR SEED DAY DAYS DECLARATIONS``.

It plays days of simulated trade on a node.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tidegate.node.installation import open_node
from tidegate.node.playing import play_day
from tidegate.simulation import World

_COUNTRIES = ("XA", "XB")  # those that the trade world has administrations for


def country(place: int) -> str:
    """Return the country of the node at a place."""
    return _COUNTRIES[place % len(_COUNTRIES)]


def main(folder: Path, seed: int, first: date, days: int, declarations: int) -> None:
    """Play days on the node in a folder."""
    world = World.make(seed)
    with open_node(folder, lambda: datetime.now(UTC)) as node:
        for number in range(days):
            play_day(node, world, first + timedelta(days=number), declarations)


if __name__ == "__main__":
    name, seed, first, days, declarations = sys.argv[1:]
    main(Path(name), int(seed), date.fromisoformat(first), int(days), int(declarations))
