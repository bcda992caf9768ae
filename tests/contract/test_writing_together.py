import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.making import alone, draft
from tidegate.journal import Append, Appended, BadDraftError, Conflict, Key, KeyIsNew


def test_of_two_processes_that_lodge_the_same_reference_one_wins_and_the_other_learns_where(
    journal, folder, engine_name
):
    count = 150
    command = [sys.executable, "-m", "tests.contract.lodging", engine_name, str(folder)]
    processes = [
        subprocess.Popen(
            [*command, name, str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("one", "two")
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    one, two = said
    assert one["won"].keys() | two["won"].keys() == {f"lrn:XA1:{n}" for n in range(count)}
    assert one["won"] == two["lost"]
    assert two["won"] == one["lost"]
    assert journal.size == count
    for entry in journal.read():
        winner = next(process for process in said if process["name"] == json.loads(entry.body))
        assert winner["won"][entry.keys[0]] == entry.position


def test_threads_share_a_commit_and_each_gets_its_own_outcome(journal):
    def lodge(thread):
        outcomes = []
        for n in range(20):
            shared = alone(f"lrn:{n}", body=b"%d" % thread, conditions=(KeyIsNew(Key(f"lrn:{n}")),))
            outcomes += journal.append([shared, alone(f"mrn:{thread}-{n}", body=b"%d" % thread)])
        return outcomes

    with ThreadPoolExecutor(8) as threads:
        all_outcomes = list(threads.map(lodge, range(8)))
    entries = journal.read(limit=1000)
    assert journal.size == len(entries) == 20 + 8 * 20
    for thread, outcomes in enumerate(all_outcomes):
        for number, (shared, single) in enumerate(zip(outcomes[::2], outcomes[1::2], strict=True)):
            assert entries[single.positions[0]].keys == (f"mrn:{thread}-{number}",)
            position = shared.positions[0] if isinstance(shared, Appended) else shared.position
            assert entries[position].keys == (f"lrn:{number}",)
            assert (entries[position].body == b"%d" % thread) is isinstance(shared, Appended)


def test_calls_that_wait_together_are_committed_together(journal, clock):
    """The first commit is held up inside its clock; those that queue meanwhile get the same recorded time."""
    entered, leave, calls = threading.Event(), threading.Event(), []
    told = clock.now

    def slow_clock():
        calls.append(1)
        if len(calls) == 1:
            entered.set()
            leave.wait(10)
        clock.go(1)
        return clock.now

    journal._writer.clock = slow_clock
    with ThreadPoolExecutor(7) as threads:
        first = threads.submit(journal.append, [alone("mrn:first")])
        assert entered.wait(10)
        others = [threads.submit(journal.append, [alone(f"mrn:{n}")]) for n in range(6)]
        while len(journal._writer.waiting) < 6:
            assert not leave.wait(0.001)
        leave.set()
        assert first.result() == [Appended((0,))]
        assert sorted(other.result()[0].positions for other in others) == [(n,) for n in range(1, 7)]
    assert len(calls) == 2
    assert [(entry.recorded - told).total_seconds() for entry in journal.read()] == [1, 2, 2, 2, 2, 2, 2]


def test_a_call_that_fails_does_not_fail_the_calls_committed_with_it(journal):
    wrong = Append((draft("mrn:A", body="no bytes"),))

    def lodge(thread):
        if thread % 2:
            with pytest.raises(TypeError):
                journal.append([wrong])
            with pytest.raises(BadDraftError):
                journal.append([alone("")])
            return None
        return journal.append([alone(f"mrn:{thread}")])[0]

    with ThreadPoolExecutor(8) as threads:
        outcomes = [outcome for outcome in threads.map(lodge, range(40)) if outcome is not None]
    assert all(isinstance(outcome, Appended) for outcome in outcomes)
    assert journal.size == len(outcomes) == 20
    assert not any(isinstance(outcome, Conflict) for outcome in outcomes)
