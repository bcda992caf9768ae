"""What is kept is made once, by one of those who ask; the others get what was there before."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from tidegate_web.desks.analyst import keeping

SECONDS = 5


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""
    at = [datetime(2026, 3, 1, tzinfo=UTC)]
    monkeypatch.setattr(keeping, "now", lambda: at[0])
    return at


def test_a_value_is_made_once_until_its_time_is_over(clock):
    made = []
    kept = keeping.Kept(lambda asked: made.append(asked) or len(made), 300)
    assert [kept.get(1), kept.get(1), kept.get(2)] == [1, 1, 2]
    clock[0] += timedelta(seconds=301)
    assert kept.get(1) == 3
    kept.forget()
    assert kept.get(1) == 4


def test_while_one_renews_it_the_others_get_what_was_there_before(clock):
    going_on, begun = Event(), Event()
    made = []

    def make(asked):
        made.append(asked)
        if len(made) > 1:
            begun.set()
            assert going_on.wait(SECONDS)
        return len(made)

    kept = keeping.Kept(make, 300)
    assert kept.get(1) == 1
    clock[0] += timedelta(seconds=301)
    renewing = Thread(target=kept.get, args=(1,))
    renewing.start()
    assert begun.wait(SECONDS)
    assert kept.get(1) == 1
    going_on.set()
    renewing.join(SECONDS)
    assert (kept.get(1), len(made)) == (2, 2)


@pytest.mark.usefixtures("clock")
def test_what_could_not_be_made_is_tried_again():
    answers = iter([KeyError("not yet"), "made"])

    def make(_asked):
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    kept = keeping.Kept(make, 300)
    with pytest.raises(KeyError):
        kept.get(1)
    assert kept.get(1) == "made"
