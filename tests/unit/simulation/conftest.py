from datetime import date

import pytest

from tidegate.simulation import Parameters, World, day, simulate_span

ON = date(2026, 1, 5)


@pytest.fixture(scope="session")
def world():
    return World.make(7)


@pytest.fixture(scope="session")
def monday():
    """A day at XA, many of whose messages are flawed."""
    return day(World.make(7, Parameters(flawed=0.3)), ON, 400)


@pytest.fixture(scope="session")
def year(world):
    """A year of 200 declarations a day at both administrations."""
    return simulate_span(world, date(2026, 1, 1), 365, 200)
