"""The dated tables that duty is worked out by: taxes in their order, measures, values, reliefs and scopes.

They come from an administration's folder; nothing here knows a country.
"""

from __future__ import annotations

import msgspec
import polars as pl

from tidegate.tariff.exact import Rounding
from tidegate.tariff.exchange import EXCHANGE_COLUMNS
from tidegate.tariff.measures import Measures
from tidegate.tariff.quantities import Content
from tidegate.tariff.quotas import Quota
from tidegate.tariff.rows import BadTableError
from tidegate.tariff.rules import ChargeRule, Proof, Relief, Scope

GROUP_COLUMNS: dict[str, pl.DataType] = {
    "group": pl.String(),
    "country": pl.String(),
    "group_from": pl.Date(),
    "group_until": pl.Date(),
}


class Tax(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tax in its order: what it is called, and what it is charged on.

    - ``on``: the taxes whose amounts are part of its base; ``value``: whether the customs value is;
      ``charges``: the charges that are beside it (``vat``).
    - ``tariffs``: in which it is charged; none means in all.
    - ``needed``: every item owes it, so that a rate which is not held is a gap; otherwise it is charged where
      a measure says so, and a gap only where the declarant states it.
    - ``duty``: counts when the duties of two tariffs are compared.
    - ``several``: measures that fit equally well are all charged, each as a line of its own.
    - ``by_code``: it is called for by additional codes that begin so, and has the rest of the code as its
      type (X333 calls for 333); ``free_codes`` call for none.
    - ``if_base``: it is left out where its base is nothing.
    """

    type: str
    name: str
    on: tuple[str, ...] = ()
    value: bool = True
    charges: str = ""
    tariffs: tuple[str, ...] = ()
    needed: bool = True
    duty: bool = False
    several: bool = False
    by_code: str = ""
    free_codes: tuple[str, ...] = ()
    if_base: bool = False


class Roundings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How values and amounts are brought to whole minor units."""

    value: Rounding = "half_up"
    amount: Rounding = "half_up"


class TariffTables(msgspec.Struct, frozen=True, kw_only=True):
    """All that an assessment needs to know of an administration.

    ``default_preference`` is the duty regime where none is stated; ``preference_statements`` names by tariff
    the statement whose text is the regime claimed there; ``late_types`` are the second letters of declaration
    types that come after the goods and state the day of acceptance; ``value_basis`` tells whether freight and
    insurance up to the border belong to the customs value (CIF) or not (FOB); ``contents`` tells which units
    count what is in another one.
    """

    currency: str
    minor_digits: int
    taxes: tuple[Tax, ...]
    due_procedures: frozenset[str]
    measures: Measures
    exchange: pl.DataFrame = pl.DataFrame(schema=EXCHANGE_COLUMNS)
    groups: pl.DataFrame = pl.DataFrame(schema=GROUP_COLUMNS)
    scopes: tuple[Scope, ...] = ()
    reliefs: tuple[Relief, ...] = ()
    charges: tuple[ChargeRule, ...] = ()
    proofs: tuple[Proof, ...] = ()
    quotas: tuple[Quota, ...] = ()
    contents: tuple[Content, ...] = ()
    rounding: Roundings = Roundings()
    default_preference: str = "100"
    preference_statements: dict[str, str] = {}
    late_types: frozenset[str] = frozenset()
    secured_methods: frozenset[str] = frozenset()
    override_statements: frozenset[str] = frozenset()
    value_basis: str = "CIF"

    def __post_init__(self) -> None:
        """Check that taxes stand on earlier ones, and that every measure is for one of them."""
        if not self.taxes:
            raise BadTableError("taxes", 0, "an administration has one tax at least")
        known: list[Tax] = []
        for place, tax in enumerate(self.taxes, start=1):
            beside = [
                one for one in known if not tax.tariffs or set(tax.tariffs) & set(one.tariffs or tax.tariffs)
            ]
            types = {one.type for one in beside}
            if tax.type in types or not set(tax.on) <= types:
                text = f"{tax.type} must stand once, and after the taxes it is charged on"
                raise BadTableError("taxes", place, text)
            known.append(tax)
        self._check_measures()

    def _check_measures(self) -> None:
        plain = [tax.type for tax in self.taxes if not tax.by_code]
        wanted = self.measures.measures.filter(
            (pl.col("tax") != "") & ~pl.col("tax").is_in(plain) & (pl.col("kind") != "excise")
        )
        for row, tax_type in wanted.select("measure", "tax").head(1).iter_rows():
            raise BadTableError("measures", row, f"tax {tax_type!r} is none of {', '.join(plain)}")

    @property
    def tariffs(self) -> tuple[str, ...]:
        """The tariffs by name; an administration that names none has one, called by the empty name."""
        named = [name for tax in self.taxes for name in tax.tariffs]
        return tuple(dict.fromkeys(named)) or ("",)

    def taxes_in(self, tariff: str) -> tuple[Tax, ...]:
        """Return the taxes of a tariff, in their order."""
        return tuple(tax for tax in self.taxes if not tax.tariffs or tariff in tax.tariffs)
