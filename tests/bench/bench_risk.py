"""Targeting: features and scores of a million rows, one row online, a large memory kept and read back.

Beside it the same million rows through pandas and XGBoost, written as the authors of the Korean data set do
(Seondong/Customs-Declaration-Datasets: cells numbered one by one, numbers scaled, 424 trees). pandas is
installed by hand for this; where it or XGBoost is absent, the comparison is left out and says so.
"""

import importlib
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from tidegate.risk.memory import DEFAULT_PLAN, Kind, Memory, Plan, load_memory, save_memory, with_derived
from tidegate.risk.models import Training, input_names, inputs, train
from tidegate.simulation import World, simulate_span

ROWS = 1_000_000
ENTITIES = 5_000_000
CODED = ("office", "declarant", "importer", "seller", "carrier", "procedure", "preference", "payment_method",
         "transport_mode", "commodity", "country_of_export", "origin", "incoterm", "valuation_method",
         "currency", "documents")  # fmt: skip
NUMBERS = ("net_mass", "item_amount")


def measure() -> Iterator[dict]:
    items = simulate_span(World.make(7), date(2026, 1, 1), 130, 4_800).goods_items.head(ROWS)
    memory, model = learned(items)
    later = items.with_columns(pl.col("occurred") + timedelta(days=365))
    inputs(memory, later[:1_000])  # what is made once is not measured
    begun = time.perf_counter()
    scores = model.score(inputs(memory, later, 2), 2)
    seconds = time.perf_counter() - begun
    assert len(scores) == later.height
    yield {
        "name": "features and score of a frame",
        "value": later.height / seconds,
        "unit": "rows/s",
        "target": 60_000,
        "note": f"{later.height:,} rows, {len(memory.names())} features, {memory.entities():,} entities",
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield {"name": "peak memory of it, simulation included", "value": peak, "unit": "MiB", "target": None}
    yield online(memory, model, later)
    yield from pandas_and_xgboost(items, later, seconds)
    del items, later, memory
    yield from kept()


def learned(items: pl.DataFrame):
    memory = Memory(DEFAULT_PLAN.among(items.columns))
    memory.learn(items)
    found = np.random.default_rng(1).random(items.height) < 0.04
    results = items.with_columns(irregular=pl.Series(found), known=pl.col("occurred"))[::20]
    memory.learn_results(results)
    matrix = inputs(memory, results)
    memory.settle(memory.epoch_of(date(2026, 12, 1)))
    told = results["irregular"].cast(pl.Float64).to_numpy()
    # Labels by chance would stop early: all rounds are wanted, as a real model has them.
    return memory, train(matrix, told, input_names(memory), 1, Training(rounds=300))


def online(memory, model, later) -> dict:
    rows = [later[place] for place in range(0, 500_000, 1_000)]
    for row in rows[:20]:
        model.score(inputs(memory, row))
    taken = []
    for row in rows:
        begun = time.perf_counter()
        model.score(inputs(memory, row))
        taken.append(time.perf_counter() - begun)
    half, most = np.percentile(taken, [50, 99]) * 1_000
    note = f"half of them within {half:.1f} ms"
    return {"name": "one row online, p99", "value": most, "unit": "ms", "target": 20, "note": note}


def pandas_and_xgboost(items: pl.DataFrame, later: pl.DataFrame, ours: float) -> Iterator[dict]:
    try:
        pandas = importlib.import_module("pandas")
        xgboost = importlib.import_module("xgboost")
    except ImportError as error:
        print(
            f"  the comparison with pandas and XGBoost is left out: {error.name} is not installed", flush=True
        )
        return
    old, new = (
        pandas.DataFrame({name: frame[name].to_list() for name in (*CODED, *NUMBERS)})
        for frame in (items[:50_000], later)
    )
    numbers = {name: {word: place for place, word in enumerate(old[name].unique(), 1)} for name in CODED}
    train_x = coded(old, numbers)
    found = np.random.default_rng(1).random(len(old)) < 0.2
    settings = {"objective": "binary:logistic", "max_depth": 4, "colsample_bytree": 0.6, "gamma": 1}
    settings |= {"eta": 0.5994130001745845, "min_child_weight": 2, "tree_method": "hist", "nthread": 2}
    booster = xgboost.train(settings, xgboost.DMatrix(train_x, found), num_boost_round=424)
    begun = time.perf_counter()
    booster.predict(xgboost.DMatrix(coded(new, numbers)))
    seconds = time.perf_counter() - begun
    yield {
        "name": "the rows by pandas and XGBoost, 18 columns numbered",
        "value": len(new) / seconds,
        "unit": "rows/s",
        "target": None,
        "note": f"less work: no memory; ours takes {ours / seconds:.2f} times as long",
    }
    yield from the_same_work((pandas, xgboost), items, later, ours, settings)


def the_same_work(libraries, items, later, ours, settings) -> Iterator[dict]:
    """The same kinds and figures by pandas: words joined to keys, tables merged, rates smoothed."""
    pandas, xgboost = libraries
    kinds = DEFAULT_PLAN.among(items.columns).kinds
    needed = sorted({name for kind in kinds for name in kind.columns})
    old, new = (
        pandas.DataFrame({name: with_derived(frame)[name].to_list() for name in (*needed, "day", "price")})
        for frame in (dated(items), dated(later))
    )
    tables = {kind.name: totalled(old, kind) for kind in kinds}
    model = None
    for rows in (new[:20_000], new):  # the first time to have a model at all
        begun = time.perf_counter()
        columns = {}
        for kind in kinds:
            columns |= looked_up(rows, kind, tables[kind.name])
        told = pandas.DataFrame(columns)
        if model is None:
            found = np.random.default_rng(1).random(len(rows)) < 0.2
            model = xgboost.train(settings, xgboost.DMatrix(told, found), num_boost_round=424)
        model.predict(xgboost.DMatrix(told))
        seconds = time.perf_counter() - begun
    yield {
        "name": "the same work by pandas and XGBoost",
        "value": len(new) / seconds,
        "unit": "rows/s",
        "target": None,
        "note": f"{len(columns)} features of {len(kinds)} kinds",
    }
    yield {"name": "ours beside it", "value": seconds / ours, "unit": "times", "target": 10}


def dated(frame: pl.DataFrame) -> pl.DataFrame:
    price = pl.col("item_amount") / pl.col("net_mass")
    return frame.with_columns(day=pl.col("occurred").dt.date().cast(pl.Int32), price=price)


def key_of(frame, kind):
    key = frame[kind.columns[0]].astype(str)
    for name in kind.columns[1:]:
        key = key + "|" + frame[name].astype(str)
    return key


def totalled(frame, kind):
    told = frame.assign(key=key_of(frame, kind), result=np.arange(len(frame)) % 20 == 0)
    wanted = {"count": ("key", "size"), "results": ("result", "sum")}
    if kind.recent:
        wanted |= {"first": ("day", "min"), "last": ("day", "max")}
    if kind.price:
        wanted |= {"mean": ("price", "mean"), "spread": ("price", "std")}
    return told.groupby("key").agg(**wanted).reset_index()


def looked_up(frame, kind, table) -> dict:
    merged = frame.assign(key=key_of(frame, kind)).merge(table, on="key", how="left")
    columns = {f"{kind.name}.count": np.log2(1 + merged["count"].fillna(0))}
    columns[f"{kind.name}.results"] = np.log2(1 + merged["results"].fillna(0))
    columns[f"{kind.name}.rate"] = (merged["results"].fillna(0) * 0.04 + 0.1) / (
        merged["results"].fillna(0) + 2
    )
    if kind.recent:
        columns[f"{kind.name}.since"] = (merged["day"] - merged["last"]).fillna(-1)
        columns[f"{kind.name}.age"] = (merged["day"] - merged["first"]).fillna(-1)
    if kind.price:
        gap = (merged["price"] - merged["mean"]).fillna(0)
        columns |= {f"{kind.name}.gap": gap, f"{kind.name}.score": (gap / merged["spread"]).fillna(0)}
    return columns


def coded(frame, numbers: dict):
    """Number each cell by first appearance, new words as they come; scale numbers from 0 to 1."""
    out = frame.copy(deep=True)
    for name in CODED:
        table = numbers[name]

        def number(word, table=table):
            try:
                return table[word]
            except KeyError:
                table[word] = max(table.values()) + 1
                return table[word]

        out[name] = frame[name].apply(number)
    for name in NUMBERS:
        least, most = frame[name].min(), frame[name].max()
        out[name] = (frame[name] - least) / ((most - least) or 1)
    return out.astype("float64")


def kept() -> Iterator[dict]:
    plan = Plan(kinds=(Kind("trader", ("trader",), price=True, recent=True),))
    memory = Memory(plan)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    frame = pl.select(
        importer=pl.concat_str(pl.lit("T"), pl.int_range(ENTITIES).cast(pl.String)),
        net_mass=pl.lit(1_000_000),
        item_amount=pl.int_range(ENTITIES) + 1_000,
        occurred=pl.lit(moment),
    )
    memory.learn(frame)
    memory.settle(memory.epoch_of(date(2026, 1, 2)))
    note = f"{memory.entities():,} entities with recent counts and prices"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memory"
        begun = time.perf_counter()
        save_memory(memory, path)
        saved = time.perf_counter() - begun
        begun = time.perf_counter()
        again = load_memory(path)
        loaded = time.perf_counter() - begun
        size = path.stat().st_size / 2**20
    assert again.entities() == memory.entities()
    yield {"name": "a memory saved", "value": saved, "unit": "s", "target": 10, "note": note}
    yield {"name": "and read back", "value": loaded, "unit": "s", "target": 10, "note": f"{size:,.0f} MiB"}
