"""A trade world with known truth, for rehearsal, tests and benchmarks."""

from __future__ import annotations

from tidegate.simulation.controls import ControlResult, Inspector, Thoroughness
from tidegate.simulation.delays import arrival_delay, payment_delay
from tidegate.simulation.lodgements import Difference, Lodgement, Truth, day, lodgements_of
from tidegate.simulation.parameters import Administration, Parameters
from tidegate.simulation.world import UnknownAdministrationError, World

__all__ = [
    "Administration",
    "ControlResult",
    "Difference",
    "Inspector",
    "Lodgement",
    "Parameters",
    "Thoroughness",
    "Truth",
    "UnknownAdministrationError",
    "World",
    "arrival_delay",
    "day",
    "lodgements_of",
    "payment_delay",
]
