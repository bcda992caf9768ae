"""The future never changes what was known: shuffled, deleted or cut, features of the past are equal."""

from datetime import timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.risk.trading import START, history
from tidegate.risk.memory import Memory
from tidegate.risk.memory.plan import DEFAULT_PLAN

HISTORY = history(160, days=40)
seeds = st.integers(0, 10_000)


def learned(told: pl.DataFrame) -> Memory:
    memory = Memory(DEFAULT_PLAN)
    memory.learn(told)
    memory.learn_results(told)
    return memory


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 40), seeds)
def test_the_future_never_changes_a_feature_of_the_past(day, seed):
    now = START + timedelta(days=day)
    past = HISTORY.filter(pl.col("occurred") <= now)
    expected = learned(HISTORY).matrix(past)
    # Results that come later say the opposite, later declarations are mixed up or gone.
    draws = np.random.default_rng(seed)
    later = HISTORY.filter(pl.col("occurred") >= now).sample(
        fraction=float(draws.random()), seed=seed, shuffle=True
    )
    others = later["importer"].shuffle(seed)
    before = HISTORY.filter(pl.col("occurred") < now)
    changed = pl.concat([before, later.with_columns(importer=others, irregular=~pl.col("irregular"))])
    changed = changed.with_columns(
        irregular=pl.when(pl.col("known") >= now).then(~pl.col("irregular")).otherwise("irregular")
    )
    assert np.array_equal(learned(changed).matrix(past), expected)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), seeds)
def test_batches_and_their_order_do_not_matter(sizes, seed):
    expected = learned(HISTORY).matrix(HISTORY)
    mixed = HISTORY.sample(fraction=1.0, shuffle=True, seed=seed)
    memory, start = Memory(DEFAULT_PLAN), 0
    while start < mixed.height:
        size = sizes[start % len(sizes)]
        memory.learn(mixed.slice(start, size))
        memory.learn_results(mixed.slice(start, size))
        start += size
    assert np.array_equal(memory.matrix(HISTORY), expected)
    rows = np.random.default_rng(seed).permutation(HISTORY.height)[:20]
    assert np.array_equal(memory.matrix(HISTORY[rows]), expected[rows])


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 7))
def test_walking_epoch_by_epoch_is_the_same_as_working_it_out_at_once(step):
    expected = learned(HISTORY).matrix(HISTORY)
    memory, found = Memory(DEFAULT_PLAN), []
    results = HISTORY.with_columns(known_epoch=pl.col("known").dt.truncate("1d"))
    for day in range(61):
        today = START + timedelta(days=day)
        if day % step == 0:
            memory.settle(memory.epoch_of(today.date()))
        rows = HISTORY.filter(pl.col("occurred") == today)
        found.append(memory.matrix(rows))
        memory.learn(rows)
        memory.learn_results(results.filter(pl.col("known_epoch") == today))
    assert np.array_equal(np.vstack(found), expected)
