"""Companies begin, grow and are followed by others, each under a number of its own."""

from datetime import date

import numpy as np

from tidegate.simulation import World
from tidegate.simulation.campaigns import active_on
from tidegate.simulation.traders import BROKER, CARRIER, SHELL, companies_on, company_at, number_of

DAY = date(2026, 1, 5).toordinal()
SLOTS = np.arange(500, dtype=np.int64)


def test_a_company_stays_for_months_and_is_followed_by_another_within_twelve_years():
    now, index = company_at(7, 500, "XA", SLOTS, DAY)
    soon, _ = company_at(7, 500, "XA", SLOTS, DAY + 30)
    late, later = company_at(7, 500, "XA", SLOTS, DAY + 12 * 365)
    assert (now.keys == soon.keys).mean() > 0.95
    assert not (now.keys == late.keys).any()
    assert not set(index.tolist()) & set(later.tolist())


def test_a_new_company_trades_less_than_the_one_it_follows():
    world = World.make(7)
    before, after = (companies_on(world, "XA", DAY + more, 1) for more in (0, 10))
    replaced = np.flatnonzero(before.draws.keys != after.draws.keys)
    assert len(replaced) > 5
    weights = [np.diff(one.running, prepend=0) for one in (before, after)]
    assert weights[1][replaced].sum() < weights[0][replaced].sum() * 0.7


def test_numbers_are_of_nine_digits_and_nobodys_twice():
    index = np.concatenate([SLOTS * 4096 + 17, BROKER + SLOTS, CARRIER + SLOTS, SHELL + SLOTS])
    numbers = number_of(7, "XA", index)
    assert len(set(numbers.tolist())) == len(index)
    assert numbers.min() >= 0
    assert numbers.max() < 10**9
    assert not np.array_equal(numbers, number_of(8, "XA", index))


def test_schemers_are_companies_of_the_long_tail():
    world = World.make(7)
    slots = [one.company // 4096 for one in active_on(world, "XA", DAY).campaigns]
    assert min(slots) >= world.parameters.traders // 20
