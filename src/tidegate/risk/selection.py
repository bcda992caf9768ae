"""Selection: which consignments are controlled, and how, within what an office can do in a day.

A share of all is controlled at random, whatever the profiles say: its members are those whose HMAC under the
node's key falls below the share. So nobody outside can foresee it, anyone with the key can prove it, and it
does not depend on the batch. Another share explores: the stranger a consignment, the likelier it is drawn.
Models and profiles take what capacity there is, in the order of the journal.
"""

from __future__ import annotations

import hmac
import math
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from datetime import date

Channel = Literal["green", "yellow", "red", "blue"]
Stratum = Literal["random", "exploring", "targeted", "profile", "none"]


class Capacity(msgspec.Struct, frozen=True):
    """How many controls an office can do in a day."""

    red: int
    yellow: int


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How consignments are selected. Thresholds are scores; capacities are controls an office and day.

    ``targeted_share`` is what share of consignments a model targets: those whose likelihood reaches the bar
    that this share reached when the model was trained. ``exploring_share`` is drawn in proportion to
    strangeness, of which ``usual_strangeness`` is the mean. ``offices`` have capacities of their own;
    ``trusted`` traders are not targeted by a model until a control finds something with them.
    """

    random_share: float
    red_threshold: float
    yellow_threshold: float
    blue_threshold: float
    red_capacity: int
    yellow_capacity: int
    exploring_share: float = 0.0
    targeted_share: float = 0.0
    usual_strangeness: float = 0.0
    offices: dict[str, Capacity] = {}
    trusted: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Check that shares and scores are from 0 to 1, in their order, and capacities not below 0."""
        for name in ("random_share", "exploring_share", "targeted_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} {getattr(self, name)} must be from 0 to 1")
        if not 0 < self.blue_threshold <= self.yellow_threshold <= self.red_threshold <= 1:
            raise ValueError("thresholds must rise from blue over yellow to red, above 0 and at most 1")
        every = [Capacity(self.red_capacity, self.yellow_capacity), *self.offices.values()]
        if min(min(one.red, one.yellow) for one in every) < 0:
            raise ValueError("a capacity must not be below 0")
        if self.exploring_share and not 0 < self.usual_strangeness < math.inf:
            raise ValueError("to explore, usual_strangeness must be known: a number above 0")

    def capacity(self, office: str) -> Capacity:
        """Return what an office can do in a day."""
        return self.offices.get(office) or Capacity(self.red_capacity, self.yellow_capacity)


class Weighed(msgspec.Struct, frozen=True):
    """What a model and a memory make of a consignment, each None where there is none.

    ``bar`` is the likelihood from which the policy's share is targeted; ``spared`` says that the trader is
    trusted, with nothing found so far.
    """

    likelihood: float | None = None
    strangeness: float | None = None
    bar: float | None = None
    spared: bool = False


class Choice(msgspec.Struct, frozen=True):
    """The channel of one consignment, by which stratum and with which probability, and why in a sentence."""

    channel: Channel
    stratum: Stratum
    grounds: str
    probability: float | None = None


class Loads:
    """How many controls each office has been given on each day, by channel, so far in the journal's order."""

    def __init__(self, counts: dict[tuple[str, date, str], int] | None = None) -> None:
        self.counts = counts if counts is not None else {}

    def of(self, office: str, day: date, channel: Channel) -> int:
        """Return the controls of this channel given to an office on a day."""
        return self.counts.get((office, day, channel), 0)

    def add(self, office: str, day: date, channel: Channel) -> None:
        """Count one more."""
        self.counts[office, day, channel] = self.of(office, day, channel) + 1


def draw(key: bytes, mrn: str, purpose: str = "") -> float:
    """Return the place of a consignment in the random order, from 0 to below 1: HMAC-SHA-256(key, MRN).

    A ``purpose`` has an order of its own, which tells nothing of the others.
    """
    text = f"{purpose}\0{mrn}" if purpose else mrn
    return int.from_bytes(hmac.digest(key, text.encode(), "sha256")[:6]) / 2**48


_UNWEIGHED = Weighed()


def select(
    mrn: str,
    score: float,
    office: str,
    day: date,
    *,
    policy: Policy,
    key: bytes,
    loads: Loads,
    weighed: Weighed = _UNWEIGHED,
) -> Choice:
    """Choose the channel of one consignment and count it in ``loads``.

    The random stratum goes to red whatever the load: leaving some of it out would bias what it measures.
    """
    exploring = _exploring(policy, weighed)
    if draw(key, mrn) < policy.random_share:
        share = f"{policy.random_share:.1%}"
        grounds = f"Drawn at random: {share} of all consignments are examined."
        choice = Choice("red", "random", grounds, policy.random_share)
    elif exploring and draw(key, mrn, "exploring") < exploring:
        grounds = (
            f"Drawn to explore: what is as new as this is examined with a probability of {exploring:.1%}."
        )
        choice = Choice("red", "exploring", grounds, exploring)
    else:
        choice = _by_risk((score, weighed), office, day, policy, loads)
    if choice.channel in ("red", "yellow"):
        loads.add(office, day, choice.channel)
    return choice


def _exploring(policy: Policy, weighed: Weighed) -> float:
    """Return the probability of the exploring stratum for what the random one left."""
    if not policy.exploring_share or weighed.strangeness is None:
        return 0.0
    return min(1.0, policy.exploring_share * weighed.strangeness / policy.usual_strangeness)


def _by_risk(risk: tuple[float, Weighed], office: str, day: date, policy: Policy, loads: Loads) -> Choice:
    score, weighed = risk
    full, capacity = "", policy.capacity(office)
    examined = loads.of(office, day, "red") < capacity.red
    no_room = f" The office has its {capacity.red} examinations for {day}."
    likely, bar = weighed.likelihood, weighed.bar
    if likely is not None and bar is not None and likely >= bar and not weighed.spared:
        if examined:
            grounds = f"Likelihood {likely:.3f} reaches {bar:.3f}, as {policy.targeted_share:.1%} of all do."
            return Choice("red", "targeted", grounds)
        full = no_room
    if score >= policy.red_threshold:
        if examined:
            return Choice("red", "profile", _compared(score, "red", policy.red_threshold))
        full = no_room
    if score >= policy.yellow_threshold:
        if loads.of(office, day, "yellow") < capacity.yellow:
            return Choice("yellow", "profile", _compared(score, "yellow", policy.yellow_threshold) + full)
        full += f" The office has its {capacity.yellow} document checks for {day}."
    if score >= policy.blue_threshold:
        return Choice("blue", "profile", _compared(score, "blue", policy.blue_threshold) + full)
    return Choice("green", "none", f"Score {score:.2f} is below every threshold; not drawn at random.{full}")


def _compared(score: float, channel: Channel, threshold: float) -> str:
    return f"Score {score:.2f} reaches {threshold:.2f}, the threshold of the {channel} channel."
