"""The learning libraries: an optional extra, asked for only where a model is trained."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


class MissingLibraryError(Exception):
    """A library of the extra ``models`` is not installed."""

    code = "risk.missing_library"

    def __init__(self, name: str) -> None:
        super().__init__(f"Training needs {name}, which is not installed: pip install 'tidegate[models]'.")
        self.name = name


def library(name: str) -> ModuleType:
    """Import a learning library; raises MissingLibraryError where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingLibraryError(name) from error
