"""The world around a demonstration: ``python -m tidegate.commands.demo.trade FOLDER SEED``.

Trade, carriers, parcels, traders who answer, officers who ask next door; until told to stop, or left alone.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from tidegate.commands.demo.making import PARTNER, made_with
from tidegate.commands.demo.stopping import rest_until_stopped
from tidegate.commands.face import now
from tidegate.node import open_node
from tidegate.node.living import AUTHOR, KEPT, Living
from tidegate.node.living_carriers import Carriers
from tidegate.node.living_neighbour import OFFERED
from tidegate.node.living_parcels import Parcels
from tidegate.node.living_partners import Asking
from tidegate.node.living_people import Answering, Showcase
from tidegate.simulation import World

DAYS, A_DAY_BEFORE, A_DAY = 5, 300, 9_000
OPENING = timedelta(hours=6)
_CARRIED = 120  # consignments that arrive a day with entries before arrival
_PARCELS_EVERY, _PARCELS = timedelta(minutes=30), 1_500
_ASKED_EVERY = timedelta(seconds=75)


def main(folder: Path, seed: int) -> None:
    """Live around the node in a folder."""
    rest = rest_until_stopped()
    world, traders = World.make(seed), made_with(folder).traders
    fresh = not (folder / KEPT).exists()
    with open_node(folder, now) as node:
        living = Living(
            node, world, now, rest, days=DAYS, a_day_before=A_DAY_BEFORE, a_day=A_DAY, opening=OPENING
        )
        if fresh:
            living.besides(Showcase(living, node, world, traders.trader, (A_DAY_BEFORE, A_DAY)))
        senders = ((traders.trader, "A"), (traders.broker, "E"))  # the one pays at once, the other later
        living.besides(
            Asking(node, AUTHOR, PARTNER, every=_ASKED_EVERY, left=frozenset({OFFERED})),
            Answering(node, frozenset({traders.trader, traders.broker})),
            Parcels(node, seed, senders, every=_PARCELS_EVERY, rows=_PARCELS),
            Carriers(node, seed, _CARRIED, living.wait_answered),
        )
        living.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
