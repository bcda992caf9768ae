"""What limits are kept in: shared by processes, kept over restarts, and exact when several come at once."""

import json
import subprocess
import sys
import textwrap

import pytest

from tidegate_web.access.counters import Counters, Pace
from tidegate_web.access.shared_cache import SharedCache

_WORKER = textwrap.dedent("""
    import json, sys
    from django.conf import settings
    settings.configure()
    from tidegate_web.access.shared_cache import SharedCache
    cache = SharedCache(sys.argv[1], {})
    taken = [name for name in range(200) if cache.add(f"lock:{name}", sys.argv[2])]
    print(json.dumps(taken))
""")


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "limits.db")


def test_two_workers_share_it_and_of_each_lock_one_of_them_has_it(path):
    workers = [
        subprocess.Popen([sys.executable, "-c", _WORKER, path, name], stdout=subprocess.PIPE) for name in "ab"
    ]
    first, second = (set(json.loads(one.communicate(timeout=60)[0])) for one in workers)
    assert not first & second
    assert first | second == set(range(200))
    kept = SharedCache(path, {})
    assert {kept.get(f"lock:{name}") for name in first} <= {"a"}


def test_what_was_kept_is_there_after_a_restart_and_no_longer_than_it_should_be(path):
    SharedCache(path, {}).set("history", [3.5, 2.5], 600)
    again = SharedCache(path, {})
    assert again.get("history") == [3.5, 2.5]
    again.set("history", [3.5], -1)
    assert again.get("history") is None
    assert again.add("history", [1.0], 60)


def test_a_value_is_dropped_and_all_are_cleared(path):
    cache = SharedCache(path, {})
    cache.set("a", 1, None)
    cache.set("b", "c")
    assert cache.delete("a")
    assert not cache.delete("a")
    assert cache.get("a", "gone") == "gone"
    cache.clear()
    assert cache.get("b") is None


def test_paces_are_forgotten_and_asked_for_by_how_their_names_begin(tmp_path):
    counters, pace, now = Counters(tmp_path / "limits.db"), Pace(1, 1), 1_000.0
    for name in ("person:a", "person:a:here", "person:b"):
        counters.spend(name, pace, now)
    counters.spend("person:a:here", Pace(1, 3), now)
    assert counters.longest_wait("person:a", pace, now) == 120
    assert counters.longest_wait("person:z", pace, now) == 0
    counters.forget("person:a")
    assert counters.wait("person:a", pace, now) == counters.longest_wait("person:a", pace, now) == 0
    assert counters.wait("person:b", pace, now) == 60
