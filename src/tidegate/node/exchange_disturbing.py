"""What goes wrong in a rehearsal with faults: on the wire, in the processes, with the clocks."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import msgspec

from tidegate.node.exchange_proxy import Faults
from tidegate.simulation.draws import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tidegate.node.exchange_rehearsal import Member

# Of a hundred requests each.
_WIRE = Faults(altered=8, altered_answer=6, duplicated=10, reordered=6, slow=6, half_open=2)
_STEP_SECONDS = 2.0
_FEWEST_STEPS = 8
_AHEAD_SECONDS = 900  # further than the window in which signatures are taken


class Disturbing:
    """Disturbs the nodes of a rehearsal while they trade."""

    def __init__(self, members: Sequence[Member], seed: int) -> None:
        self._members = members
        self._seed = seed
        self.killed = 0
        self.ahead = 0

    def run(self, trading: Callable[[], bool]) -> None:
        """Disturb until trade is over, and a number of times at least; then leave all as it was."""
        step = 0
        for member in self._members:
            member.proxy.faults = msgspec.structs.replace(_WIRE)
        while trading() or step < _FEWEST_STEPS:
            self._disturb(step)
            step += 1
        for member in self._members:
            member.proxy.faults = Faults()

    def _disturb(self, step: int) -> None:
        """Do one thing to one node, and put it right again."""
        member = self._members[stream("disturbed", self._seed, step) % len(self._members)]
        what = step % 4
        if what == 0:
            member.stop(signal.SIGKILL)
            self.killed += 1
            time.sleep(_STEP_SECONDS / 4)
            member.start()
        elif what == 1:
            before = member.proxy.happened.cut
            end = time.monotonic() + 3 * _STEP_SECONDS
            member.proxy.faults.cut = True
            while member.proxy.happened.cut == before and time.monotonic() < end:
                time.sleep(_STEP_SECONDS / 10)
            time.sleep(_STEP_SECONDS / 4)
            member.proxy.faults.cut = False
        elif what == 2 and self.ahead == 0:  # noqa: PLR2004 - the third of four
            member.stop()
            self.ahead += 1
            member.start(_AHEAD_SECONDS)
            time.sleep(2 * _STEP_SECONDS)
            member.stop(signal.SIGKILL)
            member.start()
        time.sleep(_STEP_SECONDS)
