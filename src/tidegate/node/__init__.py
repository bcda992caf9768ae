"""Node: one installation of Tidegate, its configuration and keys, and everything wired together."""

from tidegate.node.administration import (
    Administration,
    BadAdministrationError,
    administrations,
    load_administration,
)
from tidegate.node.clearing import Told, clear_files, clear_flat_file, files_below
from tidegate.node.configuration import (
    BadConfigurationError,
    Configuration,
    read_configuration,
    settings,
)
from tidegate.node.installation import Node, create_node, open_node
from tidegate.node.receiving import BusyError, Intake, Received
from tidegate.node.sources import BadSourceError

__all__ = [
    "Administration",
    "BadAdministrationError",
    "BadConfigurationError",
    "BadSourceError",
    "BusyError",
    "Configuration",
    "Intake",
    "Node",
    "Received",
    "Told",
    "administrations",
    "clear_files",
    "clear_flat_file",
    "create_node",
    "files_below",
    "load_administration",
    "open_node",
    "read_configuration",
    "settings",
]
