"""Rows to classes: a mapping made into a tree once, so that each row is built from the leaves up."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import msgspec

from tidegate.declarations.classes import FieldPlan, class_plan
from tidegate.declarations.findings import Finding
from tidegate.declarations.stated import (
    Amount,
    Beyond,
    DateTime,
    Measure,
    Stated,
    exact_decimal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tidegate.declarations.flat_mapping import Source

S = TypeVar("S", bound=Stated)

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
_SHOWN = 80


class Cells(msgspec.Struct, frozen=True):
    """One row: its number in the file, its cells, its place in its declaration, how many that has."""

    row: int
    cells: list[str]
    place: int
    count: int


class _Leaf(NamedTuple):
    field: FieldPlan
    source: Source
    column: int | None
    currency_column: int | None
    table: dict[str, str] | None


class _Branch:
    """One class to build: its leaves, and the classes below it by field, repeated ones in a row."""

    def __init__(self, of: type[Stated]) -> None:
        self.of = of
        self.fields = class_plan(of).by_name()
        self.leaves: list[_Leaf] = []
        self.below: dict[str, tuple[bool, dict[int, _Branch]]] = {}
        self.needs_cells = False  # a branch of constants alone always stands; another where a cell is filled


class Builder(Generic[S]):
    """Builds one class from rows, by the sources of its places and the columns of the file."""

    def __init__(
        self,
        of: type[S],
        sources: Mapping[str, Source],
        tables: Mapping[str, dict[str, str]],
        names: list[str],
    ) -> None:
        self._of = of
        self._names = names
        self._root = _Branch(of)
        for path, source in sources.items():
            branch = self._root
            *steps, last = path.split("/")
            for step in steps:
                branch = _down(branch, step)
            leaf = _Leaf(
                branch.fields[last],
                source,
                names.index(source.column) if source.column else None,
                names.index(source.currency_column) if source.currency_column else None,
                tables[source.table] if source.table else None,
            )
            branch.leaves.append(leaf)
        _mark(self._root)
        self._columns = sorted({leaf.column for leaf in _leaves(self._root) if leaf.column is not None})

    def build(self, cells: Cells, findings: list[Finding]) -> S:
        """Return the class that a row states; what is wrong in its cells goes to ``findings``."""
        built = self._build(self._root, cells, findings)
        assert built is None or isinstance(built, self._of)
        return built if built is not None else self._of()

    def compare(self, first: Cells, other: Cells, findings: list[Finding]) -> None:
        """Add a finding for each column of the whole declaration that another of its rows says otherwise."""
        for column in self._columns:
            if first.cells[column] != other.cells[column]:
                text = f"This differs from row {first.row}, which says it for the whole declaration."
                findings.append(Finding("TG-FLAT-DIFFERS", self._place(other, column), text, "warning"))

    def _place(self, cells: Cells, column: int) -> str:
        return f'row {cells.row}, column "{self._names[column]}"'

    def _build(self, branch: _Branch, cells: Cells, findings: list[Finding]) -> Stated | None:
        values: dict[str, Any] = {}
        beyond: list[Beyond] = []  # what is no number
        stated = False
        for leaf in branch.leaves:
            value = self._value(leaf, cells, beyond, findings)
            if value is not None:
                values[leaf.field.attribute] = value
                stated = stated or leaf.column is not None
        for attribute, (many, places) in branch.below.items():
            built = [one for below in places.values() if (one := self._build(below, cells, findings))]
            if built:
                values[attribute] = tuple(built) if many else built[0]
                stated = True
        if not beyond and (not values or (branch.needs_cells and not stated)):
            return None
        if beyond:
            values["beyond"] = tuple(beyond)
        return branch.of(**values)

    def _value(self, leaf: _Leaf, cells: Cells, beyond: list[Beyond], findings: list[Finding]) -> object:
        source = leaf.source
        if source.computed is not None:
            text = str(cells.place if source.computed == "place" else cells.count)
        elif leaf.column is None:
            text = source.constant or ""
        else:
            text = cells.cells[leaf.column].strip()
            if text and leaf.table is not None:
                text = self._looked_up(text, leaf, cells, findings)
        if not text:
            return None
        if leaf.field.kind == "text":
            return text
        if leaf.field.kind == "time":
            return self._day(text, leaf, cells, findings)
        number = _number(text, source.decimals)
        if number is None:
            beyond.append(Beyond("lexical", leaf.field.name, text=text))
            said = f'"{text[:_SHOWN]}" is not a number. Write digits with a full stop before decimals.'
            findings.append(Finding("TG-FLAT-NUMBER", self._place(cells, leaf.column or 0), said))
        if leaf.field.kind == "number":
            return number
        if leaf.field.kind == "measure":
            return Measure(number, source.unit)
        named = cells.cells[leaf.currency_column].strip() if leaf.currency_column is not None else ""
        return Amount(number, named or source.currency)

    def _looked_up(self, text: str, leaf: _Leaf, cells: Cells, findings: list[Finding]) -> str:
        assert leaf.table is not None
        found = leaf.table.get(text)
        if found is None:
            said = f'"{text[:_SHOWN]}" is not in the table {leaf.source.table}: {", ".join(leaf.table)}.'
            findings.append(Finding("TG-FLAT-CODE", self._place(cells, leaf.column or 0), said))
        return text if found is None else found

    def _day(self, text: str, leaf: _Leaf, cells: Cells, findings: list[Finding]) -> DateTime:
        form = leaf.source.date
        if form is None:
            return DateTime(text)
        try:
            day = datetime.strptime(text, form)  # noqa: DTZ007 - a day, which has no zone
        except ValueError:
            said = f'"{text[:_SHOWN]}" is not a day of the form {form}.'
            findings.append(Finding("TG-FLAT-DATE", self._place(cells, leaf.column or 0), said))
            return DateTime(text)
        return DateTime(f"{day:%Y%m%d}", "102")


def _number(text: str, decimals: int | None) -> Decimal | None:
    """Return the number of a cell, rounded where the mapping says so; exponents are taken there only."""
    if decimals is None:
        return exact_decimal(text)
    if len(text) > _SHOWN or not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    rounded = round(number, decimals)  # half to even
    return number if number == rounded else rounded


def _down(branch: _Branch, step: str) -> _Branch:
    """Return the branch below, made where it is not there yet."""
    name, _, number = step.rstrip("]").partition("[")
    field = branch.fields[name]
    assert field.holds is not None
    places = branch.below.setdefault(field.attribute, (field.many, {}))[1]
    return places.setdefault(int(number or 1), _Branch(field.holds))


def _mark(branch: _Branch) -> bool:
    below = [_mark(one) for _, places in branch.below.values() for one in places.values()]
    branch.needs_cells = any(below) or any(leaf.column is not None for leaf in branch.leaves)
    return branch.needs_cells


def _leaves(branch: _Branch) -> Iterator[_Leaf]:
    yield from branch.leaves
    for _, places in branch.below.values():
        for below in places.values():
            yield from _leaves(below)
