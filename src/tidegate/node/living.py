"""A living world around a node that is served: days that have passed are played, then time runs as it does.

The world records, and the node's own follower answers, as in earnest; people act beside it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tidegate.node.playing import Stage, plan_day, play_window
from tidegate.node.receiving import unheard

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tidegate.node.installation import Node
    from tidegate.simulation import World

AUTHOR = "officer:simulated"
_WINDOW = timedelta(hours=1)
_LOOK_SECONDS = 0.1
_STEP_SECONDS = 1.0


class StoppedError(Exception):
    """The world was told to stop."""

    code = "living.stopped"


class Living:
    """Plays a world on a node until it is told to stop.

    ``clock`` tells the moment; ``rest`` waits so many seconds and returns whether to stop.
    """

    def __init__(
        self,
        node: Node,
        world: World,
        clock: Callable[[], datetime],
        rest: Callable[[float], bool],
        *,
        days: int,
        a_day_before: int,
        a_day: int,
    ) -> None:
        """Take the node, the world, and how many declarations a day had before and has from now on."""
        self._node = node
        self._clock = clock
        self._rest = rest
        self._days = days
        self._rates = (a_day_before, a_day)
        self._stage = Stage(node, world, AUTHOR, settle=self._answered, others_act=True)

    def run(self) -> None:
        """Play what has passed, then live on; returns when told to stop."""
        try:
            self._pass()
            self._live()
        except StoppedError:
            return

    def _pass(self) -> None:
        """Play the days before today, and today until the moment in which this began."""
        begun = self._clock()
        moment = begun.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=self._days)
        while moment < begun:
            if moment.hour == 0:
                plan_day(self._stage, moment.date(), self._rates[0])
            moment = min(moment + _WINDOW, begun)
            self._rest_or_stop(0)
            play_window(self._stage, moment)

    def _live(self) -> None:
        """Lodge and act when the moment has come."""
        planned = self._clock()
        today = planned.date()
        # Of today's declarations at the earlier pace, those still to come give way to those of the new one.
        self._stage.drop_lodgings()
        plan_day(self._stage, today, self._rates[1], after=planned)
        while True:
            moment = self._clock()
            if moment.date() != today:
                today = moment.date()
                plan_day(self._stage, today, self._rates[1])
            play_window(self._stage, moment)
            self._rest_or_stop(_STEP_SECONDS)

    def _answered(self) -> None:
        """Wait until the follower has heard what was recorded."""
        while unheard(self._node):
            self._rest_or_stop(_LOOK_SECONDS)

    def _rest_or_stop(self, seconds: float) -> None:
        if self._rest(seconds):
            raise StoppedError
