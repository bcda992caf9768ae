import pytest

from tests.unit.entry.making import EntryPost


@pytest.fixture
def post(tmp_path):
    made = EntryPost(tmp_path)
    yield made
    made.journal.close()
