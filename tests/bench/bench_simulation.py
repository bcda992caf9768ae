"""Declarations simulated per second as frames, and as WCO XML; a year written to files."""

import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tidegate.simulation import World, day, simulate_span, write_world

START = date(2026, 1, 5)
MILLION_IN_A_MINUTE = 1_000_000 / 60


def measure() -> Iterator[dict]:
    world = World.make(7)
    simulate_span(world, START, 1, 100)  # what is made once is not measured
    begun = time.perf_counter()
    frames = simulate_span(world, START, 100, 2_750)
    seconds = time.perf_counter() - begun
    count = frames.goods_items["declaration"].n_unique()
    yield {
        "name": "declarations simulated as frames, with their truth",
        "value": count / seconds,
        "unit": "declarations/s",
        "target": round(MILLION_IN_A_MINUTE),
        "note": f"{count:,} declarations of {len(frames.truth):,} items; a million in a minute is the target",
    }
    begun = time.perf_counter()
    lodged = day(world, START, 4_000)
    seconds = time.perf_counter() - begun
    yield {
        "name": "declarations simulated as WCO XML",
        "value": len(lodged) / seconds,
        "unit": "declarations/s",
        "target": None,
        "note": f"{sum(len(one.xml) for one in lodged) / len(lodged):,.0f} octets each",
    }
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        summary = write_world(Path(folder) / "world", world, START, 100, 1_000)
        seconds = time.perf_counter() - begun
    yield {
        "name": "declarations written to Parquet, with truth and controls",
        "value": summary.declarations / seconds,
        "unit": "declarations/s",
        "target": None,
        "note": f"{summary.declarations:,} declarations",
    }
