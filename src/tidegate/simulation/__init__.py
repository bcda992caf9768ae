"""A trade world with known truth, for rehearsal, tests and benchmarks."""

from __future__ import annotations

from tidegate.simulation.campaigns import SCHEMES, Scheme
from tidegate.simulation.controls import ControlResult, Inspector, Thoroughness
from tidegate.simulation.delays import arrival_delay, payment_delay
from tidegate.simulation.flaws import FLAWS
from tidegate.simulation.frames import TRUTH_COLUMNS, Frames, frames_of
from tidegate.simulation.histories import CONTROL_COLUMNS, controls_of
from tidegate.simulation.lodgements import Difference, Lodgement, Truth, day, lodgements_of, truths_of
from tidegate.simulation.messages import message_of, rows_by_declaration
from tidegate.simulation.parameters import Administration, Parameters, ParametersError
from tidegate.simulation.span import days_of, simulate_span, volume_on
from tidegate.simulation.summary import SchemeSummary, Summary
from tidegate.simulation.world import UnknownAdministrationError, World
from tidegate.simulation.writing import FolderNotEmptyError, write_world

__all__ = [
    "CONTROL_COLUMNS",
    "FLAWS",
    "SCHEMES",
    "TRUTH_COLUMNS",
    "Administration",
    "ControlResult",
    "Difference",
    "FolderNotEmptyError",
    "Frames",
    "Inspector",
    "Lodgement",
    "Parameters",
    "ParametersError",
    "Scheme",
    "SchemeSummary",
    "Summary",
    "Thoroughness",
    "Truth",
    "UnknownAdministrationError",
    "World",
    "arrival_delay",
    "controls_of",
    "day",
    "days_of",
    "frames_of",
    "lodgements_of",
    "message_of",
    "payment_delay",
    "rows_by_declaration",
    "simulate_span",
    "truths_of",
    "volume_on",
    "write_world",
]
