"""Strata and what can be estimated from them."""

import numpy as np
import polars as pl
import pytest

from tidegate.risk.estimates import bounds, coverage, performance, performance_by, share_of
from tidegate.risk.strata import STRATA, ControlPolicy, choose

KEY = b"key of the node"
NAMES = [f"26XA{n:014}" for n in range(20_000)]
SCORES = np.linspace(0, 1, len(NAMES))
STRANGE = np.random.default_rng(1).random(len(NAMES))


def counted(chosen):
    return {name: int((chosen.stratum == place).sum()) for place, name in enumerate(STRATA)}


def test_controls_are_as_many_as_there_is_capacity_for():
    told = counted(choose(NAMES, SCORES, STRANGE, ControlPolicy(share=0.05, random=0.2, exploring=0.3), KEY))
    assert sum(told.values()) - told["none"] == 1_000
    assert told["random"] == pytest.approx(200, abs=50)
    assert told["exploring"] == pytest.approx(300, abs=60)


def test_the_targeted_are_the_highest_scores_that_are_left():
    chosen = choose(NAMES, SCORES, STRANGE, ControlPolicy(share=0.01, random=0.1, exploring=0.1), KEY)
    least = SCORES[chosen.stratum == 3].min()
    assert (chosen.stratum[least < SCORES] > 0).all()


def test_the_random_stratum_does_not_depend_on_scores_or_on_the_batch():
    policy = ControlPolicy(share=0.05, random=1.0, exploring=0.0)
    whole = choose(NAMES, SCORES, STRANGE, policy, KEY).stratum == 1
    halves = [
        choose(NAMES[a:b], -SCORES[a:b], STRANGE[a:b], policy, KEY).stratum == 1
        for a, b in ((0, 7_777), (7_777, 20_000))
    ]
    assert np.array_equal(whole, np.concatenate(halves))
    assert abs(SCORES[whole].mean() - 0.5) < 0.03
    assert not np.array_equal(whole, choose(NAMES, SCORES, STRANGE, policy, b"another").stratum == 1)


def test_the_probabilities_told_are_those_drawn_by():
    policy = ControlPolicy(share=0.05, random=0.0, exploring=1.0)
    drawn = np.zeros(500)
    for key in range(200):
        chosen = choose(NAMES[:500], SCORES[:500], STRANGE[:500], policy, b"%d" % key)
        drawn += chosen.stratum == 2
    assert np.corrcoef(drawn / 200, chosen.exploring)[0, 1] > 0.7
    assert chosen.exploring.sum() == pytest.approx(25)
    assert chosen.exploring.max() <= 1


def test_an_empty_span_has_no_controls():
    nothing = np.empty(0)
    assert len(choose([], nothing, nothing, ControlPolicy(), KEY).stratum) == 0


@pytest.mark.parametrize(
    "parts", [{"share": 0}, {"share": 1.5}, {"random": 0.7, "exploring": 0.7}, {"random": -0.1}]
)
def test_parts_are_parts(parts):
    with pytest.raises(ValueError, match=r"share|parts"):
        ControlPolicy(**parts)


@pytest.mark.parametrize(("irregular", "probability"), [(1_500, 0.05), (2_500, 0.02), (600, 0.1)])
def test_intervals_cover_the_truth_as_often_as_they_say(irregular, probability):
    told = [
        coverage(irregular, 50_000, probability=probability, redraws=2_000, seed=seed) for seed in range(5)
    ]
    assert all(0.94 <= one <= 0.96 for one in told)
    low = coverage(irregular, 50_000, probability=probability, redraws=2_000, seed=1, level=0.8)
    assert 0.78 < low < 0.82


def test_redraws_by_hand_are_covered_alike():
    found = np.zeros(20_000, np.bool_)
    found[:800] = True
    draws, inside = np.random.default_rng(3), 0
    for _ in range(1_000):
        taken = draws.random(len(found)) < 0.05
        low, high = bounds(np.array([found[taken].sum()]), np.array([taken.sum()]), len(found))
        inside += bool(low[0] <= found.mean() <= high[0])
    assert 0.93 < inside / 1_000 < 0.97


def test_nothing_drawn_says_nothing():
    told = share_of(0, 0, 100)
    assert (told.value, told.low, told.high) == (None, None, None)


def test_all_drawn_leaves_no_doubt():
    told = share_of(7, 100, 100)
    assert told.low == told.high == pytest.approx(0.07)


def controls(**changed) -> pl.DataFrame:
    """Return 1,000 consignments, 100 of them irregular: 50 targeted of which 40 are, and 100 at random."""
    stratum = np.array(["none"] * 1_000, dtype=object)
    found = np.zeros(1_000, np.bool_)
    found[:100] = True
    stratum[:40] = stratum[990:] = "targeted"
    stratum[40:49] = stratum[100:191] = "random"  # 9 of 100
    told = {"stratum": stratum.tolist(), "found": found, "random_probability": 0.1, **changed}
    return pl.DataFrame(told)


def test_hit_rate_and_leakage_are_told_from_the_random_stratum_alone():
    told = performance(controls())
    assert told.hit_rate.value == pytest.approx(0.09)
    assert told.hit_rate.low < 0.1 < told.hit_rate.high
    assert told.leakage.value == pytest.approx(1 - 49 / 90)
    assert told.leakage.low < 0.51 < told.leakage.high
    assert told.targeted == pytest.approx(0.8)


def test_what_was_not_controlled_is_not_read():
    known = controls()
    blind = known.with_columns(pl.when(pl.col("stratum") != "none").then("found").alias("found"))
    assert performance(blind) == performance(known)


def test_strata_of_different_probability_count_by_what_they_stand_for():
    """A span in which half was drawn at one in two and half at one in a hundred."""
    often = pl.DataFrame(
        {
            "stratum": (["random"] * 5 + ["none"] * 5) * 100,
            "found": [False] * 1_000,
            "random_probability": 0.5,
        }
    )
    rarely = pl.DataFrame(
        {
            "stratum": (["random"] + ["none"] * 99) * 10,
            "found": [True] * 500 + [False] * 500,
            "random_probability": 0.01,
        }
    )
    told = performance(pl.concat([often, rarely])).hit_rate
    assert told.value == pytest.approx(0.25)  # not 5 of 510
    assert 0.05 < told.low < 0.15
    assert 0.35 < told.high < 0.45


def test_groups_have_estimates_of_their_own():
    both = pl.concat(
        [controls().with_columns(office=pl.lit("A")), controls().with_columns(office=pl.lit("B"))]
    )
    told = performance_by(both, "office")
    assert list(told) == ["A", "B"]
    assert told["A"] == told["B"] == performance(controls())
