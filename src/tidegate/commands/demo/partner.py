"""The partner of a demonstration: ``python -m tidegate.commands.demo.partner FOLDER SEED``, beside its door.

It trades a little, follows its own journal, delivers, asks and answers; until told to stop, or left alone.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.commands.demo.making import COUNTRY, PARTNER
from tidegate.commands.demo.stopping import rest_until_stopped
from tidegate.commands.demo.trade import A_DAY, A_DAY_BEFORE, OPENING
from tidegate.commands.face import now
from tidegate.exchange import standing_of
from tidegate.node import open_node
from tidegate.node.exchange_running import Runner
from tidegate.node.living import KEPT, Living
from tidegate.node.living_neighbour import Mirrors, Neighbour
from tidegate.simulation import World

if TYPE_CHECKING:
    from datetime import datetime

    from tidegate.node import Node

_DAYS, _BEFORE, _TRADE = 0, 60, 900
_EVERY = timedelta(seconds=50)
_FOLLOW_EVERY = timedelta(seconds=2)


class Following:
    """The partner's own follower: answers what is new, and has it delivered."""

    def __init__(self, node: Node, runner: Runner) -> None:
        self._node = node
        self._runner = runner
        self._size = -1
        self._followed: datetime | None = None

    def play(self, until: datetime) -> None:
        """Answer what is new, where the last look was long enough ago."""
        if self._followed is not None and until - self._followed < _FOLLOW_EVERY:
            return
        self._followed = until
        if self._node.journal.size != self._size:
            self._size = self._node.journal.size
            self._node.catch_up()
            self._runner.tend()


def main(folder: Path, seed: int) -> None:
    """Live on the partner's node."""
    rest = rest_until_stopped()
    world, begun = World.make(seed), now()
    fresh = not (folder / KEPT).exists()
    with open_node(folder, now) as node:
        runner = Runner(node, now)
        (other,) = standing_of(node.journal).partners
        living = Living(
            node,
            world,
            now,
            rest,
            days=_DAYS,
            a_day_before=_BEFORE,
            a_day=_TRADE,
            opening=timedelta(hours=1),
            settle=node.catch_up,
        )
        mirrors = Mirrors(
            node, world, node.catch_up, here=COUNTRY, there=PARTNER, rates=(A_DAY_BEFORE, A_DAY)
        )
        mirrors.begin(begun - OPENING if fresh else begun, begun)
        neighbour = Neighbour(node, world, other, begun, every=_EVERY, a_day=A_DAY)
        living.besides(Following(node, runner), neighbour, mirrors)
        try:
            living.run()
        finally:
            runner.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
