"""A living world around a node that is served: time runs, and what came before is filled in behind.

The world records, and the node's own follower answers, as in earnest; people act beside it. What the world
has planned is kept in the node's folder, so that a world that was stopped goes on where it was.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec

from tidegate.node.playing import Deed, Stage, follow_up, plan_day, play_window
from tidegate.node.receiving import unheard
from tidegate.simulation import Lodgement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from tidegate.node.installation import Node
    from tidegate.simulation import World

AUTHOR = "officer:simulated"
KEPT, BEHIND = "living.json", "behind.json"
_WINDOW = timedelta(hours=2)
_HORIZON = timedelta(hours=1)
_LOOK_SECONDS = 0.1
_STEP_SECONDS = 1.0
_KEEP_EVERY = timedelta(minutes=1)


class StoppedError(Exception):
    """The world was told to stop."""

    code = "living.stopped"


class Beside(Protocol):
    """Something that goes on beside the trade of a living world."""

    def play(self, until: datetime) -> None:
        """Do what is due by a moment."""


class Behind(msgspec.Struct):
    """A time that is being filled in: from ``begun`` to ``end``, and how far it has come."""

    begun: datetime
    at: datetime
    end: datetime


class Kept(msgspec.Struct):
    """What a living world goes on with: until when it lived, what is behind, what was planned."""

    until: datetime
    behind: list[Behind]
    events: list[tuple[datetime, Deed, str]]
    lodgements: dict[str, Lodgement]
    unsettled: dict[str, Lodgement]


class Living:
    """Plays a world on a node until it is told to stop.

    ``clock`` tells the moment; ``rest`` waits so many seconds and returns whether to stop; ``settle`` has
    what was recorded answered, where the node's follower does not. What was lodged in the time of ``opening``
    before now comes first of all, so that there is something to look at; the days before it follow.
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
        opening: timedelta = timedelta(0),
        beside: Sequence[Beside] = (),
        settle: Callable[[], object] | None = None,
    ) -> None:
        """Take the node, the world, and how many declarations a day had before and has from now on."""
        self._node = node
        self._clock = clock
        self._rest = rest
        self._days = days
        self._rates = (a_day_before, a_day)
        self._opening = opening
        self._beside = beside
        self._settle = settle
        self._stage = self._staged(world)
        self._past = self._staged(world)
        self._behind: list[Behind] = []
        self._planned: set[date] = set()
        self._until: datetime | None = None
        self._horizon = datetime.min.replace(tzinfo=UTC)
        self._kept: datetime | None = None

    def run(self) -> None:
        """Live, and play what has passed beside it; returns when told to stop."""
        try:
            self._rest_or_stop(0)
            self._begin(self._clock())
            while True:
                self._live(self._clock())
                if self._behind:
                    self._fill()
                self._rest_or_stop(0 if self._behind else _STEP_SECONDS)
        except StoppedError:
            return
        finally:
            self._keep()

    def lodged(self) -> list[str]:
        """Return the numbers of what was lodged lately and may have something to come."""
        return list(self._stage.lodgements)

    def adopt(self, stage: Stage) -> None:
        """Go on with what was planned on another stage."""
        self._stage.adopt(stage)

    def besides(self, *further: Beside) -> None:
        """Let something go on beside from now on."""
        self._beside = (*self._beside, *further)

    def wait_answered(self) -> None:
        """Wait until what was recorded is answered."""
        if self._settle is not None:
            self._settle()
            return
        while unheard(self._node):
            self._rest_or_stop(_LOOK_SECONDS)

    def _staged(self, world: World) -> Stage:
        return Stage(self._node, world, AUTHOR, settle=self.wait_answered, others_act=True)

    def _begin(self, begun: datetime) -> None:
        """Go on with what was kept; where nothing was, open, and plan the days before."""
        kept = _read(self._node.folder / KEPT)
        if kept is None:
            midnight = begun.replace(hour=0, minute=0, second=0, microsecond=0)
            start = midnight - timedelta(days=self._days)
            opened = max(start, begun - self._opening)
            self._behind = [Behind(start, start, opened)] if start < opened else []
            for on in sorted({opened.date(), begun.date()}):
                plan_day(self._stage, on, self._rates[0], after=opened, until=begun)
        else:
            earliest = begun - timedelta(days=max(self._days, 1))
            self._behind = [one for one in kept.behind if one.at < one.end]
            self._behind += [Behind(since, since, begun) for since in [max(kept.until, earliest)]]
            self._stage.lodgements = kept.lodgements
            for when, deed, about in kept.events:
                self._stage.plan(when, deed, about)
            self.wait_answered()
            for mrn, lodgement in kept.unsettled.items():
                self._stage.lodgements[mrn] = lodgement
                follow_up(self._stage, mrn, lodgement)
        self._until = self._horizon = begun

    def _live(self, moment: datetime) -> None:
        """Lodge and act when the moment has come."""
        play_window(self._stage, moment)
        self._until = moment
        if moment >= self._horizon:
            self._plan(moment)
        for one in self._beside:
            one.play(moment)
        if self._kept is None or moment - self._kept >= _KEEP_EVERY:
            self._stage.forget_settled()
            self._keep()
            self._kept = moment

    def _plan(self, moment: datetime) -> None:
        """Plan what is lodged in the hour to come; a day at once would take seconds, and much memory."""
        until = moment + _HORIZON
        for on in sorted({self._horizon.date(), until.date()}):
            plan_day(self._stage, on, self._rates[1], after=self._horizon, until=until)
        self._horizon = until

    def _fill(self) -> None:
        """Play a window of what is behind."""
        behind = self._behind[0]
        until = min(behind.at + _WINDOW, behind.end)
        for on in sorted({behind.at.date(), until.date()} - self._planned):
            plan_day(self._past, on, self._rates[0], after=behind.at, until=behind.end)
            self._planned.add(on)
        play_window(self._past, until)
        behind.at = until
        self._past.forget_settled()
        if until >= behind.end:
            self._behind.pop(0)
            self._stage.adopt(self._past)
            self._past = self._staged(self._stage.world)
            self._planned.clear()
        self._tell()

    def _tell(self) -> None:
        """Say beside the node how far what is behind has come; nothing where it is all there."""
        path = self._node.folder / BEHIND
        if self._behind:
            _write(path, msgspec.json.encode(self._behind[0]))
        else:
            path.unlink(missing_ok=True)

    def _keep(self) -> None:
        """Keep what is planned, for when this world is started again."""
        if self._until is None:
            return
        stages = (self._stage, self._past)
        kept = Kept(
            until=self._until,
            behind=self._behind,
            events=[
                (when, deed, about)
                for stage in stages
                for when, _, deed, about in sorted(stage.events)
                if deed != "lodge"
            ],
            lodgements={mrn: _bare(one) for stage in stages for mrn, one in stage.lodgements.items()},
            unsettled={
                incoming.mrn: _bare(one)
                for stage in stages
                for incoming, one in stage.unsettled
                if incoming.mrn is not None
            },
        )
        _write(self._node.folder / KEPT, msgspec.json.encode(kept))

    def _rest_or_stop(self, seconds: float) -> None:
        if self._rest(seconds):
            raise StoppedError


def behind_of(folder: Path) -> Behind | None:
    """Return what is being filled in behind a living node; None where nothing is."""
    try:
        return msgspec.json.decode((folder / BEHIND).read_bytes(), type=Behind)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _bare(lodgement: Lodgement) -> Lodgement:
    """Return a lodgement without its message, which lies in the journal."""
    return msgspec.structs.replace(lodgement, xml=b"")


def _read(path: Path) -> Kept | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except FileNotFoundError:
        return None


def _write(path: Path, octets: bytes) -> None:
    passing = path.with_suffix(".new")
    passing.write_bytes(octets)
    passing.rename(path)
