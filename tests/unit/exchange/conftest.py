from datetime import date

import pytest

from tests.unit.exchange.nodes import Net
from tidegate.simulation import World, day


@pytest.fixture
def net(tmp_path):
    made = Net(tmp_path)
    yield made
    made.close()


@pytest.fixture
def pair(net):
    return net.node("xa.example"), net.node("xb.example")


@pytest.fixture(scope="session")
def messages():
    """Declarations of a simulated day, whole and well-formed ones."""
    lodged = day(World.make(1), date(2026, 3, 2), 40, "XA")
    return [one.xml for one in lodged if one.truth.flaw is None]
