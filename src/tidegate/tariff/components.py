"""What a rate is made of, as integers that a frame can reckon with.

A component is ``numerator / denominator`` of something: of the base for a share, of each base unit of a
quantity for an amount. Units are brought to their base (kilograms, litres, articles, pairs, ...), so that
8.40 EUR per 100 kg is 0.084 EUR for each kilogram, exactly.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import msgspec
import polars as pl

from tidegate.tariff.rates import Component, UnreadRate, exact_percent, read_rate

# The code of Recommendation 20, its base, and how many of the base it is.
_UNITS: dict[str, tuple[str, Fraction]] = {
    "GRM": ("KGM", Fraction(1, 1_000)),
    "TNE": ("KGM", Fraction(1_000)),
    "DTN": ("KGM", Fraction(100)),
    "CTM": ("KGM", Fraction(2, 10_000)),
    "LBR": ("KGM", Fraction(45_359_237, 100_000_000)),
    "HLT": ("LTR", Fraction(100)),
    "H87": ("NAR", Fraction(1)),
    "HEA": ("NAR", Fraction(1)),
    "DZN": ("NAR", Fraction(12)),
    "DPC": ("NAR", Fraction(12)),
    "GRO": ("NAR", Fraction(144)),
    "CEN": ("NAR", Fraction(100)),
    "MIL": ("NAR", Fraction(1_000)),
    "DPR": ("PR", Fraction(12)),
    "CMK": ("MTK", Fraction(1, 10_000)),
    "R9": ("MTQ", Fraction(1_000)),
    "LM": ("MTR", Fraction(1)),
}
_LARGEST_PART = 2**62

COMPONENT_COLUMNS: dict[str, pl.DataType] = {
    "measure": pl.Int64(),
    "part": pl.Int32(),
    "role": pl.String(),  # plus, less, minimum, maximum
    "numerator": pl.Int64(),
    "denominator": pl.Int64(),
    "unit": pl.String(),  # the base unit; null for a share of the base
    "component_currency": pl.String(),
}


class Part(msgspec.Struct, frozen=True):
    """A component as integers; ``unit`` and ``currency`` are None for a share of the base."""

    role: str
    numerator: int
    denominator: int
    unit: str | None = None
    currency: str | None = None


class Reckonable(msgspec.Struct, frozen=True):
    """A rate as it can be reckoned with, or why it cannot: ``cannot`` is empty where it can."""

    text: str
    parts: tuple[Part, ...] = ()
    cannot: str = ""

    @property
    def share(self) -> tuple[int, int] | None:
        """Return the share of the base where that is the whole rate, as numerator and denominator."""
        if self.cannot or len(self.parts) != 1 or self.parts[0].unit or self.parts[0].role != "plus":
            return None
        return self.parts[0].numerator, self.parts[0].denominator


def base_unit(unit: str) -> tuple[str, Fraction]:
    """Return the base of a unit and how many of the base it is; a unit that has none is its own."""
    return _UNITS.get(unit, (unit, Fraction(1)))


@lru_cache(maxsize=100_000)
def reckonable(text: str, currency: str) -> Reckonable:
    """Return a rate in the rates language as it can be reckoned with; a bare number is per cent.

    Only what is for everybody is taken: what a schedule grants to programmes is told apart before.
    """
    stated = f"{text}%" if _is_number(text) else text
    read = read_rate(stated, currency)
    if isinstance(read, UnreadRate):
        return Reckonable(text, cannot=read.message)
    return of_components(tuple(one for one in read.components if not one.programmes), stated)


def of_components(components: tuple[Component, ...], text: str) -> Reckonable:
    """Return components that belong together as they can be reckoned with."""
    if not components:
        return Reckonable(text, cannot="it is for programmes only")
    parts = []
    for one in components:
        if one.kind == "reference":
            return Reckonable(text, cannot=f"what is due stands elsewhere: {one.refers_to or text}")
        if one.condition or one.basis:
            return Reckonable(
                text, cannot=f"it is for a part that is not stated: {one.condition or one.basis}"
            )
        part = _part(one)
        if part is None:
            return Reckonable(text, cannot="it is finer than can be reckoned with")
        parts.append(part)
    return Reckonable(text, tuple(parts))


def _part(one: Component) -> Part | None:
    unit = None
    if one.kind == "free":
        of = Fraction(0)
    elif one.kind == "ad_valorem":
        of = exact_percent(one) / 100
    else:
        unit, size = base_unit(one.unit_code or one.unit or "")
        of = Fraction(one.amount or Decimal(0)) / size
    if max(of.numerator, of.denominator) > _LARGEST_PART:
        return None
    currency = one.currency if one.kind == "specific" else None
    return Part(one.role, of.numerator, of.denominator, unit, currency)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and Decimal(text) >= 0
    except ArithmeticError:
        return False
