"""What the risk tests look at: goods items with their features, and profiles over them."""

from datetime import date

import polars as pl

from tests.unit.tariff.making import items
from tidegate.risk import FEATURE_COLUMNS, Profile


def featured(*rows: dict) -> pl.DataFrame:
    """Return goods items of which each row says what it has, features included."""
    frame = items(*({k: v for k, v in row.items() if k not in FEATURE_COLUMNS} for row in rows))
    told = pl.DataFrame(
        [{name: row.get(name) for name in FEATURE_COLUMNS} for row in rows], schema=FEATURE_COLUMNS
    )
    return frame.hstack(told)


def profile(condition: str = "value > 100", **parts) -> Profile:
    """Return a profile with this condition."""
    ordinary = {"code": "P1", "purpose": "test", "owner": "test", "weight": 0.5, "reason": "It is so."}
    return Profile(**{**ordinary, "start": date(2020, 1, 1), **parts}, condition=condition)
