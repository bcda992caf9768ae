"""A carrier's day with known truth: journeys, what is announced on them, what goes wrong, what comes.

Everything is a function of the seed, the day and a number: no draw depends on another. The messages are those
a carrier sends; what they should come to stands beside them and in none of them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec
from stdnum import iso6346

from tidegate.simulation.draws import stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Fate = Literal[
    "plain", "flawed", "late", "amended", "spoiled", "diverted", "left", "undeclared", "vague", "forbidden"
]
T = TypeVar("T")

# How often each fate befalls a consignment, in thousandths; what is left is plain.
_FATES: tuple[tuple[Fate, int], ...] = (
    ("flawed", 120),
    ("late", 50),
    ("amended", 120),
    ("spoiled", 40),
    ("diverted", 60),
    ("left", 50),
    ("undeclared", 60),
    ("vague", 60),
    ("forbidden", 20),
)
_GOODS = (
    ("610910", "Cotton T-shirts", 0.2),
    ("840991", "Parts of petrol engines", 4.0),
    ("080510", "Fresh oranges", 15.0),
    ("940360", "Wooden furniture", 25.0),
    ("851712", "Telephones", 0.4),
    ("320890", "Paints", 20.0),
)
_SEA = (("CNSHA", "CN", 26), ("SGSIN", "SG", 22), ("USNYC", "US", 9), ("FRLEH", "FR", 1), ("NLRTM", "NL", 1))
_AIR = (("USJFK", "US", 7), ("AEDXB", "AE", 7), ("FRCDG", "FR", 1))
_OFFICES = ("XASEA001", "XASEA002")
_AIRPORT = "XAAIR001"
_BORDER = "XAPRT001"
_VOWELS_LEFT_OUT = "BCDFGHJKLMNPRSTVWXZ"


class Journey(msgspec.Struct, frozen=True):
    """A ship, aircraft or lorry on its way here: by what it is known, from where, when, and with whom."""

    number: int
    mode: str
    identity: str
    reference: str
    nationality: str
    loading: str
    country: str
    unloading: str
    office: str
    other_office: str
    departs: datetime
    arrives: datetime
    crew: int
    passengers: int

    @property
    def conveyance(self) -> str:
        """The name of the journey: mode, identity, and the reference, by air with the day of arrival."""
        day = f":{self.arrives:%Y%m%d}" if self.mode == "4" else ""
        return f"{self.mode}:{self.identity}:{self.reference}{day}"


class Carried(msgspec.Struct, frozen=True):
    """A consignment as it truly is, and what befalls it."""

    number: int
    journey: Journey
    fate: Fate
    lrn: str
    document: str
    container: str
    commodity: str
    description: str
    packages: int
    mass: str
    consignee: str
    lodged: datetime
    declared: datetime | None

    @property
    def amended_document(self) -> str:
        """The transport document that an amendment puts in the place of the first one."""
        return f"{self.document}A" if self.fate == "amended" else self.document

    @property
    def comes(self) -> bool:
        """Whether it is on board when the conveyance arrives."""
        return self.fate not in ("left", "forbidden")


class CarrierDay(msgspec.Struct, frozen=True):
    """A day: its journeys, what they carry, and documents of goods that nobody announced, by journey."""

    seed: int
    day: date
    journeys: tuple[Journey, ...]
    carried: tuple[Carried, ...]
    unannounced: dict[int, str]


def carrier_day(seed: int, day: date, consignments: int = 120) -> CarrierDay:
    """Return the day of a carrier with so many consignments, about a dozen on each conveyance."""
    chance = _Chance(seed, day)
    journeys = tuple(_journey(chance, number) for number in range(max(1, consignments // 12)))
    carried = tuple(_carried(chance, number, journeys) for number in range(consignments))
    unannounced = {
        one.number: f"TGUN{chance.number(10**6, 'unannounced', one.number):06d}"
        for one in journeys
        if chance.share("strange", one.number) < 0.3  # noqa: PLR2004 - of the journeys
    }
    return CarrierDay(seed, day, journeys, carried, unannounced)


class _Chance:
    """Draws by name."""

    def __init__(self, seed: int, day: date) -> None:
        self.seed = seed
        self.day = day

    def share(self, *words: object) -> float:
        return stream("carriage", self.seed, self.day, *words) / 2**64

    def number(self, below: int, *words: object) -> int:
        return int(self.share(*words) * below)

    def choose(self, options: Sequence[T], *words: object) -> T:
        return options[self.number(len(options), *words)]

    def midnight(self) -> datetime:
        return datetime.combine(self.day, time.min, tzinfo=UTC)


def _journey(chance: _Chance, number: int) -> Journey:
    kind = chance.choose(("sea", "sea", "air", "road"), "kind", number)
    arrives = chance.midnight() + timedelta(minutes=6 * 60 + chance.number(16 * 60, "arrives", number))
    reference = f"TG{chance.number(9000, 'voyage', number) + 1000}"
    shared = {"number": number, "arrives": arrives, "other_office": _OFFICES[1]}
    if kind == "sea":
        loading, country, days = chance.choose(_SEA, "port", number)
        return Journey(
            mode="1",
            identity=f"9{number:02d}{chance.number(10**4, 'ship', number):04d}",
            reference=f"{reference}N",
            nationality="",
            loading=loading,
            country=country,
            unloading="XASEA",
            office=_OFFICES[0],
            departs=arrives - timedelta(days=days),
            crew=18 + chance.number(8, "crew", number),
            passengers=0,
            **shared,  # type: ignore[arg-type]  # the members that all modes have
        )
    if kind == "air":
        loading, country, hours = chance.choose(_AIR, "airport", number)
        return Journey(
            mode="4",
            identity="",
            reference=reference,
            nationality="",
            loading=loading,
            country=country,
            unloading="XAAIR",
            office=_AIRPORT,
            departs=arrives - timedelta(hours=hours),
            crew=8,
            passengers=chance.number(220, "passengers", number),
            **shared,  # type: ignore[arg-type]  # the members that all modes have
        )
    return Journey(
        mode="3",
        identity=f"TG-{number:02d}{chance.number(1000, 'plate', number):03d}-XB",
        reference=reference,
        nationality="FR",
        loading="FRLIL",
        country="FR",
        unloading="XAPRT",
        office=_BORDER,
        departs=arrives - timedelta(hours=5),
        crew=1,
        passengers=0,
        **shared,  # type: ignore[arg-type]  # the members that all modes have
    )


def _carried(chance: _Chance, number: int, journeys: Sequence[Journey]) -> Carried:
    journey = journeys[number % len(journeys)]
    fate = _fate(chance, number)
    commodity, description, each = chance.choose(_GOODS, "goods", number)
    packages = 5 + chance.number(200, "packages", number)
    ahead = timedelta(hours=30 + chance.share("ahead", number) * 40)
    if journey.mode == "1" and journey.country in ("FR", "NL"):
        ahead = timedelta(hours=5 + chance.share("ahead", number) * 12)
    lodged = min(journey.arrives, journey.departs) - ahead
    if fate == "late":
        lodged = journey.arrives - timedelta(minutes=20)
    soon = timedelta(hours=chance.share("declared", number) * 30 - 4)
    return Carried(
        number=number,
        journey=journey,
        fate=fate,
        lrn=f"TG{chance.seed}-{chance.day:%y%m%d}-{number:04d}",
        document=f"TG{chance.day:%y%m%d}{chance.seed % 1000:03d}{number:04d}",
        container=_container(chance, number) if journey.mode == "1" else "",
        commodity="360200" if fate == "forbidden" else commodity,
        description="General cargo" if fate == "vague" else description,
        packages=packages,
        mass=f"{packages * each:.1f}",
        consignee=f"XA{10**8 + chance.number(10**6, 'consignee', number % 40)}",
        lodged=lodged,
        declared=None if fate in ("undeclared", "left", "forbidden") else journey.arrives + soon,
    )


def _fate(chance: _Chance, number: int) -> Fate:
    drawn = chance.number(1000, "fate", number)
    for fate, share in _FATES:
        drawn -= share
        if drawn < 0:
            return fate
    return "plain"


def _container(chance: _Chance, number: int) -> str:
    owner = "".join(chance.choose(_VOWELS_LEFT_OUT, "owner", number, place) for place in range(3))
    plain = f"{owner}U{chance.number(10**6, 'box', number):06d}"
    return plain + iso6346.calc_check_digit(plain)


def discharged(day: CarrierDay, journey: Journey, *, elsewhere: bool = False) -> Iterator[str]:
    """Yield the documents and containers that a conveyance discharges, at its office or at the other one."""
    for one in day.carried:
        if one.journey.number == journey.number and one.comes and (one.fate == "diverted") == elsewhere:
            yield one.container or one.amended_document
    if not elsewhere and journey.number in day.unannounced:
        yield day.unannounced[journey.number]
