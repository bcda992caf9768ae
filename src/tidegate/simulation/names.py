"""Names and addresses of companies that do not exist, by their numbers. All are made up here."""

from __future__ import annotations

from tidegate.declarations.parties import Address
from tidegate.simulation.draws import stream

_FIRST = ("North", "Blue", "Harbour", "Cedar", "Silver", "Delta", "Orchard", "Lantern", "Granite", "Willow",
          "Copper", "Summit", "Meadow", "Falcon", "Amber", "River")  # fmt: skip
_SECOND = ("Trading", "Textiles", "Foods", "Components", "Supplies", "Imports", "Works", "Goods", "Metals",
           "Electronics", "Furnishing", "Brothers", "Partners", "Export", "Logistics", "Mills")  # fmt: skip
_CITY = (
    "Eastport",
    "Millbridge",
    "Stonehaven",
    "Lakeside",
    "Newmarket",
    "Westfield",
    "Highgate",
    "Saltmarsh",
)
_STREET = ("Quay", "Market", "Mill", "Station", "Garden", "Foundry", "Chapel", "Orchard")


def company_name(operator: str) -> str:
    """Return the name of the company with this number."""
    chosen = stream("name", operator)
    return f"{_FIRST[chosen % 16]} {_SECOND[chosen // 16 % 16]} {operator[-4:]}"


def address_of(operator: str) -> Address:
    """Return the address of the company with this number; its first two letters are the country."""
    chosen = stream("address", operator)
    return Address(
        city_name=_CITY[chosen % 8],
        country_code=operator[:2],
        line=f"{chosen // 8 % 180 + 1} {_STREET[chosen // 2048 % 8]} Street",
        postcode_id=str(10_000 + chosen // 65_536 % 90_000),
    )
