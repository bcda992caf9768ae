"""The world: a seed, its parameters, and what its schemers know has been found out."""

from __future__ import annotations

from datetime import date

import msgspec

from tidegate.simulation.parameters import Administration, Parameters


class UnknownAdministrationError(ValueError):
    """The world has no administration of this country."""

    code = "simulation.unknown_administration"

    def __init__(self, country: str, known: tuple[str, ...]) -> None:
        super().__init__(f"This world has no administration {country}; it has {', '.join(known)}.")
        self.country, self.known = country, known


class World(msgspec.Struct, frozen=True):
    """A trade world. Two worlds of the same seed, parameters and finds are the same to the byte.

    ``found`` names campaigns that an administration has seen through, with the day: they adapt sooner.
    """

    seed: int
    parameters: Parameters = Parameters()
    found: tuple[tuple[str, date], ...] = ()

    @classmethod
    def make(cls, seed: int, parameters: Parameters | None = None) -> World:
        """Return the world of a seed."""
        return cls(seed, parameters or Parameters())

    def with_found(self, campaign: str, on: date) -> World:
        """Return this world with a campaign found out on a day; what was before that day stays as it was."""
        return msgspec.structs.replace(self, found=tuple(sorted({*self.found, (campaign, on)})))

    def found_on(self, campaign: str) -> date | None:
        """Return the first day on which a campaign was found out, or None."""
        return next((on for name, on in self.found if name == campaign), None)

    def administration(self, country: str) -> Administration:
        """Return the administration of a country; raises UnknownAdministrationError."""
        for one in self.parameters.administrations:
            if one.country == country:
                return one
        raise UnknownAdministrationError(
            country, tuple(one.country for one in self.parameters.administrations)
        )
