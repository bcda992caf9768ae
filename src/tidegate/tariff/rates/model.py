"""The words of the rates language: a rate, the components it is made of, and what could not be read."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["ad_valorem", "specific", "free", "reference"]
Role = Literal["plus", "less", "minimum", "maximum"]


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a rate. Components of one rate that share their programmes belong together.

    - ``kind``: ``ad_valorem`` (``percent`` of a value), ``specific`` (``amount`` in units of ``currency`` for
      each ``unit``), ``free``, or ``reference`` (what is due stands elsewhere: ``refers_to``).
    - ``role``: ``plus`` is added, ``less`` is taken off, ``minimum`` and ``maximum`` bound the sum of the
      others. Numbers are never negative; the role says which way they count.
    - ``unit``: the schedule's own word (``kg``, ``pf.liter``, ``each``); None for an amount once for all.
      ``unit_code``: the UN/ECE Recommendation 20 code where it is plain, else None.
    - ``basis``: the words that say of what (``the case``, ``copper content``); None is the whole: the
      customs value of the goods, or their quantity.
    - ``programmes``: the codes of those it is for (``("A+", "AU")``); none means everybody.
    - ``condition``: words under which it holds; ``footnotes``: the marks beside it (``1/``).
    - ``wording``: how a reference is worded before ``refers_to`` (``See``, ``The duty provided in``).
    - ``fraction``: the number as stated, where no decimal equals it (``33 1/3``): see ``exact_percent``.
    """

    kind: Kind
    percent: Decimal | None = None
    amount: Decimal | None = None
    currency: str | None = None
    unit: str | None = None
    basis: str | None = None
    programmes: tuple[str, ...] = ()
    role: Role = "plus"
    unit_code: str | None = None
    refers_to: str | None = None
    wording: str | None = None
    condition: str | None = None
    footnotes: tuple[str, ...] = ()
    fraction: str | None = None


class Rate(msgspec.Struct, frozen=True):
    """A rate as a schedule prints it: its components, in order. ``bracketed``: printed in square brackets."""

    components: tuple[Component, ...]
    bracketed: bool = False

    @property
    def is_reference(self) -> bool:
        """True where nothing in it is a rate of its own: what is due stands elsewhere."""
        return all(component.kind == "reference" for component in self.components)

    def groups(self) -> Iterator[tuple[tuple[str, ...], tuple[Component, ...]]]:
        """Yield the programmes of each group with its components, in order; no programmes mean everybody."""
        together: list[Component] = []
        for component in self.components:
            if together and component.programmes != together[0].programmes:
                yield together[0].programmes, tuple(together)
                together = []
            together.append(component)
        if together:
            yield together[0].programmes, tuple(together)

    def for_programme(self, programme: str) -> tuple[Component, ...]:
        """Return the components that a programme has, none where it is not named."""
        for programmes, components in self.groups():
            if programme in programmes:
                return components
        return ()


class UnreadRate(msgspec.Struct, frozen=True):
    """A text that is no rate in this language: where it stops being one, and what was expected there.

    ``column`` counts characters of the text from 1.
    """

    text: str
    column: int
    expected: str

    CODE: ClassVar[str] = "TG-RATE-UNREAD"

    @property
    def message(self) -> str:
        """Say in a sentence what is wrong, where, and what would be right."""
        found = self.text[self.column - 1 : self.column + 19].strip()
        there = f"“{found}”" if found else "the end"
        return f"At column {self.column}, {there} cannot be read; expected {self.expected}."


def exact_percent(component: Component) -> Fraction:
    """Return the per cent of an ad valorem component exactly, also where no decimal equals it (33 1/3)."""
    if component.fraction is not None:
        return mixed_number(component.fraction)
    assert component.percent is not None, "only an ad valorem component has a per cent"
    return Fraction(component.percent)


def mixed_number(stated: str) -> Fraction:
    """Return the number that ``33 1/3`` or ``1/2`` states."""
    return sum((Fraction(part) for part in stated.split()), Fraction(0))
