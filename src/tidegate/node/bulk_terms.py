"""Reads what an administration takes in the reduced data set: ``low_value.toml`` in its folder."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import tidegate
from tidegate.clearance.bulk import BulkTerms
from tidegate.declarations.reduced import Excluded, Ground, LowValue, Platform, Scheme
from tidegate.node.administration import BadAdministrationError, is_shipped
from tidegate.risk import Policy

if TYPE_CHECKING:
    from tidegate.clearance import Terms

FILE = "low_value.toml"


class _Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """low_value.toml, as it is written."""

    procedures: frozenset[str]
    grounds: tuple[Ground, ...]
    policy: Policy
    schemes: tuple[Scheme, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    platforms: tuple[Platform, ...] = ()


def load_bulk_terms(administration: str, terms: Terms) -> BulkTerms | None:
    """Return the terms for low-value consignments, or None where an administration takes none in bulk.

    Raises:
        BadAdministrationError: the file is not as it should be.
    """
    shipped = Path(tidegate.__file__).parent / "administrations"
    path = (shipped / administration if is_shipped(administration) else Path(administration)) / FILE
    if not path.is_file():
        return None
    try:
        sheet = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Sheet)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadAdministrationError(path, str(error)) from None
    low_value = LowValue(
        procedures=sheet.procedures,
        grounds=sheet.grounds,
        schemes=sheet.schemes,
        excluded=sheet.excluded,
        platforms=sheet.platforms,
    )
    return BulkTerms(terms=terms, low_value=low_value, policy=sheet.policy)
