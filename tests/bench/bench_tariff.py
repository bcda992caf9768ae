"""Lines assessed per second and peak memory, beside what a user would write: a loop over rows with Decimal.

The lines are made up: a million goods items over the codes of a schedule, origins, currencies, days and
quantities. Each run is a process of its own, so that its peak memory is its own.
"""

import multiprocessing
import resource
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import polars as pl

from tests.shared_data import shared_data
from tidegate.declarations.duty_frame import QUANTITY
from tidegate.declarations.frame import GOODS_ITEM_COLUMNS
from tidegate.node import load_administration
from tidegate.tariff import assess, exchange_table
from tidegate.tariff.nomenclature import read_us_hts
from tidegate.tariff.schedule_tables import schedule_tables

LINES = 1_000_000
PART = 100_000  # lines assessed in one go
ALONE = 300  # lines assessed one by one
LOOPED = 20_000  # lines of the plain loop
MINOR = Decimal("0.01")


def measure() -> Iterator[dict]:
    """Yield lines per second, memory, and the ratio to a plain loop."""
    for kind, target in (("ad valorem", 100_000), ("United States", 40_000)):
        if kind == "United States" and shared_data() is None:
            print("  skipped: the shared data is not there")
            continue
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found = pool.apply(_run, (kind,))
        note = f"{LINES:,} lines, {found['charged']:,} taxes, {found['gaps']:,} gaps"
        yield {
            "name": f"{kind}: lines assessed",
            "value": found["rate"],
            "unit": "lines/s",
            "target": target,
            "note": note,
        }
        yield {
            "name": f"{kind}: peak memory",
            "value": found["peak"],
            "unit": "MiB",
            "note": f"{found['before']:.0f} MiB before, with tables and lines",
        }
        yield {
            "name": f"{kind}: {ALONE} lines one by one that differ",
            "value": found["different"],
            "unit": "lines",
            "note": "to the cent; must be 0",
        }
        if found["loop"]:
            yield {
                "name": f"{kind}: beside a loop with Decimal",
                "value": found["rate"] / found["loop"],
                "unit": "times",
                "note": f"the loop: {found['loop']:,.0f} lines/s, {found['loop_different']} lines differ",
            }


def _run(kind: str) -> dict:
    tables = load_administration("demo").terms.tariff if kind == "ad valorem" else _american()
    frame = lines(LINES, tables, tables.currency)
    before = _peak()
    start = time.perf_counter()
    charged = gaps = 0
    for offset in range(0, frame.height, PART):
        found = assess(frame[offset : offset + PART], tables)
        charged, gaps = charged + found.lines.height, gaps + found.gaps.height
    rate = frame.height / (time.perf_counter() - start)
    peak = _peak()
    few = frame.gather_every(frame.height // ALONE)[:ALONE]
    together = {row[:3]: row for row in assess(few, tables).lines.iter_rows()}
    alone = {
        row[:3]: row for place in range(few.height) for row in assess(few[place], tables).lines.iter_rows()
    }
    different = sum(together.get(key) != alone.get(key) for key in together.keys() | alone.keys())
    loop, loop_different = _looped(frame, tables) if kind == "ad valorem" else (0.0, 0)
    return {
        "rate": rate,
        "peak": peak,
        "before": before,
        "charged": charged,
        "gaps": gaps,
        "different": different,
        "loop": loop,
        "loop_different": loop_different,
    }


def _american():
    return schedule_tables(read_us_hts(shared_data() / "us_hts"), exchange_table([]))


def lines(count: int, tables, currency: str) -> pl.DataFrame:
    """Return goods items over the codes of the tables, the same ones every time."""
    random = np.random.default_rng(7)
    prefixes = tables.measures.measures.filter(pl.col("tax") != "")["prefix"].unique().sort()
    codes = [
        code.ljust(10, "0")
        for code in prefixes
        if code and not code.startswith("98") and not code.startswith("99")
    ]
    days = np.array([datetime(2026, month, 3, tzinfo=UTC).timestamp() * 1e6 for month in range(1, 13)])
    mass = random.integers(1_000, 10**10, count)
    made = {
        "declaration": pl.Series(np.arange(count) // 4).cast(pl.String),
        "item": pl.Series(np.arange(count) % 4 + 1, dtype=pl.Int32),
        "items": pl.Series(np.full(count, 4), dtype=pl.Int32),
        "occurred": pl.Series(random.choice(days, count).astype("int64")).cast(pl.Datetime("us", "UTC")),
        "declaration_type": pl.repeat("IMA", count, eager=True),
        "procedure": pl.repeat("4000", count, eager=True),
        "commodity": pl.Series(random.choice(codes, count)),
        "origin": pl.Series(random.choice(["CN", "DE", "KR", "MX", "XB", "US", "VN"], count)),
        "preference": pl.Series(random.choice(["100", "300", "KR", "S"], count, p=[0.85, 0.05, 0.05, 0.05])),
        "item_amount": pl.Series(random.integers(1_000, 10**8, count)),
        "currency": pl.Series(random.choice([currency, "EUR"] if currency == "XTS" else [currency], count)),
        "incoterm": pl.repeat("CIF", count, eager=True),
        "net_mass": pl.Series(mass),
    }
    frame = pl.DataFrame(made).with_columns(
        pl.concat_list(
            pl.struct(unit=pl.lit(unit), quantity=(pl.col("net_mass") // share)).cast(QUANTITY)
            for unit, share in (("LTR", 1), ("NAR", 3), ("PR", 5), ("MTK", 2), ("MTQ", 1_000))
        ).alias("quantities")
        if currency == "USD"
        else pl.lit(None, pl.List(QUANTITY)).alias("quantities")
    )
    return frame.with_columns(
        pl.lit(None, kind).alias(name)
        for name, kind in GOODS_ITEM_COLUMNS.items()
        if name not in frame.columns
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _looped(frame: pl.DataFrame, tables) -> tuple[float, int]:
    """Assess lines the plain way, and compare the amounts with the frame's."""
    measures = {}
    for row in tables.measures.measures.filter(pl.col("tax") != "").iter_rows(named=True):
        measures.setdefault((row["tax"], row["prefix"]), []).append(row)
    exchange = list(tables.exchange.iter_rows(named=True))
    part = frame[:LOOPED]
    start = time.perf_counter()
    amounts = [_line(row, measures, exchange, tables) for row in part.iter_rows(named=True)]
    rate = part.height / (time.perf_counter() - start)
    found: dict[tuple, dict] = {}
    for name, item, tax, amount in (
        assess(part, tables).lines.select("declaration", "item", "tax", "amount").iter_rows()
    ):
        found.setdefault((name, item), {})[tax] = Decimal(amount).scaleb(-2)
    keys = zip(part["declaration"], part["item"], strict=True)
    return rate, sum(found.get(key, {}) != told for key, told in zip(keys, amounts, strict=True))


def _line(row: dict, measures: dict, exchange: list, tables) -> dict[str, Decimal]:
    day: date = row["occurred"].date()
    of = Decimal(1)
    if row["currency"] != tables.currency:
        held = [one for one in exchange if one["currency"] == row["currency"] and one["exchange_from"] <= day]
        of = Decimal(held[-1]["exchange"]) / 1_000_000
    value = (Decimal(row["item_amount"]) / 1000 / of).quantize(MINOR, ROUND_HALF_UP)
    told: dict[str, Decimal] = {}
    for tax in tables.taxes:
        fits = []
        for length in range(len(row["commodity"]) + 1):
            for one in measures.get((tax.type, row["commodity"][:length]), ()):
                dated = one["measure_from"] <= day and (
                    one["measure_until"] is None or day <= one["measure_until"]
                )
                claimed = one["for_preference"] in (None, row["preference"])
                if dated and claimed and one["for_origin"] in (None, row["origin"]):
                    fits.append((one["for_preference"] is not None, length, one["measure_from"], one))
        if not fits:
            return told
        best = max(fits, key=lambda fit: fit[:3])[3]
        base = value + sum(told[on] for on in tax.on)
        told[tax.type] = (base * best["share"] / best["whole"]).quantize(MINOR, ROUND_HALF_UP)
    return told
