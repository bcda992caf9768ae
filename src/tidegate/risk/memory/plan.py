"""What a memory remembers: kinds of entities and pairs, named by the columns that tell one from another."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection

DERIVED_COLUMNS = ("trader", "chapter", "heading", "subheading", "value", "unit_price")


class Kind(msgspec.Struct, frozen=True):
    """One kind of entity: the goods-item columns that name it, and the kind its rate is smoothed toward.

    ``price`` keeps the distribution of the value a kilogram, ``recent`` the counts that fade with time.
    """

    name: str
    columns: tuple[str, ...]
    parent: str = "all"
    price: bool = False
    recent: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Kinds, and how time is cut: an epoch in seconds, the half-life of recent counts in epochs.

    ``origin`` is the day whose events weigh one; recent counts lose meaning thirty half-lives after it, so a
    memory is rebuilt from the journal with a later origin before that. ``smoothing`` is how many results of
    the parent a rate of few results is mixed with.
    """

    kinds: tuple[Kind, ...]
    origin: date = date(2026, 1, 1)
    epoch_seconds: int = 86_400
    half_life: int = 90
    smoothing: float = 2.0

    def __post_init__(self) -> None:
        """Check that each kind has its own name and that parents come before their children."""
        seen = {"all"}
        for kind in self.kinds:
            if kind.name in seen:
                raise ValueError(f"two kinds are named {kind.name}; each needs its own name")
            if kind.parent not in seen:
                raise ValueError(f"kind {kind.name}: its parent {kind.parent} must stand before it")
            seen.add(kind.name)
        if min(self.epoch_seconds, self.half_life) < 1:
            raise ValueError("an epoch and a half-life are one or more")

    def among(self, columns: Collection[str]) -> Plan:
        """Return the plan without the kinds that a frame of these columns cannot tell apart."""
        there = {*columns, *DERIVED_COLUMNS}
        kept: list[Kind] = []
        names = {"all"}
        for kind in self.kinds:
            if there.issuperset(kind.columns):
                parent = kind.parent if kind.parent in names else "all"
                kept.append(msgspec.structs.replace(kind, parent=parent))
                names.add(kind.name)
        return msgspec.structs.replace(self, kinds=tuple(kept))


# What trade is remembered by. A `trader` is who trades from here: the importer, or else the exporter. `route`
# is what comes from where by which way; a `lot` is the same goods in the same mass for the same value, as
# repeated orders are.
KINDS: tuple[Kind, ...] = (
    Kind("office", ("office",)),
    Kind("declarant", ("declarant",), recent=True),
    Kind("seller", ("seller",), recent=True),
    Kind("trader", ("trader",), recent=True),
    Kind("representative", ("representative",)),
    Kind("carrier", ("carrier",)),
    Kind("origin", ("origin",)),
    Kind("departure", ("country_of_export",)),
    Kind("destination", ("country_of_destination",)),
    Kind("regime", ("procedure", "preference")),
    Kind("tax", ("tax_type", "tax_rate")),
    Kind("chapter", ("chapter",)),
    Kind("heading", ("heading",), "chapter", price=True),
    Kind("subheading", ("subheading",), "heading", price=True, recent=True),
    Kind("commodity", ("commodity",), "subheading"),
    Kind("commodity_origin", ("subheading", "origin"), "subheading", price=True),
    Kind("commodity_departure", ("subheading", "country_of_export"), "subheading"),
    Kind("commodity_tax", ("subheading", "tax_type", "tax_rate"), "subheading"),
    Kind("route", ("subheading", "origin", "country_of_export"), "commodity_departure", recent=True),
    Kind("route_tax", ("subheading", "origin", "country_of_export", "tax_type", "tax_rate"), "route"),
    Kind("trader_commodity", ("trader", "subheading"), "trader", price=True),
    Kind("trader_country", ("trader", "origin", "country_of_destination"), "trader"),
    Kind("seller_commodity", ("seller", "subheading"), "subheading"),
    Kind("declarant_commodity", ("declarant", "subheading"), "subheading"),
    Kind("declarant_trader", ("declarant", "trader"), "trader"),
    Kind("declarant_origin", ("declarant", "origin"), "declarant"),
    Kind("seller_trader", ("seller", "trader"), "seller", recent=True),
    Kind("unit_price", ("subheading", "country_of_export", "unit_price"), "commodity_departure"),
    Kind("lot_value", ("subheading", "value"), "subheading"),
    Kind("lot_mass", ("subheading", "net_mass"), "subheading"),
    Kind("lot", ("subheading", "value", "net_mass"), "lot_value"),
    Kind("lot_route", ("subheading", "value", "net_mass", "origin", "country_of_export"), "lot"),
)
DEFAULT_PLAN = Plan(kinds=KINDS)
