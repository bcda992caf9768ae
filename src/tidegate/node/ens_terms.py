"""Reads what an administration decides by before arrival: ``entry.toml`` in its folder."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

import tidegate
from tidegate.entry import EntryTerms
from tidegate.node.administration import BadAdministrationError, is_shipped
from tidegate.risk.profiles import BadProfileError, check_profile

FILE = "entry.toml"


def load_entry_terms(administration: str) -> EntryTerms:
    """Return the terms before arrival of an administration; the default ones where its folder says nothing.

    Raises:
        BadAdministrationError: the file is not as it should be, or one of its profiles cannot be applied.
    """
    shipped = Path(tidegate.__file__).parent / "administrations"
    path = (shipped / administration if is_shipped(administration) else Path(administration)) / FILE
    if not path.is_file():
        return EntryTerms()
    try:
        terms = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), EntryTerms)
        for profile in terms.profiles:
            check_profile(profile)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadAdministrationError(path, str(error)) from None
    except BadProfileError as error:
        raise BadAdministrationError(path, str(error)) from None
    return terms
