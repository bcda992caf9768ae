import pytest

from tests.contract.making import Clock
from tidegate.journal import create_journal


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "node"


@pytest.fixture
def journal(folder, clock):
    made = create_journal(folder, clock=clock, patience=0.2)
    yield made
    made.close()
