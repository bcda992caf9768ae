"""Counters that processes share: exact at any moment, kept across processes, and tidied."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate_web.access import limits
from tidegate_web.access.counters import Counters, Pace

PACE = Pace(per_minute=60, at_once=5)


@pytest.fixture
def counters(tmp_path):
    return Counters(tmp_path / "limits.db")


def test_so_many_at_once_and_then_one_by_one(counters):
    spent = [counters.spend("a", PACE, 1000.0) for _ in range(6)]
    assert [one.allowed for one in spent] == [True] * 5 + [False]
    assert [one.left for one in spent] == [4, 3, 2, 1, 0, 0]
    assert spent[5].wait == 1
    assert [counters.spend("a", PACE, 1001.0).allowed for _ in range(2)] == [True, False]
    assert counters.spend("b", PACE, 1001.0).left == 4


def test_waiting_is_asked_without_spending(counters):
    assert counters.wait("a", PACE, 1000.0) == 0
    for _ in range(5):
        counters.spend("a", PACE, 1000.0)
    assert [counters.wait("a", PACE, 1000.0 + later) for later in (0, 0.5, 1)] == [1, 1, 0]


def test_a_dear_request_spends_more(counters):
    assert counters.spend("a", PACE, 1000.0, cost=4).left == 1
    assert not counters.spend("a", PACE, 1000.0, cost=2).allowed
    assert counters.spend("a", PACE, 1000.0).allowed


def test_a_quota_is_a_days(counters):
    assert [counters.use("a", "2026-03-01", 2) for _ in range(3)] == [True, True, False]
    assert counters.use("a", "2026-03-02", 2)


def test_what_was_spent_is_known_to_other_threads_and_processes(counters, tmp_path):
    with ThreadPoolExecutor(4) as pool:
        allowed = list(pool.map(lambda _: counters.spend("a", PACE, 1000.0).allowed, range(40)))
    assert sum(allowed) == 5
    program = (
        "import sys; from pathlib import Path; from tidegate_web.access.counters import Counters, Pace; "
        "print(Counters(Path(sys.argv[1])).spend('a', Pace(60, 5), 1000.0).allowed)"
    )
    path = str(tmp_path / "limits.db")
    told = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_who_waited_for_the_file_is_not_refused_for_what_others_spent_meanwhile(counters, tmp_path):
    pace = Pace(per_minute=60_000, at_once=60)  # 60 ms ahead at most
    counters.spend("a", pace)
    with ThreadPoolExecutor(1) as pool, closing(apsw.Connection(str(tmp_path / "limits.db"))) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = pool.submit(counters.spend, "a", pace)
        time.sleep(0.2)
        other.execute("UPDATE paces SET due = ?; COMMIT", (time.time(),))
        assert waiting.result(10).allowed


def test_what_has_run_out_is_forgotten_and_the_rest_is_not(counters):
    counters.spend("old", PACE, 1000.0)
    counters.spend("new", PACE, 2000.0)
    counters.use("a", "2026-03-01", 9)
    for day in ("2024-01-01", "2026-03-01"):
        counters.note_refusal(day, "r", "c", "")
    counters.tidy(1500.0, "2026-03-02")
    with counters._connection() as connection:
        assert connection.execute("SELECT name FROM paces").fetchall() == [("new",)]
        assert connection.execute("SELECT count(*) FROM quotas").get == 0
    assert [row[0] for row in counters.refusals("2000-01-01")] == ["2026-03-01"]


@settings(deadline=None)  # each makes a file
@given(st.lists(st.floats(0, 3), max_size=60))
def test_no_minute_lets_through_more_than_a_minute_and_what_may_come_at_once(tmp_path_factory, pauses):
    counters = Counters(tmp_path_factory.mktemp("paces") / "limits.db")
    moment, let_through = 1000.0, []
    for pause in pauses:
        moment += pause
        if counters.spend("a", PACE, moment).allowed:
            let_through.append(moment)
    for first in let_through:
        within = [one for one in let_through if first <= one < first + 10]
        assert len(within) <= 10 + PACE.at_once


@pytest.fixture
def purse(counters, monkeypatch):
    monkeypatch.setattr(limits, "counters", lambda: counters)
    return limits.Purse()


def test_who_asks_often_draws_for_several_requests_at_once_and_gets_no_more_for_it(purse, counters):
    pace = Pace(per_minute=6_000, at_once=160)
    before = time.time()
    let_through = 0
    while (said := purse.spend("a", pace, 10**9, 1)[0]).allowed:
        let_through += 1
        assert let_through < 10_000
    assert said.wait == 1
    assert 160 <= let_through <= 160 + 100 * (time.time() - before) + 10
    with counters._connection() as connection:
        assert connection.execute("SELECT used FROM quotas").get == let_through


def test_who_asks_seldom_draws_one_by_one(purse, counters):
    assert [purse.spend("a", PACE, 10**9, 1)[0].left for _ in range(2)] == [4, 3]
    assert counters.spend("a", PACE).left == 2


@pytest.mark.parametrize("most", [5, 15])
def test_a_quota_that_is_smaller_than_what_is_drawn_is_used_to_its_end(purse, most):
    pace = Pace(per_minute=6_000, at_once=160)
    said = [purse.spend("a", pace, most, 1) for _ in range(most + 1)]
    assert [within for _, within in said] == [True] * most + [False]
    assert said[most][0].allowed  # by the pace


def test_those_who_come_at_once_to_a_file_that_is_not_there_yet_all_get_in(tmp_path):
    for n in range(12):
        begin = Barrier(8)

        def come(path=tmp_path / f"{n}.db", begin=begin):
            begin.wait()
            return Counters(path).spend("a", Pace(per_minute=60, at_once=8), 1000.0).allowed

        with ThreadPoolExecutor(8) as pool:
            assert all(one.result() for one in [pool.submit(come) for _ in range(8)])
