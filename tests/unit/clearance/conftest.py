"""A customs post with nothing lodged yet."""

import pytest

from tests.unit.clearance.making import Post


@pytest.fixture
def post(tmp_path):
    made = Post(tmp_path)
    yield made
    made.journal.close()
