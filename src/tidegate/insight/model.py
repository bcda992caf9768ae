"""The words of measurement: stages, holders, spans of days, and the buckets in which times are counted.

Stages follow the time release study of the WCO: how long goods take from their presentation to their release,
and who had to act meanwhile. All times are legal ones (`occurred`), but for the node's own answer.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Holder = Literal["customs", "trader", "carrier", "agency", "dwell"]
Stage = Literal[
    "release",  # from presentation to release: what the others are parts of
    "before",  # from lodgement to presentation, of what is lodged before the goods arrive
    "acceptance",  # from presentation to acceptance
    "decision",  # from acceptance to the channel
    "control",  # from the order of a control, or the arrival that makes it possible, to its result
    "payment",  # from the decision to the last payment before release
    "letting go",  # from the last that was waited for to release
    "clearance",  # from release to clearance
    "answer",  # what the node itself took, as recorded, from lodgement to channel
    "customs",
    "trader",
    "carrier",
    "agency",
    "dwell",
]
By = Literal["all", "office", "channel", "direction", "type", "hour"]

HOLDERS: tuple[Holder, ...] = ("customs", "trader", "carrier", "agency", "dwell")
STAGES: tuple[Stage, ...] = (
    "release", "before", "acceptance", "decision", "control", "payment", "letting go", "clearance", "answer",
)  # fmt: skip
# Steps of an eighth of a doubling: a time told by its bucket is at most 9.1 % and a second above itself.
BOUNDS: tuple[int, ...] = (0, *sorted({round(2 ** (step / 8)) for step in range(8 * 26 + 1)}))
_EPOCH = date(1970, 1, 1)


def bucket_of(seconds: int) -> int:
    """Return the bucket of a time: the first whose bound it does not pass; the last takes all above."""
    return min(bisect_left(BOUNDS, max(seconds, 0)), len(BOUNDS) - 1)


class Span(msgspec.Struct, frozen=True):
    """Days from the first to the last, both counted."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    def parts(self) -> Iterator[tuple[str, str, str]]:
        """Yield what it is read from: months where they are whole, days at the ends.

        Each part is the kind of row, ``month`` or ``day``, with the first and the last it takes.
        """
        first, last = _month_after(self.since - timedelta(days=1)), _month_before(self.until)
        if first > last:
            yield "day", self.since.isoformat(), self.until.isoformat()
            return
        if first > self.since:
            yield "day", self.since.isoformat(), (first - timedelta(days=1)).isoformat()
        yield "month", f"{first:%Y-%m}", f"{last:%Y-%m}"
        if last < self.until:
            yield "day", (last + timedelta(days=1)).isoformat(), self.until.isoformat()

    def seconds(self) -> tuple[int, int]:
        """Return the Unix seconds at which it begins, and at which the day after it does."""
        return seconds_of_day(self.since), seconds_of_day(self.until + timedelta(days=1))


def seconds_of_day(day: date) -> int:
    """Return the Unix seconds at which a day begins, UTC."""
    return (day - _EPOCH).days * 86_400


def day_of(seconds: int) -> str:
    """Return the day of Unix seconds, UTC, in ISO 8601."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _month_after(day: date) -> date:
    """Return the first day of the month that begins after a day."""
    return day.replace(day=1) + timedelta(days=monthrange(day.year, day.month)[1])


def _month_before(day: date) -> date:
    """Return the last day of the last month that is over on a day's evening."""
    if day.day == monthrange(day.year, day.month)[1]:
        return day
    return day.replace(day=1) - timedelta(days=1)


class Times(msgspec.Struct, frozen=True):
    """How long a stage took: seconds, the median and the ninth decile as bounds of their buckets.

    ``of`` is the value of what it is told by (an office, a channel); empty for all together.
    """

    of: str
    stage: str
    consignments: int
    median: int
    ninth: int
    mean: float


class Point(msgspec.Struct, frozen=True):
    """The whole time of what was released on a day or in a month."""

    at: str
    consignments: int
    median: int
    ninth: int


class Volume(msgspec.Struct, frozen=True):
    """How often something happened on a day or in a month."""

    at: str
    what: str
    count: int


class Revenue(msgspec.Struct, frozen=True):
    """What one tax comes to. ``type`` is empty where a declaration's lines are too many to be told apart."""

    at: str
    type: str
    currency: str
    amount: Decimal


class ChapterRevenue(msgspec.Struct, frozen=True):
    """What the goods of one chapter came to; ``chapter`` is empty where it is not told apart."""

    chapter: str
    currency: str
    amount: Decimal


class Age(msgspec.Struct, frozen=True):
    """What waits now, by who has to act and for what: how many, and since when (seconds of waiting)."""

    office: str
    holder: str
    waits: str
    consignments: int
    median: int
    oldest: int


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """A consignment behind a figure; moments are Unix seconds, UTC, null where nothing happened yet."""

    mrn: str
    position: int
    office: str
    channel: str
    stratum: str
    outcome: str
    state: str
    holder: str
    waits: str
    lodged: int
    presented: int | None
    released: int | None
    seconds: int | None
    held: dict[str, int]
