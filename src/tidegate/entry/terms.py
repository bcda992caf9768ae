"""What decisions before arrival go by: until when to lodge, by which profiles, and what a score leads to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from tidegate.risk import Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.acts import Call
    from tidegate.acts.entry import Advance


# The hours of Commission Delegated Regulation (EU) 2015/2446, Articles 105 to 110, which the United Kingdom
# kept: https://eur-lex.europa.eu/eli/reg_del/2015/2446/oj
_BEFORE_ARRIVAL: dict[str, float] = {"1": 4, "2": 2, "3": 1, "4": 4, "8": 2, "10": 2, "11": 2}
_LOADING_HOURS = 24.0
_SHORT_SEA_HOURS = 2.0
_SHORT_FLIGHT_HOURS = 4.0
# Countries from whose ports voyages here are short (Article 105, point c); a port is known by its country.
_SHORT_SEA = frozenset(
    (
        "BE",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FO",
        "FR",
        "GL",
        "IE",
        "IS",
        "LT",
        "LV",
        "MA",
        "NL",
        "NO",
        "PL",
        "PT",
        "SE",
    )
)


class Deadlines(msgspec.Struct, frozen=True):
    """Until when an entry summary declaration is to be lodged, in hours, by mode of transport at the border.

    ``arrival``: before arrival, by mode. At sea, goods in containers are announced ``loading`` hours before
    they are loaded, unless they come from a country in ``short_sea``: then ``short_voyage`` hours before
    arrival. A flight of less than ``short_flight`` hours is announced before it departs.
    """

    arrival: dict[str, float] = msgspec.field(default_factory=lambda: dict(_BEFORE_ARRIVAL))
    loading: float = _LOADING_HOURS
    short_voyage: float = _SHORT_SEA_HOURS
    short_flight: float = _SHORT_FLIGHT_HOURS
    short_sea: frozenset[str] = _SHORT_SEA

    def due(
        self,
        mode: str,
        expected: datetime,
        *,
        loaded_at: str,
        containers: bool,
        itinerary: Sequence[Call] = (),
    ) -> datetime | None:
        """Return until when to lodge; None where it depends on a departure nobody has told, or on no rule.

        ``expected`` is the arrival, ``loaded_at`` the place of loading, its country first, ``itinerary``
        what the operator told of the journey.
        """
        hours = self.arrival.get(mode)
        if hours is None:
            return None
        departs = departure(itinerary, loaded_at)
        if mode == "1" and loaded_at[:2] in self.short_sea:
            return expected - timedelta(hours=self.short_voyage)
        if mode == "1" and containers:
            return departs - timedelta(hours=self.loading) if departs is not None else None
        if mode == "4" and departs is not None and expected - departs < timedelta(hours=self.short_flight):
            return departs
        return expected - timedelta(hours=hours)


def departure(itinerary: Sequence[Call], place: str) -> datetime | None:
    """Return when a journey leaves a place; its first departure where it does not name the place."""
    told = [one for one in itinerary if one.departs is not None]
    named = [one for one in told if one.place == place]
    return next((one.departs for one in (*named, *told)), None)


class EntryTerms(msgspec.Struct, frozen=True, kw_only=True):
    """All that is decided by before arrival. A score at a bar or above it leads to what the bar says.

    ``match_days`` is how far apart an arrival and a declaration may lie that only a container joins, for it
    comes again, and how long before an arrival declarations are looked at.
    """

    profiles: tuple[Profile, ...] = ()
    control_bar: float = 0.4
    loading_bar: float = 0.8
    deadlines: Deadlines = Deadlines()
    match_days: int = 30

    def decision(self, score: float) -> Advance:
        """Return what a score leads to."""
        if score >= self.loading_bar:
            return "do not load"
        return "control at arrival" if score >= self.control_bar else "proceed"
