"""Goods items for tests of targeting: small histories whose results follow who trades what."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

START = datetime(2026, 1, 1, tzinfo=UTC)
LABELS = {"irregular": pl.Boolean, "known": pl.Datetime("us", "UTC")}


def trade(*rows: dict) -> pl.DataFrame:
    """Return goods items; each row says its day (a number) and what differs from the ordinary one."""
    ordinary = {
        "office": "XA1", "declarant": "B1", "importer": "T1", "seller": "S1", "carrier": "C1",
        "commodity": "850440", "origin": "CN", "country_of_export": "CN", "procedure": "4000",
        "preference": "100", "net_mass": 10_000_000, "item_amount": 1_000_000,
        "irregular": None, "known": None, "day": 0,
    }  # fmt: skip
    told = []
    for place, row in enumerate(rows):
        one = {**ordinary, **row}
        day, known = one.pop("day"), one.pop("known")
        one["occurred"] = None if day is None else START + timedelta(days=day)
        one["known"] = None if known is None else START + timedelta(days=known)
        told.append({"declaration": f"D{place:05}", "item": 1, **one})
    moments = {"occurred": pl.Datetime("us", "UTC")}
    return pl.DataFrame(told, schema_overrides={**moments, **LABELS}, infer_schema_length=None)


def history(count: int, seed: int = 1, days: int = 120) -> pl.DataFrame:
    """Return a history in which importer T3 and commodity 640399 are often irregular."""
    draws = np.random.default_rng(seed)
    rows = []
    for day in np.sort(draws.integers(0, days, count)).tolist():
        importer = f"T{draws.integers(0, 9)}"
        commodity = str(draws.choice(["850440", "640399", "220421"]))
        chance = 0.05 + 0.5 * (importer == "T3") + 0.3 * (commodity == "640399")
        rows.append(
            {
                "day": day,
                "known": day + int(draws.integers(0, 20)),
                "importer": importer,
                "commodity": commodity,
                "seller": f"S{draws.integers(0, 30)}",
                "net_mass": int(draws.integers(1, 900)) * 1_000_000,
                "item_amount": int(draws.integers(1, 900)) * 100_000,
                "irregular": bool(draws.random() < chance),
            }
        )
    return trade(*rows)
