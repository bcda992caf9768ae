"""Chance is a function of names, even, and the same on every machine."""

import numpy as np

from tidegate.simulation.draws import OCTAVE, SIGMA, Draws, cumulated, raised


def many(name="many", count=20_000):
    return Draws.of(1, name).take(np.zeros(count, np.int64)).derive("one", np.arange(count))


def test_a_draw_is_what_it_was_when_this_was_written():
    assert Draws.of(7, "a", "b").derive("c", 3).bits("d").tolist() == [12785111646201722763]


def test_a_draw_does_not_depend_on_what_was_drawn_before_or_beside_it():
    draws = many(count=50)
    draws.share("something else")
    alone = draws.take(np.array([17]))
    assert alone.bits("x")[0] == draws.bits("x")[17]
    assert alone.derive("y", 4).bits("x")[0] == draws.derive("y", np.arange(50) * 0 + 4).bits("x")[17]


def test_shares_are_even():
    shares = many().share("even")
    assert shares.min() >= 0
    assert shares.max() < 1
    assert abs(shares.mean() - 0.5) < 0.01
    assert abs((shares < 0.1).mean() - 0.1) < 0.01


def test_draws_of_other_names_are_independent():
    draws = many()
    assert abs(np.corrcoef(draws.share("one"), draws.share("other"))[0, 1]) < 0.03
    assert abs(np.corrcoef(draws.share("one"), draws.derive("own", 1).share("one"))[0, 1]) < 0.03


def test_whole_numbers_cover_their_range_and_stay_below_it():
    assert np.bincount(many().whole("dice", 6)).min() > 3_000
    assert many().whole("dice", 6).max() == 5


def test_picks_follow_their_weights():
    picked = many().pick("weights", cumulated(np.array([1, 0, 3], np.int64)))
    assert (picked == 1).sum() == 0
    assert abs((picked == 2).mean() - 0.75) < 0.02


def test_weights_too_large_to_draw_by_are_scaled():
    running = cumulated(np.array([2**40, 2**40], np.int64))
    assert running[-1] < 2**31
    assert abs((many().pick("large", running) == 0).mean() - 0.5) < 0.02


def test_normal_deviates_have_mean_nought_and_deviation_one():
    normal = many().normal("bell") / SIGMA
    assert abs(normal.mean()) < 0.03
    assert abs(normal.std() - 1) < 0.03


def test_powers_of_two_are_exact_at_whole_octaves_and_between():
    steps = np.array([0, OCTAVE, -OCTAVE, 10 * OCTAVE, OCTAVE // 2])
    assert np.allclose(raised(steps), [1, 2, 0.5, 1024, 2**0.5], rtol=1e-12)
