"""Webhooks: in order, signed, tried again and taken once; dead letters kept; never to private addresses."""

import base64
import hashlib
import hmac
import itertools
import json
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from lxml import etree

from tests.web.askers import at_loopback, known
from tests.web.lodging import CONTENT, declaration
from tidegate.journal import Key
from tidegate.operators import suspend_operator
from tidegate_web import node as held
from tidegate_web.webhooks import sending
from tidegate_web.webhooks.addresses import AddressError, target_of
from tidegate_web.webhooks.delivering import DEAD_IN_A_ROW, MOST_ATTEMPTS, deliver
from tidegate_web.webhooks.models import Subscription

TLS = ssl.create_default_context()
_addresses = itertools.count(1)


class Receiver(ThreadingHTTPServer):
    """A receiver that notes what comes, and answers with these statuses first, then with 200."""

    def __init__(self, *statuses, wait=0.0):
        self.heard, self.statuses, self.wait = [], list(statuses), wait
        super().__init__(("127.0.0.1", 0), _Hearing)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/notices?of=mine"

    @property
    def taken(self):
        return [json.loads(body) for status, _, body in self.heard if status == 200]


class _Hearing(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.wait)
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.server.heard.append((status, dict(self.headers), body))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def receiver(*statuses, **parts):
    server = Receiver(*statuses, **parts)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _loopback(_node_of_the_tests):
    with at_loopback():
        yield
        Subscription.objects.all().update(ended=held.now())


@pytest.fixture
def asker():
    return known(f"198.19.0.{next(_addresses)}")


def subscribed(asking, url, **parts):
    answer = asking.post("/api/v1/webhooks", json.dumps({"url": url, **parts}))
    assert answer.status_code == 201, answer.content
    return answer.json()["webhook"]["id"], answer.json()["secret"]


def told(asking, times=1):
    """Lodge declarations and have customs decide; returns the positions of the notices about them."""
    before = len(asking.get("/api/v1/notices?limit=500").json()["notices"])
    for _ in range(times):
        assert asking.post("/api/v1/declarations", declaration(asking.number), CONTENT).status_code == 202
    held.node().catch_up()
    notices = asking.get("/api/v1/notices?limit=500").json()["notices"]
    assert len(notices) >= before + times
    return [one["position"] for one in notices[before:]]


def delivered(seconds=0.0, draw=1.0):
    """Deliver as if so many seconds had passed."""
    return deliver(held.node(), held.now() + timedelta(seconds=seconds), TLS, draw=lambda: draw)


def shown(asking):
    (one,) = asking.get("/api/v1/webhooks").json()["webhooks"]
    return one


def test_a_push_that_fails_twice_is_taken_once_and_in_order(asker):
    with receiver(500, 503) as server:
        subscribed(asker, server.url)
        positions = told(asker, 2)
        assert [delivered(), delivered()] == [0, 0], "after a failure it waits"
        assert [delivered(10), delivered(30)] == [0, 1]
        assert delivered(60) == len(positions) - 1
        assert delivered(120) == 0
        assert [one["data"]["position"] for one in server.taken] == positions
        first = [headers["webhook-id"] for _, headers, _ in server.heard[:3]]
        assert len(set(first)) == 1, "tried again under the same id"
        assert [status for status, _, _ in server.heard[:3]] == [500, 503, 200]
    assert (shown(asker)["error"], shown(asker)["attempts"]) == ("", 0)


def test_a_push_is_signed_as_the_standard_says(asker):
    with receiver() as server:
        _, secret = subscribed(asker, server.url)
        told(asker)
        delivered()
        _, headers, body = server.heard[0]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert headers["X-Conversation-ID"] == json.loads(body)["data"]["conversation"]


def test_a_renewed_secret_signs_from_then_on_and_nothing_is_lost(asker):
    with receiver() as server:
        name, secret = subscribed(asker, server.url)
        renewed = asker.post(f"/api/v1/webhooks/{name}/secret").json()["secret"]
        told(asker)
        delivered()
        _, headers, body = server.heard[0]
    assert renewed != secret
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(renewed.removeprefix("whsec_"))
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, said, "sha256")).decode()


def test_a_receiver_may_ask_for_xml(asker):
    with receiver() as server:
        subscribed(asker, server.url, form="xml")
        told(asker)
        delivered()
        _, headers, body = server.heard[0]
    assert headers["Content-Type"].startswith("application/xml")
    assert etree.fromstring(body).tag.endswith("MetaData")


def test_a_push_goes_on_where_it_began_or_at_a_cursor(asker):
    positions = told(asker)
    with receiver() as server:
        subscribed(asker, server.url)
        assert delivered() == 0, "from now on"
        subscribed(asker, server.url, cursor=positions[0])
        assert delivered() == len(positions)


def test_a_notice_that_nobody_takes_dies_the_next_goes_and_the_dead_one_is_sent_again(asker):
    with receiver(*[400] * MOST_ATTEMPTS) as server:
        name, _ = subscribed(asker, server.url)
        positions = told(asker, 2)
        seconds = itertools.accumulate(itertools.repeat(4000))
        for _ in range(MOST_ATTEMPTS):
            delivered(next(seconds))
        assert shown(asker)["dead"] == 1
        assert delivered(next(seconds)) == len(positions) - 1
        (dead,) = asker.get(f"/api/v1/webhooks/{name}/dead").json()["letters"]
        assert (dead["position"], dead["attempts"]) == (positions[0], MOST_ATTEMPTS)
        assert dead["error"] == "the receiver answered 400"
        assert asker.post(f"/api/v1/webhooks/{name}/again", b"{}").json() == {"letters": 1}
        assert delivered() == 1
        assert [one["data"]["position"] for one in server.taken] == [*positions[1:], positions[0]]
        assert delivered(next(seconds)) == 0
        assert asker.get(f"/api/v1/webhooks/{name}/dead").json()["letters"] == []


def test_a_dead_letter_that_fails_again_stays_and_holds_up_nothing(asker):
    with receiver(*[400] * (MOST_ATTEMPTS + 1)) as server:
        name, _ = subscribed(asker, server.url)
        positions = told(asker, 2)
        for n in range(MOST_ATTEMPTS):
            delivered(4000 * n)
        asker.post(f"/api/v1/webhooks/{name}/again", json.dumps({"positions": positions[:1]}))
        far = 4000 * MOST_ATTEMPTS
        assert [delivered(far), delivered(far + 4000)] == [0, len(positions) - 1]
        (dead,) = asker.get(f"/api/v1/webhooks/{name}/dead").json()["letters"]
        assert (dead["attempts"], dead["again"]) == (MOST_ATTEMPTS + 1, False)


def test_of_a_receiver_that_is_down_few_notices_die_and_the_rest_wait(asker):
    tried = MOST_ATTEMPTS * (DEAD_IN_A_ROW + 1) + 1
    with receiver(*[500] * tried) as server:
        subscribed(asker, server.url)
        positions = told(asker, DEAD_IN_A_ROW + 2)
        for n in range(tried):
            assert delivered(4000 * n) == 0
        assert shown(asker)["dead"] == DEAD_IN_A_ROW
        far = 4000 * 100
        while delivered(far):
            far += 4000
        assert [one["data"]["position"] for one in server.taken] == positions[DEAD_IN_A_ROW:]


def test_attempts_are_ever_further_apart_with_jitter(asker):
    with receiver(*[500] * 20) as server:
        subscribed(asker, server.url)
        told(asker)
        waits, moment = [], 0.0
        for n in range(6):
            delivered(moment, draw=n % 2)
            due = Subscription.objects.get(url=server.url).due
            waits.append(round((due - held.now()).total_seconds() - moment, 0))
            moment += 4000
        assert waits == [2, 10, 10, 40, 40, 160]


def test_a_receiver_that_is_gone_is_heard_of_no_more(asker):
    with receiver(410) as server:
        subscribed(asker, server.url)
        told(asker)
        assert [delivered(), delivered(9999)] == [0, 0]
        assert len(server.heard) == 1
    assert asker.get("/api/v1/webhooks").json()["webhooks"] == []


def test_no_redirect_is_followed(asker):
    with receiver(302) as server:
        subscribed(asker, server.url)
        told(asker)
        delivered()
        assert [status for status, _, _ in server.heard] == [302]
    assert shown(asker)["error"] == "the receiver answered 302"


def test_one_slow_receiver_does_not_hold_up_the_others(asker, monkeypatch):
    monkeypatch.setattr(sending, "_SECONDS", 0.3)
    other = known("198.19.1.1")
    with receiver(wait=1.0) as slow, receiver() as quick:
        subscribed(asker, slow.url)
        subscribed(other, quick.url)
        told(asker), told(other)
        began = time.monotonic()
        delivered()
        assert time.monotonic() - began < 1.0
        assert quick.taken
    assert "did not answer within" in shown(asker)["error"]


def test_what_was_pushed_and_not_noted_is_pushed_again_under_the_same_id(asker):
    with receiver() as server:
        subscribed(asker, server.url)
        told(asker)
        before = Subscription.objects.get(url=server.url).cursor
        delivered()
        Subscription.objects.filter(url=server.url).update(cursor=before)
        delivered()
        ids = [headers["webhook-id"] for _, headers, _ in server.heard]
    assert ids[: len(ids) // 2] == ids[len(ids) // 2 :]


def test_nobody_hears_what_is_told_to_others_and_the_suspended_hear_nothing(asker):
    with receiver() as server:
        subscribed(asker, server.url)
        told(known("198.19.1.2"))
        assert delivered() == 0
        told(asker)
        journal = held.node().journal
        suspend_operator(journal, held.now(), Key("officer:test"), number=asker.number, reason="unpaid")
        assert delivered() == 0
        assert server.heard == []


def test_an_ended_webhook_hears_nothing_more(asker):
    with receiver() as server:
        name, _ = subscribed(asker, server.url)
        told(asker)
        assert asker.delete(f"/api/v1/webhooks/{name}").status_code == 204
        assert (delivered(), server.heard) == (0, [])
    assert asker.delete(f"/api/v1/webhooks/{name}").status_code == 404


# Addresses


def leading(*addresses):
    return lambda *_: list(addresses)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "172.16.0.1", "100.64.0.1", "0.0.0.0",
     "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
     "2001:0:a00:1::", "::", "ff02::1"],
)  # fmt: skip
def test_nothing_is_pushed_to_an_address_that_is_not_public(address):
    with pytest.raises(AddressError, match="not public"):
        target_of("https://receiver.example/", loopback=False, resolve=leading(address))
    with pytest.raises(AddressError, match="not public"):
        target_of("https://receiver.example/", loopback=False, resolve=leading("93.184.215.14", address))


def test_loopback_is_allowed_where_the_node_says_so_and_nothing_else_that_is_private():
    assert target_of("http://localhost:8/x", loopback=True, resolve=leading("127.0.0.1", "::1")).port == 8
    for others in (["10.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["127.0.0.1", "93.184.215.14"], []):
        with pytest.raises(AddressError, match="not public"):
            target_of("http://x.example/", loopback=True, resolve=leading(*others))


def test_the_connection_goes_to_the_very_address_that_was_judged():
    found = target_of("https://receiver.example:8443/a?b=c", loopback=False, resolve=leading("2606:4700::1"))
    assert (found.url, found.host_header) == ("https://[2606:4700::1]:8443/a?b=c", "receiver.example:8443")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://receiver.example/", "https only"),
        ("ftp://receiver.example/", "whole URL"),
        ("receiver.example", "whole URL"),
        ("https:///path", "whole URL"),
        ("https://user:word@receiver.example/", "no user name"),
        ("https://receiver.example/#part", "no fragment"),
        ("https://receiver.example:99999/", "no URL"),
        ("https://[::1/", "no URL"),
        ("https://receiver.example/ x", "no space"),
        ("https://receiver.example/" + "x" * 2000, "2000"),
    ],
)
def test_a_url_has_a_form(url, said):
    with pytest.raises(AddressError, match=said):
        target_of(url, loopback=False, resolve=leading("93.184.215.14"))


def test_a_name_that_does_not_resolve_is_refused():
    def nowhere(*_):
        raise OSError

    with pytest.raises(AddressError, match="cannot be resolved"):
        target_of("https://receiver.example/", loopback=False, resolve=nowhere)


def test_an_operator_is_told_that_an_address_is_not_public(asker):
    answer = asker.post("/api/v1/webhooks", b'{"url": "https://10.0.0.1/"}')
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_address")


def test_an_operator_has_a_bounded_number_of_webhooks(asker):
    for n in range(10):
        subscribed(asker, f"http://127.0.0.1:9/{n}")
    answer = asker.post("/api/v1/webhooks", b'{"url": "http://127.0.0.1:9/"}')
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_webhook")
