"""Selection: which consignments are controlled, and how, within what an office can do in a day.

A share of all is controlled at random, whatever the profiles say: its members are those whose HMAC under the
node's key falls below the share. So nobody outside can foresee it, anyone with the key can prove it, and it
does not depend on the batch. Profiles take what capacity there is, in the order of the journal.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from datetime import date

Channel = Literal["green", "yellow", "red", "blue"]
Stratum = Literal["random", "profile", "none"]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How consignments are selected. Thresholds are scores; capacities are controls an office and day."""

    random_share: float
    red_threshold: float
    yellow_threshold: float
    blue_threshold: float
    red_capacity: int
    yellow_capacity: int

    def __post_init__(self) -> None:
        """Check that shares and scores are from 0 to 1, in their order, and capacities not below 0."""
        if not 0 <= self.random_share <= 1:
            raise ValueError(f"random_share {self.random_share} must be from 0 to 1")
        if not 0 < self.blue_threshold <= self.yellow_threshold <= self.red_threshold <= 1:
            raise ValueError("thresholds must rise from blue over yellow to red, above 0 and at most 1")
        if min(self.red_capacity, self.yellow_capacity) < 0:
            raise ValueError("a capacity must not be below 0")


class Choice(msgspec.Struct, frozen=True):
    """The channel of one consignment, by which stratum, and why in a sentence."""

    channel: Channel
    stratum: Stratum
    grounds: str


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


def draw(key: bytes, mrn: str) -> float:
    """Return the place of a consignment in the random order, from 0 to below 1: HMAC-SHA-256(key, MRN)."""
    return int.from_bytes(hmac.digest(key, mrn.encode(), "sha256")[:6]) / 2**48


def select(
    mrn: str, score: float, office: str, day: date, *, policy: Policy, key: bytes, loads: Loads
) -> Choice:
    """Choose the channel of one consignment and count it in ``loads``.

    The random stratum goes to red whatever the load: leaving some of it out would bias what it measures.
    """
    if draw(key, mrn) < policy.random_share:
        share = f"{policy.random_share:.1%}"
        choice = Choice("red", "random", f"Drawn at random: {share} of all consignments are examined.")
    else:
        choice = _by_profile(score, office, day, policy, loads)
    if choice.channel in ("red", "yellow"):
        loads.add(office, day, choice.channel)
    return choice


def _by_profile(score: float, office: str, day: date, policy: Policy, loads: Loads) -> Choice:
    full = ""
    if score >= policy.red_threshold:
        if loads.of(office, day, "red") < policy.red_capacity:
            return Choice("red", "profile", _compared(score, "red", policy.red_threshold))
        full = f" The office has its {policy.red_capacity} examinations for {day}."
    if score >= policy.yellow_threshold:
        if loads.of(office, day, "yellow") < policy.yellow_capacity:
            return Choice("yellow", "profile", _compared(score, "yellow", policy.yellow_threshold) + full)
        full += f" The office has its {policy.yellow_capacity} document checks for {day}."
    if score >= policy.blue_threshold:
        return Choice("blue", "profile", _compared(score, "blue", policy.blue_threshold) + full)
    return Choice("green", "none", f"Score {score:.2f} is below every threshold; not drawn at random.")


def _compared(score: float, channel: Channel, threshold: float) -> str:
    return f"Score {score:.2f} reaches {threshold:.2f}, the threshold of the {channel} channel."
