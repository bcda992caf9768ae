"""A living world: what has passed is played, then time runs as it does, until it is told to stop."""

from datetime import UTC, datetime, timedelta

import pytest

from tidegate.node import create_node, open_node
from tidegate.node.living import Living
from tidegate.simulation import World

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


class Clock:
    """A clock that goes on by a little whenever it is looked at, and by what is rested."""

    def __init__(self, until):
        self.moment, self.until = NOON, until

    def __call__(self):
        self.moment += timedelta(milliseconds=5)
        return self.moment

    def rest(self, seconds):
        self.moment += timedelta(seconds=seconds * 5_400)
        return self.moment >= self.until


@pytest.fixture
def node(tmp_path):
    create_node(tmp_path / "node", "demo", lambda: NOON)
    with open_node(tmp_path / "node", lambda: NOON) as made:
        yield made


def lived(node, monkeypatch, clock, *, days=1, before=20, a_day=200):
    monkeypatch.setattr("tidegate.node.living.unheard", lambda one: one.catch_up() and 0)
    living = Living(node, World.make(1), clock, clock.rest, days=days, a_day_before=before, a_day=a_day)
    living.run()
    lodged = node.journal.read(0, 100_000, kinds=["declaration.lodged"])
    return [entry.occurred for entry in lodged]


def test_what_has_passed_is_played_and_then_time_runs(node, monkeypatch):
    clock = Clock(NOON + timedelta(hours=6))
    moments = lived(node, monkeypatch, clock)
    before = [one for one in moments if one < NOON]
    after = [one for one in moments if one >= NOON]
    assert min(before) < NOON - timedelta(hours=18)
    assert len(before) < 40
    assert len(after) > 20
    assert max(after) <= clock.moment


def test_the_next_day_begins_by_itself(node, monkeypatch):
    moments = lived(node, monkeypatch, Clock(NOON + timedelta(days=1, hours=2)), days=0, a_day=60)
    assert {one.date().day for one in moments} == {3, 4}
    assert moments == sorted(moments)


def test_it_stops_when_it_is_told_to(node, monkeypatch):
    clock = Clock(NOON)
    assert lived(node, monkeypatch, clock, days=30) == []
