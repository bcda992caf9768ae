"""Notices as server-sent events: from a cursor or the last event on, each once, for those whom they tell."""

import contextlib
import json
import re
import threading
import time

import httpx
import pytest

from tests.serving import Served, made, registered_all
from tests.web.lodging import CONTENT, declaration
from tidegate.journal import Key
from tidegate.operators import suspend_operator
from tidegate_web import node as held
from tidegate_web.access import credentials
from tidegate_web.api import streaming

STREAM = "/api/v1/notices/stream"
EVENT = re.compile(r"id: (\d+)\nevent: notice\ndata: (.+)\n\n")
NUMBER = "GB111111111111"


@pytest.fixture
def heard(asking, node):
    """What an operator was told by the list, for comparison."""
    asking.cds("", declaration(asking.number))
    node.catch_up()
    return asking.get("/api/v1/notices").json()["notices"]


def events(answer):
    """Return the ids and the data of what was streamed."""
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("retry: ")
    return [(int(position), json.loads(data)) for position, data in EVENT.findall(text)]


def streamed(asking, query="seconds=0", **headers):
    answer = asking.get(f"{STREAM}?{query}", **headers)
    assert answer.status_code == 200, answer.content
    return events(answer)


def test_the_stream_tells_what_the_list_tells_each_with_the_cursor_behind_it(asking, heard):
    answer = asking.get(f"{STREAM}?seconds=0", **{"Accept-Encoding": "gzip"})
    assert answer["Content-Type"].startswith("text/event-stream")
    assert "Content-Encoding" not in answer.headers  # compressed, events would wait for one another
    found = events(answer)
    assert [data for _, data in found] == heard
    assert [after for after, _ in found] == [one["position"] + 1 for one in heard]


def test_who_was_cut_off_goes_on_after_the_last_event(asking, heard):
    assert len(heard) > 1
    last = str(heard[0]["position"] + 1)
    assert [data for _, data in streamed(asking, **{"Last-Event-ID": last})] == heard[1:]
    assert [data for _, data in streamed(asking, "seconds=0&cursor=0", **{"Last-Event-ID": last})] == heard[
        1:
    ]
    assert streamed(asking, f"seconds=0&cursor={heard[-1]['position'] + 1}") == []


def test_a_new_stream_is_not_told_less_because_others_looked_a_moment_ago(asking, heard, monkeypatch):
    monkeypatch.setattr(streaming._HEAD, "_looked", time.monotonic() + 60)
    monkeypatch.setattr(streaming._HEAD, "_position", 0)
    assert [data for _, data in streamed(asking)] == heard


def test_what_comes_while_it_is_open_is_told(asking, node):
    answer = asking.get(f"{STREAM}?seconds=20")
    parts = answer.streaming_content
    assert next(parts).startswith(b"retry")
    assert next(parts) == b""
    asking.cds("", declaration(asking.number))
    node.catch_up()
    end = time.monotonic() + 10
    said = b""
    while not said and time.monotonic() < end:
        said = next(parts)
    assert EVENT.match(said.decode())
    answer.close()
    assert list(parts) == []


def test_more_than_a_page_is_told_in_order(asking, node, monkeypatch):
    monkeypatch.setattr(streaming, "_PAGE", 2)
    for _ in range(3):
        asking.cds("", declaration(asking.number))
    node.catch_up()
    told = [data["position"] for _, data in streamed(asking)]
    assert told == [one["position"] for one in asking.get("/api/v1/notices").json()["notices"]]
    assert len(told) > 4


@pytest.mark.usefixtures("heard")
def test_nobody_hears_what_is_told_to_others(operator):
    assert streamed(operator()) == []


@pytest.mark.usefixtures("heard")
def test_a_stream_ends_before_it_tells_the_suspended_or_who_has_a_revoked_key(asking, operator, node):
    other = operator()
    other.cds("", declaration(other.number))
    node.catch_up()
    open_ones = [one.get(f"{STREAM}?seconds=20") for one in (asking, other)]
    suspend_operator(node.journal, held.now(), Key("officer:1"), number=asking.number, reason="unpaid")
    credentials.revoke(other.number, other.key.split("_")[1], held.now())
    assert [events(one) for one in open_ones] == [[], []]


def test_one_credential_has_a_few_streams_and_all_have_some(asking, operator, monkeypatch):
    open_ones = [asking.get(f"{STREAM}?seconds=20") for _ in range(streaming._MOST_OF_ONE)]
    answer = asking.get(STREAM)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_streams")
    assert int(answer["Retry-After"]) > 0
    monkeypatch.setattr(streaming, "_MOST", len(open_ones))
    assert operator().get(STREAM).status_code == 503
    open_ones.pop().close()
    assert asking.get(STREAM).status_code == 200


@pytest.mark.parametrize(
    ("query", "headers"),
    [("seconds=301", {}), ("cursor=-1", {}), ("", {"Last-Event-ID": "x"}), ("", {"Last-Event-ID": "-1"})],
)
def test_what_is_no_place_in_the_stream_is_refused(asking, query, headers):
    assert asking.get(f"{STREAM}?{query}", **headers).status_code == 422


def test_a_sign_of_life_is_given_where_nothing_is_new(asking, monkeypatch):
    monkeypatch.setattr(streaming, "_ALIVE_SECONDS", 0.0)
    parts = asking.get(f"{STREAM}?seconds=20").streaming_content
    assert [next(parts), next(parts)][1] == b": alive\n\n"


def test_served_streams_tell_at_once_take_no_threads_and_let_a_node_stop(tmp_path):
    folder = made(tmp_path / "node")
    keys = registered_all(folder, NUMBER, *(f"GB2{n:011d}" for n in range(9)))
    with Served(folder) as node, httpx.Client(base_url=node.address, timeout=30) as client:
        came, told = threading.Event(), []

        def listen(key):
            headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "gzip"}
            with (
                contextlib.suppress(httpx.RemoteProtocolError),
                client.stream("GET", STREAM, headers=headers) as answer,
            ):
                for line in answer.iter_lines():
                    told.append((key, line))
                    if line.startswith("data: "):
                        came.set()
                        return

        # More streams than the worker has threads; those that are told of something go away then.
        listening = [threading.Thread(target=listen, args=(key,)) for key in keys.values() for _ in range(4)]
        for one in listening:
            one.start()
        end = time.monotonic() + 30
        while len(told) < 2 * len(listening) and time.monotonic() < end:
            time.sleep(0.05)
        answer = client.post(
            "/api/v1/declarations",
            content=declaration(NUMBER),
            headers={"Authorization": f"Bearer {keys[NUMBER]}", "Content-Type": CONTENT},
        )
        assert answer.status_code == 202
        assert came.wait(20)
        time.sleep(2)
        assert [key for key, line in told if line.startswith("data: ")] == [keys[NUMBER]] * 4
        began = time.monotonic()
        node.stop()
        assert time.monotonic() - began < 20
        for one in listening:
            one.join(10)
        assert "Traceback" not in node.log.read_text()
