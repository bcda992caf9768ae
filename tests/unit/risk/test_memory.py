"""The as-of memory: what it tells, when, and how it is kept."""

import math
from datetime import date, timedelta

import numpy as np
import pytest

from tests.unit.risk.trading import START, history, trade
from tidegate.risk.memory import DEFAULT_PLAN, BadMemoryError, Kind, Memory, Plan, load_memory, save_memory

PLAN = DEFAULT_PLAN


def feature(memory: Memory, frame, name: str) -> list[float]:
    return memory.features(frame)[name].to_list()


def test_a_declaration_is_known_from_the_next_epoch_on_and_not_in_its_own():
    memory = Memory(PLAN)
    memory.learn(trade({"day": 3}))
    counts = feature(memory, trade({"day": 3}, {"day": 4}, {"day": 2}), "trader.count")
    assert counts == [0.0, 1.0, 0.0]


def test_a_result_is_known_from_the_epoch_after_it_was_recorded():
    memory = Memory(PLAN)
    told = trade({"day": 3, "irregular": True, "known": 10})
    memory.learn(told)
    memory.learn_results(told)
    assert feature(memory, trade({"day": 10}, {"day": 11}), "trader.results") == [0.0, 1.0]
    before, after = feature(memory, trade({"day": 10}, {"day": 11}), "trader.rate")
    assert after > before


def test_a_result_known_before_its_declaration_counts_with_it():
    memory = Memory(PLAN)
    memory.learn_results(trade({"day": 8, "irregular": True, "known": 2}))
    assert feature(memory, trade({"day": 8}, {"day": 9}), "trader.results") == [0.0, 1.0]


def test_rates_of_few_results_lie_near_their_parents():
    memory = Memory(PLAN)
    many = [{"day": 0, "known": 1, "irregular": False, "importer": f"T{n}"} for n in range(100)]
    told = trade(*many, {"day": 0, "known": 1, "irregular": True, "importer": "X"})
    memory.learn_results(told)
    rate, everybody = (
        feature(memory, trade({"day": 5, "importer": "X"}), f"{n}.rate")[0] for n in ("trader", "all")
    )
    assert everybody == pytest.approx(1.5 / 106, rel=1e-6)
    assert rate == pytest.approx((1 + 2 * everybody) / 3, rel=1e-6)


def test_prices_are_compared_with_the_past_of_the_commodity():
    memory = Memory(PLAN)
    memory.learn(trade(*({"day": 0, "item_amount": 1_000_000 + 1_000 * n} for n in range(20))))
    cheap, usual = feature(
        memory, trade({"day": 2, "item_amount": 250_000}, {"day": 2}), "subheading.price_gap"
    )
    assert cheap == pytest.approx(-2, abs=0.05)
    assert usual == pytest.approx(0, abs=0.05)
    assert feature(memory, trade({"day": 2, "net_mass": 0}), "subheading.price_gap") == [0.0]


def test_recent_counts_fade_by_half_in_a_half_life():
    memory = Memory(PLAN)
    memory.learn(trade(*({"day": 0} for _ in range(8))))
    now, later = feature(memory, trade({"day": 1}, {"day": 1 + PLAN.half_life}), "trader.recent")
    assert 2**now - 1 == pytest.approx(2 * (2**later - 1), rel=0.01)


def test_first_and_last_are_told_in_epochs():
    memory = Memory(PLAN)
    memory.learn(trade({"day": 2}, {"day": 9}))
    asked = trade({"day": 10}, {"day": 10, "importer": "never seen"})
    assert feature(memory, asked, "trader.since") == [1.0, -1.0]
    assert feature(memory, asked, "trader.age") == [8.0, -1.0]


def test_settling_changes_no_answer():
    told = history(300)
    lazy, settled = Memory(PLAN), Memory(PLAN)
    for memory in (lazy, settled):
        memory.learn(told)
        memory.learn_results(told)
    epoch = settled.epoch_of((START + timedelta(days=60)).date())
    settled.settle(epoch)
    settled.settle(epoch)
    after = told.filter(told["occurred"] >= START + timedelta(days=60))
    assert np.array_equal(lazy.matrix(after), settled.matrix(after))
    assert settled.entities() > 100


def test_what_comes_late_is_known_from_now_on_and_answered_as_of_now():
    memory = Memory(PLAN)
    memory.settle(memory.epoch_of(date(2026, 2, 1)))
    memory.learn(trade({"day": 3}))
    assert feature(memory, trade({"day": 31}, {"day": 32}, {"day": 2}), "trader.count") == [0.0, 1.0, 0.0]


def test_a_kept_memory_answers_as_before_and_is_the_same_to_the_byte(tmp_path):
    told = history(300)
    memory = Memory(PLAN)
    memory.learn(told)
    memory.learn_results(told)
    memory.settle(memory.epoch_of(date(2026, 9, 1)))
    save_memory(memory, tmp_path / "one")
    save_memory(memory, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again = load_memory(tmp_path / "one")
    later = told.with_columns(told["occurred"] + timedelta(days=400))
    assert np.array_equal(again.matrix(later), memory.matrix(later))
    assert again.settled == memory.settled
    again.learn(later)  # it goes on learning


@pytest.mark.parametrize("octets", [b"", b"no memory", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_memory_is_refused(tmp_path, octets):
    (tmp_path / "m").write_bytes(octets)
    with pytest.raises(BadMemoryError, match="holds no memory"):
        load_memory(tmp_path / "m")


def test_an_empty_memory_is_not_saved(tmp_path):
    with pytest.raises(BadMemoryError, match="settle"):
        save_memory(Memory(PLAN), tmp_path / "m")


def test_what_is_not_stated_is_nobody():
    memory = Memory(PLAN)
    memory.learn(trade({"importer": None}, {"importer": ""}))
    assert feature(
        memory, trade({"day": 5, "importer": None}, {"day": 5, "importer": ""}), "trader.count"
    ) == [0, 0]


def test_an_entity_with_a_million_rows_is_counted_exactly():
    one = trade({"day": 0, "irregular": True, "known": 0})
    many = one.select(one.columns).clear().vstack(one)
    for _ in range(20):
        many = many.vstack(many)
    memory = Memory(Plan(kinds=(Kind("trader", ("trader",), price=True, recent=True),)))
    memory.learn(many)
    memory.learn_results(many)
    memory.settle(memory.epoch_of(date(2026, 1, 2)))
    asked = trade({"day": 90})
    assert feature(memory, asked, "trader.count")[0] == pytest.approx(math.log2(1 + 2**20))
    assert feature(memory, asked, "trader.recent")[0] == pytest.approx(19, abs=0.01)
    assert feature(memory, asked, "trader.price_gap") == [0.0]
    assert feature(memory, asked, "trader.rate")[0] == pytest.approx(1, abs=1e-5)


def test_frames_without_columns_dates_or_sense_are_answered():
    memory = Memory(PLAN)
    odd = trade(
        {"day": None},
        {"day": 3_000_000 - 200_000},
        {"net_mass": -5, "item_amount": -7},
        {"commodity": "??", "origin": "XX"},
        {"commodity": None, "item_amount": None, "net_mass": None},
    )
    memory.learn(odd)
    memory.learn_results(odd.with_columns(irregular=True))
    assert np.isfinite(memory.matrix(odd)).all()
    few = odd.select("declaration", "importer")
    memory.learn(few)
    assert np.isfinite(memory.matrix(few)).all()
    assert memory.matrix(odd.clear()).shape == (0, len(memory.names()))


def test_a_plan_names_each_kind_once_and_parents_first():
    with pytest.raises(ValueError, match="own name"):
        Plan(kinds=(Kind("a", ("office",)), Kind("a", ("office",))))
    with pytest.raises(ValueError, match="before"):
        Plan(kinds=(Kind("a", ("office",), "b"), Kind("b", ("office",))))
    assert "declarant" in [one.name for one in DEFAULT_PLAN.among(["declarant"]).kinds]
    assert "office" not in [one.name for one in DEFAULT_PLAN.among(["declarant"]).kinds]
