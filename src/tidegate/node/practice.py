"""Reads an administration's practice: which lives declarations lead with it, and its test environment."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

import tidegate
from tidegate.clearance import Practice, Terms, TradeTest
from tidegate.node.administration import BadAdministrationError, is_shipped

LIFE, TRADE_TEST = "life.toml", "trade_test.toml"


def load_practice(name: str, *, trade_test: bool = False) -> Practice:
    """Return the practice of an administration; the default one where its folder says nothing.

    With ``trade_test``, its test environment comes with it.

    Raises:
        BadAdministrationError: a file is not as it should be, or there is no test environment.
    """
    folder = Path(tidegate.__file__).parent / "administrations" / name if is_shipped(name) else Path(name)
    practice = _read(folder / LIFE, Practice) if (folder / LIFE).is_file() else Practice()
    if not trade_test:
        return practice
    return msgspec.structs.replace(practice, trade_test=_read(folder / TRADE_TEST, TradeTest))


def without_random_control(terms: Terms) -> Terms:
    """Return terms under which no control is drawn at random, as in a test environment."""
    return msgspec.structs.replace(terms, policy=msgspec.structs.replace(terms.policy, random_share=0.0))


def _read(path: Path, of: type[Any]) -> Any:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), of)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadAdministrationError(path, str(error)) from None
