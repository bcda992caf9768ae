"""What the trade world can be told: every number that shapes it, with what it was set by."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from tidegate.simulation.goods import COUNTRIES

MILLION = 1_000_000
Share = Annotated[float, Meta(ge=0, le=1)]


class Administration(msgspec.Struct, frozen=True):
    """A customs administration of the trade world: its country, its offices, its part of all trade."""

    country: str
    sea_office: str
    air_office: str
    land_office: str
    post_office: str
    weight: int = 1

    @property
    def offices(self) -> tuple[str, str, str, str]:
        """The offices in the order of the modes of transport here: sea, air, road, post."""
        return self.sea_office, self.air_office, self.land_office, self.post_office


XA = Administration("XA", "XAPRT001", "XAAIR001", "XALND001", "XAPST001", 7)
XB = Administration("XB", "XBPRT001", "XBAIR001", "XBLND001", "XBPST001", 3)


class ParametersError(ValueError):
    """Parameters that no world can be made of."""

    code = "simulation.parameters"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The parameter {name} cannot be used: {why}")
        self.name = name


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of a trade world. Each says what it is; docs/simulation.md says what it was set by."""

    administrations: Annotated[
        tuple[Administration, ...], Meta(description="Who receives declarations; carousels need two.")
    ] = (XA, XB)
    currency: Annotated[str, Meta(description="The accounting currency of the administrations.")] = "XTS"
    rates: Annotated[
        tuple[tuple[str, int], ...],
        Meta(description="Accounting currency for one unit of another, in millionths; fixed over time."),
    ] = (("XTS", 1_000_000), ("EUR", 1_086_957), ("USD", 952_381), ("GBP", 1_250_000),
         ("CNY", 135_135), ("JPY", 6_452))  # fmt: skip
    traders: Annotated[int, Meta(ge=10, le=100_000, description="Companies alive at a time, each.")] = 4_000
    brokers: Annotated[int, Meta(ge=1, le=10_000, description="Brokers of an administration.")] = 120
    carriers: Annotated[int, Meta(ge=1, le=1_000, description="Carriers of each mode of transport.")] = 24
    suppliers: Annotated[int, Meta(ge=1, le=100_000, description="Sellers in each country.")] = 400
    exports: Annotated[Share, Meta(description="Part of the declarations of exporting companies.")] = 0.6
    exporters: Annotated[Share, Meta(description="Part of the companies that export.")] = 0.35
    brokered: Annotated[Share, Meta(description="Part of the companies that use a broker.")] = 0.7
    prelodged: Annotated[Share, Meta(description="Part of declarations lodged before arrival.")] = 0.35
    deferred: Annotated[Share, Meta(description="Part of the companies that defer payment.")] = 0.7
    preference_use: Annotated[Share, Meta(description="Part of entitled items that claim preference.")] = 0.7
    partners: Annotated[
        tuple[str, ...], Meta(description="Countries whose goods come duty free when they claim preference.")
    ] = ("XA", "XB")
    neighbourly: Annotated[Share, Meta(description="Part of the supply lines that begin next door.")] = 0.1
    de_minimis: Annotated[
        int, Meta(description="Value in accounting currency below which no duty is due.")
    ] = 150
    vat: Annotated[Share, Meta(description="Rate of value added tax.")] = 0.15
    schemes: Annotated[Share, Meta(description="Part of declarations that belong to a scheme.")] = 0.03
    mistakes: Annotated[Share, Meta(description="Part of lawful declarations with an honest error.")] = 0.015
    controlled: Annotated[Share, Meta(description="Part of sound messages controlled, at random.")] = 0.05
    flawed: Annotated[Share, Meta(description="Part of messages with a flaw of form.")] = 0.04
    campaigns: Annotated[int, Meta(ge=0, le=900, description="Schemes at a time in an administration.")] = 32
    rings: Annotated[int, Meta(ge=0, le=90, description="Carousels at a time.")] = 3
    base_year: Annotated[int, Meta(description="The year that begins with the volume asked for.")] = 2026
    growth: Annotated[float, Meta(ge=-0.5, le=1, description="Growth of volume in a year.")] = 0.04
    weekdays: Annotated[
        tuple[int, int, int, int, int, int, int],
        Meta(description="Volume of Monday to Sunday, in hundredths of an average day."),
    ] = (118, 124, 124, 124, 120, 56, 34)

    def __post_init__(self) -> None:
        """Check what types cannot say."""
        countries = {one.country for one in self.administrations}
        if not self.administrations or len(countries) < len(self.administrations):
            raise ParametersError("administrations", "name at least one, each of another country.")
        if strange := sorted((countries | set(self.partners)) - set(COUNTRIES)):
            raise ParametersError("partners", f"the catalogue of goods does not know {', '.join(strange)}.")
        for country in sorted(countries):
            if not set(self.partners) - {country}:
                raise ParametersError("partners", f"{country} has no other country to give preference to.")
        if dict(self.rates).get(self.currency) != MILLION:
            raise ParametersError("rates", f"one {self.currency} must be one {self.currency}: 1000000.")
        if min(rate for _, rate in self.rates) <= 0:
            raise ParametersError("rates", "each is above zero.")
        if min(self.weekdays) < 0 or not sum(self.weekdays):
            raise ParametersError("weekdays", "none is below zero and one above it.")
