"""Models: how likely an irregularity is, learned from results, calibrated, kept as plain data."""

from tidegate.risk.models.champion import TooLittleToLearnError, Training, train
from tidegate.risk.models.extras import MissingLibraryError
from tidegate.risk.models.inputs import input_names, inputs
from tidegate.risk.models.measures import SHARES, Measures, measures
from tidegate.risk.models.model import BadModelError, Model, read_model
from tidegate.risk.models.rivals import RIVALS, encoded

__all__ = [
    "RIVALS",
    "SHARES",
    "BadModelError",
    "Measures",
    "MissingLibraryError",
    "Model",
    "TooLittleToLearnError",
    "Training",
    "encoded",
    "input_names",
    "inputs",
    "measures",
    "read_model",
    "train",
]
