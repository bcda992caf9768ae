"""Controls: what an inspector finds of what is true, how sure, and after how long.

Inspectors miss things, and now and then find what is not there. What one finds depends on the inspector's
seed and the declaration's reference, never on the order of controls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from tidegate.simulation.draws import Draws
from tidegate.simulation.lodgements import Difference

if TYPE_CHECKING:
    from tidegate.simulation.lodgements import Truth

Thoroughness = Literal["documents", "scan", "physical", "audit"]

# The chance that a difference of each kind is found, by thoroughness: chosen, ordered as controls are.
_FINDS: dict[str, dict[str, float]] = {
    "documents": {"value": 0.45, "commodity": 0.3, "origin": 0.35, "mass": 0.1, "quantity": 0.1,
                  "hidden": 0.0, "consignment": 0.25, "party": 0.3, "chain": 0.1},
    "scan": {"value": 0.05, "commodity": 0.25, "origin": 0.0, "mass": 0.3, "quantity": 0.35,
             "hidden": 0.7, "consignment": 0.0, "party": 0.0, "chain": 0.0},
    "physical": {"value": 0.5, "commodity": 0.85, "origin": 0.5, "mass": 0.9, "quantity": 0.9,
                 "hidden": 0.88, "consignment": 0.3, "party": 0.3, "chain": 0.12},
    "audit": {"value": 0.85, "commodity": 0.6, "origin": 0.75, "mass": 0.3, "quantity": 0.4,
              "hidden": 0.0, "consignment": 0.7, "party": 0.8, "chain": 0.65},
}  # fmt: skip
_HOURS = {"documents": (0.5, 4.0), "scan": (0.4, 2.0), "physical": (2.0, 16.0), "audit": (48.0, 720.0)}
_FALSE_ALARM = 0.003  # part of the sound declarations in which something is found all the same; chosen


class ControlResult(msgspec.Struct, frozen=True):
    """What a control found, in words and as differences, and how many hours it took from its order."""

    outcome: Literal["conform", "irregular"]
    found: str
    hours: float
    differences: tuple[Difference, ...] = ()


class Inspector(msgspec.Struct, frozen=True):
    """Someone who controls goods, imperfectly. ``skill`` moves every chance of finding: 1 is as the table."""

    seed: int
    skill: float = 1.0
    false_alarm: float = _FALSE_ALARM

    def inspect(self, truth: Truth, reference: str, thoroughness: Thoroughness = "physical") -> ControlResult:
        """Return what this inspector finds in the declaration that ``reference`` (its MRN, say) names."""
        draws = Draws.of("inspector", self.seed, reference, thoroughness)
        low, high = _HOURS[thoroughness]
        hours = round(float(draws.between("hours", low, high)[0]), 2)
        finds = _FINDS[thoroughness]
        found = tuple(
            one
            for place, one in enumerate(truth.differences)
            if draws.derive("difference", place).chance("found", min(1.0, finds[one.what] * self.skill))[0]
        )
        if found:
            return ControlResult("irregular", " ".join(map(_words, found)), hours, found)
        if not truth.irregular and draws.chance("false alarm", self.false_alarm)[0]:
            return ControlResult("irregular", "The marks on the packages are not those stated.", hours)
        return ControlResult("conform", "Goods and documents are as stated.", hours)


def _words(difference: Difference) -> str:
    where = f"Item {difference.item}" if difference.item else "The declaration"
    if difference.what == "hidden":
        return f"{where}: {difference.found} hidden in the goods."
    if difference.what == "consignment":
        return f"{where} is one part of consignment {difference.found}, which was split."
    if difference.what == "chain":
        return f"{where} is a round of goods that return: {difference.found}."
    if difference.what == "party":
        return f"{where} was lodged for {difference.stated}; {difference.found} stands behind it."
    stated, found = difference.stated or "as none", difference.found or "none"
    return f"{where}: {difference.what} stated {stated}, found {found}."
