import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import apsw
import pytest

from tests.contract.making import alone
from tests.unit.journal.followers import Accepting
from tidegate.journal import (
    AnswerDiffersError,
    AnswerRefusedError,
    Key,
    KeyLastAt,
    TablesHeldError,
    answer,
    verify,
)


@pytest.fixture
def work(tmp_path):
    return tmp_path / "work"


@pytest.fixture
def filled(journal):
    journal.append([alone(f"mrn:{n}", kind="declaration.lodged") for n in range(20)])
    return journal


def answers(journal):
    return [(e.cause.because, json.loads(e.body)) for e in journal.read(kinds={"declaration.accepted"})]


def table(work):
    with closing(apsw.Connection(str(work / "accepting.sqlite"))) as connection:
        return list(connection.execute("SELECT number, key FROM accepted ORDER BY number"))


ALL = [(n, str(n + 1)) for n in range(20)]


class CrashError(Exception):
    """The process ends here."""


def crash_after_appending(journal, monkeypatch, times=1):
    """Let the append become durable, and the process end before anything else happens."""
    real, left = journal.append, [times]

    def append(groups):
        outcomes = real(groups)
        if left[0]:
            left[0] -= 1
            raise CrashError
        return outcomes

    monkeypatch.setattr(journal, "append", append)


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_each_entry_is_answered_once_however_the_stream_is_cut(filled, work, batch):
    assert answer(filled, Accepting(), work, batch=batch) == 20
    assert answers(filled) == ALL
    assert answer(filled, Accepting(), work, batch=batch) == 0
    assert answers(filled) == ALL
    assert table(work) == [(n + 1, f"mrn:{n}") for n in range(20)]


def test_its_own_answers_are_never_handed_back(filled, work):
    responder = Accepting()
    responder.kinds = frozenset({"declaration.lodged", "declaration.accepted"})
    assert answer(filled, responder, work) == 20
    assert answer(filled, responder, work) == 0
    assert responder.heard == list(range(20))


def test_a_crash_between_appending_and_its_own_commit_answers_once(filled, work, monkeypatch):
    crash_after_appending(filled, monkeypatch)
    with pytest.raises(CrashError):
        answer(filled, Accepting(), work, batch=8)
    assert (len(answers(filled)), table(work)) == (8, [])
    assert answer(filled, Accepting(), work, batch=8) == 20
    assert answers(filled) == ALL
    assert table(work) == [(n + 1, f"mrn:{n}") for n in range(20)]
    assert verify(filled).ok


def test_a_crash_is_survived_when_the_next_batch_is_cut_otherwise(filled, work, monkeypatch):
    crash_after_appending(filled, monkeypatch)
    with pytest.raises(CrashError):
        answer(filled, Accepting(), work, batch=8)
    assert answer(filled, Accepting(), work, batch=3) == 20
    assert answers(filled) == ALL


def test_a_repeated_answer_that_differs_is_an_error_and_not_a_second_truth(filled, work, monkeypatch):
    crash_after_appending(filled, monkeypatch)
    with pytest.raises(CrashError):
        answer(filled, Accepting(), work, batch=8)
    other = Accepting()
    other.prefix = "changed without a new version "
    with pytest.raises(AnswerDiffersError) as refusal:
        answer(filled, other, work)
    assert refusal.value.fields["position"] == 20
    assert table(work) == []


def test_answering_stops_where_it_is_told(filled, work):
    assert answer(filled, Accepting(), work, until=5) == 5
    assert answers(filled) == ALL[:5]


def test_a_new_responder_begins_at_the_first_entry_and_says_nothing_of_it(filled, work):
    answer(filled, Accepting(), work)
    assert filled.read(kinds={"responder.started"}) == []


def test_a_new_version_goes_on_where_the_old_one_stopped_and_says_from_where(filled, work):
    answer(filled, Accepting(), work, until=12)
    newer = Accepting(version=2)
    newer.prefix = "v2-"
    assert answer(filled, newer, work) == 8
    assert newer.absorbed == [*range(12), *range(20, 32)]
    assert newer.heard == list(range(12, 20))
    assert answers(filled) == [*ALL[:12], *((n, f"v2-{n + 1}") for n in range(12, 20))]
    (started,) = filled.read(kinds={"responder.started"})
    assert json.loads(started.body) == {"name": "accepting", "version": 2, "from": 12}
    assert answer(filled, Accepting(version=2), work) == 0
    assert len(filled.read(kinds={"responder.started"})) == 1


def test_a_new_version_does_not_repeat_answers_that_the_old_one_died_on(filled, work, monkeypatch):
    crash_after_appending(filled, monkeypatch)
    with pytest.raises(CrashError):
        answer(filled, Accepting(), work, batch=8)
    newer = Accepting(version=2)
    newer.prefix = "v2-"
    # The first version never stored a position beyond 0, yet its eight answers count.
    assert answer(filled, newer, work) == 12
    assert answers(filled) == [*ALL[:8], *((n, f"v2-{n + 1}") for n in range(8, 20))]


def test_a_new_version_that_dies_while_it_starts_says_so_once(filled, work, monkeypatch):
    answer(filled, Accepting(), work)
    crash_after_appending(filled, monkeypatch)
    with pytest.raises(CrashError):
        answer(filled, Accepting(version=2), work)
    assert answer(filled, Accepting(version=2), work) == 0
    assert len(filled.read(kinds={"responder.started"})) == 1


def test_an_answer_overtaken_by_another_act_is_computed_again_with_that_act_in_view(filled, work):
    """While the batch is judged somebody else adds to mrn:3; its answer is refused at first."""
    responder = Accepting()
    seen = {}
    respond = responder.respond

    def overtaken(entries, tables):
        if not seen:
            filled.append([alone("mrn:3", kind="goods.arrived")])
        for entry in entries:
            seen[entry.keys[0]] = entry.position
        return respond([entry for entry in entries if entry.kind == "declaration.lodged"], tables)

    responder.kinds = frozenset({"declaration.lodged", "goods.arrived"})
    responder.respond = overtaken
    responder.conditions = lambda entry: (KeyLastAt(Key(entry.keys[0]), seen[entry.keys[0]]),)
    answer(filled, responder, work)
    assert answers(filled) == [*ALL[:3], *ALL[4:], ALL[3]]
    assert answer(filled, responder, work) == 0
    assert len(table(work)) == 20


def test_an_answer_whose_condition_never_holds_is_an_error_that_keeps_the_position(filled, work):
    responder = Accepting()
    responder.conditions = lambda _entry: (KeyLastAt(Key("mrn:0"), 77),)
    with pytest.raises(AnswerRefusedError):
        answer(filled, responder, work)
    assert (answers(filled), table(work)) == ([], [])


def test_two_followers_at_once_answer_once(filled, work):
    def run(_):
        return answer(filled, Accepting(), work, batch=3)

    with ThreadPoolExecutor(3) as threads:
        assert sum(threads.map(run, range(3))) == 20
    assert answers(filled) == ALL


def test_a_follower_that_waits_too_long_is_told_who_holds_the_tables(filled, work):
    holding, leave = threading.Event(), threading.Event()
    first = Accepting()
    respond = first.respond

    def slow(entries, tables):
        holding.set()
        leave.wait(10)
        return respond(entries, tables)

    first.respond = slow
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(answer, filled, first, work)
        assert holding.wait(10)
        with pytest.raises(TablesHeldError, match=r"process [0-9]+") as refusal:
            answer(filled, Accepting(), work, patience=0.1)
        assert refusal.value.fields["waited"] == 0.1
        leave.set()
        assert running.result() == 20
    assert answers(filled) == ALL
