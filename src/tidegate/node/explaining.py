"""What a code is, by the schedules that a node has loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.node.schedules import NoScheduleError
from tidegate.tariff.nomenclature import dotted, explain, explain_by_labels

if TYPE_CHECKING:
    from datetime import date

    from tidegate.node.schedules import Schedules
    from tidegate.tariff.nomenclature import Explanation, Nomenclature


def explained(schedules: Schedules, code: str, name: str | None, day: date) -> Explanation:
    """Explain a code by the first schedule that has it; else by our labels, saying what is missing."""
    try:
        answering = schedules.in_force(day, name)
    except NoScheduleError as error:
        if name is not None:
            raise
        return explain_by_labels(code, str(error))
    for loaded in answering:
        explanation = explain(schedules.tree(loaded), code, day)
        if explanation is not None:
            return explanation
    missing = [_why_missing(schedules.tree(loaded), code, day) for loaded in answering]
    return explain_by_labels(code, " ".join(missing))


def _why_missing(tree: Nomenclature, code: str, day: date) -> str:
    """Say why a schedule has no such code on a day, and what would be right."""
    schedule = tree.schedule.name
    other_days = [
        f"from {one.valid_from or 'ever'} until {one.valid_until or 'further notice'}"
        for one in tree.known(code)
    ]
    if other_days:
        return f"In {schedule}, {code} holds {', '.join(other_days)}, not on {day}."
    near = tree.nearest(code, day)
    if near is None:
        return f"{schedule} has no code {code}."
    below = ", ".join(dotted(one.code) for one in tree.codes_below(near.code, day))
    return f"{schedule} has no code {code}; below {dotted(near.code)} it has {below}."
