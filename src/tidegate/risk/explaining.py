"""Explaining a likelihood: which entity moved it, by how much, and what it was compared with.

The effect of an entity is the likelihood less what it would be if everything known of it, alone and with
others, were as usual: the same model asked again, with these inputs at their medians. So each reason is also
a counterfactual. Effects of several entities overlap and do not add up to the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from tidegate.risk.memory import with_derived

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from tidegate.risk.artefact import Artefact
    from tidegate.risk.memory import Kind

_LEAST_PART = 0.02  # of the likelihood: what moves it by less is no reason
_LONGEST_VALUE = 60
_STATED = "stated"

# Kinds whose name is no word of the field; the others are called by their columns.
_FAMILY = {"chapter": "commodity", "heading": "commodity", "subheading": "commodity"}
_CALLED = {
    "all": "All trade of late",
    "lot": "A lot of this commodity, value and mass",
    "lot_value": "This value for this commodity",
    "lot_mass": "This mass of this commodity",
    "lot_route": "A lot of this commodity, value and mass by this route",
    "unit_price": "This value a kilogram for this commodity from there",
}
_INPUTS = {
    "value": "the value",
    "net_mass": "the net mass",
    "unit_price": "the value a kilogram",
    "tax_rate": "the rate of tax",
    "items": "the number of items",
    "packages": "the number of packages",
    "gross_to_net": "gross mass over net mass",
    "containers": "the number of containers",
}


class Account(msgspec.Struct, frozen=True):
    """One reason: the ``kind`` of entity, what raising the likelihood by ``effect`` is due to, in a sentence.

    ``without`` is what the likelihood would be if this entity were as usual.
    """

    kind: str
    effect: float
    without: float
    text: str


def accounts(
    artefact: Artefact, item: pl.DataFrame, row: NDArray[np.float32], most: int
) -> tuple[Account, ...]:
    """Return the reasons that raise the likelihood of one goods item most, greatest first.

    ``item`` is its frame of one row, ``row`` its inputs to the model.
    """
    groups = _groups(artefact)
    asked = np.repeat(row[None, :], len(groups) + 1, axis=0)
    for number, places in enumerate(groups.values(), start=1):
        asked[number, places] = np.asarray(artefact.usual, np.float32)[places]
    chances = artefact.model.score(asked).round(6)
    effects = chances[0] - chances[1:]
    names = list(groups)
    order = sorted(range(len(names)), key=lambda number: (-effects[number], names[number]))
    derived = with_derived(item).row(0, named=True)
    kinds = {kind.name: kind for kind in artefact.plan.kinds}
    told = dict(zip(artefact.model.names, row.tolist(), strict=True))
    usual = dict(zip(artefact.model.names, artefact.usual, strict=True))
    found = []
    for number in order[:most]:
        if effects[number] < _LEAST_PART * chances[0]:
            break
        name = names[number]
        facts, about = _about(name, kinds, derived, told, usual)
        without = float(chances[number + 1])
        text = f"{facts} Were {about} as usual, the likelihood would be {without:.1%}, not {chances[0]:.1%}."
        found.append(Account(name, round(float(effects[number]), 6), without, text))
    return tuple(found)


def _groups(artefact: Artefact) -> dict[str, list[int]]:
    """Return the places of a model's inputs by what they are about: a column, all trade, or what is stated.

    What is known of a pair is about both of its columns.
    """
    columns = {kind.name: kind.columns for kind in artefact.plan.kinds}
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(artefact.model.names):
        kind = name.partition(".")[0]
        abouts = [name] if kind == _STATED else _families(columns[kind]) if kind in columns else [kind]
        for about in abouts:
            groups.setdefault(about, []).append(place)
    return groups


def _families(columns: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(_FAMILY.get(column, column) for column in columns))


def _about(
    name: str,
    kinds: dict[str, Kind],
    item: dict[str, object],
    told: dict[str, float],
    usual: dict[str, float],
) -> tuple[str, str]:
    """Return the facts of what stands out most about something, and how to call all that is known of it."""
    known = [kind for kind in kinds.values() if name in _families(kind.columns)]
    if name.startswith(_STATED) or not known:
        return _facts(name, None, item, told, usual), "it"
    clearest = max(known, key=lambda kind: told[f"{kind.name}.rate"] - usual[f"{kind.name}.rate"])
    facts = _facts(clearest.name, clearest, item, told, usual)
    return facts, f"all that is known of the {name.replace('_', ' ')}"


def _facts(
    name: str, kind: Kind | None, item: dict[str, object], told: dict[str, float], usual: dict[str, float]
) -> str:
    if name.startswith(_STATED):
        what = name.partition(".")[2]
        return f"{_INPUTS[what].capitalize()} is unlike what is usual."
    count, results = (round(2 ** told[f"{name}.{what}"] - 1) for what in ("count", "results"))
    subject = _CALLED.get(name) or _called(kind, item)
    rate, ordinary = told[f"{name}.rate"], usual[f"{name}.rate"]
    text = f"{subject}: declared {_times(count)} before, {_times(results)} with a result."
    if results:
        text = f"{text[:-1]}; {rate:.1%} counted irregular, {ordinary:.1%} is usual."
    gap = told.get(f"{name}.price_gap", 0.0)
    if abs(gap) > 1:
        way = "above" if gap > 0 else "below"
        text += f" Its value a kilogram is {2 ** abs(gap):.1f} times {way} the mean."
    return text


def _called(kind: Kind | None, item: dict[str, object]) -> str:
    if kind is None:
        return "This"
    parts = [f"{column.replace('_', ' ')} {_shown(item.get(column))}" for column in kind.columns]
    text = ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]
    return text[0].upper() + text[1:]


def _shown(value: object) -> str:
    if value is None:
        return "(none stated)"
    text = str(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number:,} times")
