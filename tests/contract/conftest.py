"""The suite of the engine contract runs once for each engine."""

import pytest

from tests.contract.making import ENGINES, Clock


@pytest.fixture(params=sorted(ENGINES))
def engine_name(request):
    return request.param


@pytest.fixture
def engine(engine_name):
    return ENGINES[engine_name]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "node"


@pytest.fixture
def journal(engine, folder, clock):
    made = engine.create(folder, clock)
    yield made
    made.close()
