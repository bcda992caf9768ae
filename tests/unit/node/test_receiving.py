"""The way in of a serving node: together, once, bounded, and durable when told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.faults.lodging import message as declaration
from tidegate.declarations.messages import read_message
from tidegate.journal import Key
from tidegate.node import BadConfigurationError, BusyError, Intake, create_node, open_node, read_configuration

MOMENT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    create_node(tmp_path / "node", "demo", lambda: MOMENT)
    return tmp_path / "node"


def opened(folder, **environment):
    return open_node(folder, lambda: MOMENT, configuration=read_configuration(folder, environment))


def taken(intake, number, **options):
    data = declaration("A", number)
    return intake.take(read_message(data), data, MOMENT, sender="XA1", **options)


def test_what_many_threads_take_in_has_a_number_each_and_is_in_the_journal(folder):
    with opened(folder) as node, Intake(node) as intake, ThreadPoolExecutor(8) as threads:
        received = list(threads.map(lambda number: taken(intake, number), range(40)))
        assert len({one.mrn for one in received}) == 40
        assert all(node.journal.last(Key(f"mrn:{one.mrn}")) == one.positions[0] for one in received)


def test_the_same_octets_at_once_are_lodged_once(folder):
    with opened(folder) as node, Intake(node) as intake, ThreadPoolExecutor(8) as threads:
        received = list(threads.map(lambda _: taken(intake, 1), range(8)))
        assert len({one.mrn for one in received}) == 1
        assert [one.repeated for one in received].count(False) == 1
        assert node.journal.size == 1


def test_a_name_given_twice_by_one_sender_is_refused_for_other_octets(folder):
    with opened(folder) as node, Intake(node) as intake:
        first = taken(intake, 1, once="n")
        second = taken(intake, 2, once="n")
        assert second.mrn is None
        assert second.findings[0].values["mrn"] == first.mrn


def test_who_finds_the_queue_full_is_told_to_come_again(folder, monkeypatch):
    going, waiting = threading.Event(), threading.Event()
    with opened(folder, TIDEGATE_MAX_WAITING="1") as node, Intake(node) as intake:
        lodge = intake._lodge_together

        def held(part):
            waiting.set()
            going.wait(10)
            lodge(part)

        monkeypatch.setattr(intake, "_lodge_together", held)
        with ThreadPoolExecutor(3) as threads:
            first = threads.submit(taken, intake, 1)
            assert waiting.wait(10)
            second = threads.submit(taken, intake, 2)
            while not intake.waiting:
                waiting.wait(0.01)
            with pytest.raises(BusyError) as busy:
                taken(intake, 3)
            going.set()
            assert first.result().mrn
            assert second.result().mrn
        assert busy.value.retry_after > 0
        assert node.journal.size == 2


def test_customs_too_far_behind_takes_nothing_more_in(folder):
    ticks = iter(range(1000))
    with (
        opened(folder, TIDEGATE_MAX_LAG="2") as node,
        Intake(node, ticks=lambda: float(next(ticks))) as intake,
    ):
        for number in range(3):
            taken(intake, number)
        with pytest.raises(BusyError):
            taken(intake, 3)
        node.catch_up()
        assert taken(intake, 3).mrn


def test_an_intake_that_ended_takes_nothing_in(folder):
    with opened(folder) as node:
        intake = Intake(node)
        intake.close()
        with pytest.raises(BusyError):
            taken(intake, 1)


def test_the_environment_goes_before_the_file(folder):
    said = {
        "TIDEGATE_MAX_LAG": "7",
        "TIDEGATE_HOSTS": "customs.example, 10.0.0.1",
        "TIDEGATE_BEHIND_PROXY": "true",
    }
    read = read_configuration(folder, said)
    assert (read.max_lag, read.hosts, read.behind_proxy) == (7, ("customs.example", "10.0.0.1"), True)
    with pytest.raises(BadConfigurationError, match="TIDEGATE_MAX_LAG"):
        read_configuration(folder, {"TIDEGATE_MAX_LAG": "many"})
