"""Exchange between two nodes over loopback, durable at both ends; a partner's log of a million entries."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.exchange.nodes import document
from tidegate.acts import DisclosureSent, GoodsArrived, ReceiptRecorded, decode
from tidegate.clearance import Lodging, lodge
from tidegate.declarations.messages import read_message
from tidegate.exchange import (
    canonical,
    fingerprint,
    introduce,
    partners_waited_for,
    propose,
    read_identity,
    sign,
    trust,
)
from tidegate.exchange.drafting import SETTLED_KEY
from tidegate.exchange.reader import ExchangeReader
from tidegate.exchange.receipting import shown_entry
from tidegate.exchange.receiving import receipts
from tidegate.exchange.signed import Response
from tidegate.exchange.standing import Partner
from tidegate.exchange.witnessing import check_continues, continued
from tidegate.journal import Append, Draft, Key, SigningKey, create_journal, make_checkpoint, tables
from tidegate.node import create_node, open_node
from tidegate.node.configuration import Configuration, write_configuration
from tidegate.node.exchange import actor, make_identity
from tidegate.node.exchange_running import Post, Runner, answer_partners
from tidegate.simulation import World, day
from tidegate_web.exchange.door import PartnerDoor

DISCLOSURES = 5_000
MILLION = 1_000_000
PACE, SECONDS = 100, 10


def now():
    return datetime.now(UTC)


@contextmanager
def two_nodes() -> Iterator[tuple]:
    """Yield an open node with declarations, whose partner is served in a process of its own."""
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as free:
        folder, port = Path(name), free.getsockname()[1]
        free.close()
        for short in ("xa", "xb"):
            create_node(folder / short, "demo", now)
            write_configuration(folder / short, Configuration(origin=f"{short}.example"))
        environment = {**os.environ, "TIDEGATE_NODE": str(folder / "xb"), "POLARS_MAX_THREADS": "1"}
        with open_node(folder / "xa", now) as first, open_node(folder / "xb", now) as second:
            documents = {
                "xa.example": make_identity(first, "administration", "http://127.0.0.1:1"),
                "xb.example": make_identity(second, "administration", f"http://127.0.0.1:{port}"),
            }
            for node, other in ((first, "xb.example"), (second, "xa.example")):
                known = fingerprint(read_identity(documents[other]).verifier)
                introduce(actor(node, "officer", now()), documents[other])
                trust(actor(node, "officer", now()), other, known)
        server = subprocess.Popen(
            [sys.executable, "-m", "tidegate_web.exchange.serving", "127.0.0.1", str(port)],
            env=environment,
            start_new_session=True,
        )
        try:
            _await(port)
            with open_node(folder / "xa", now) as first, open_node(folder / "xb", now) as second:
                _agree(first, second)
                yield first, _lodged(first)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)


def _await(port):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            httpx.get(f"http://127.0.0.1:{port}/exchange/v1/identity", trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the partner does not answer")


def _agree(first, second):
    parts = document()
    parts["permission"][0]["target"] = "goods.arrived"
    propose(actor(first, "officer", now()), canonical(parts))
    _deliver_all(first)
    sign(actor(second, "officer", now()), parts["uid"])
    _hand_over(second, first)


def _hand_over(second, first):
    """Let the first hear what the second has for it, without a server before the first."""
    door = PartnerDoor(first, now)
    runner = Runner(second, now)
    runner.follow()
    runner.bring("xa.example", lambda request: _as_heard(door.answer(request), request))


def _as_heard(answer, request):
    return Response(answer.status_code, dict(answer.headers), answer.body, request)


def _lodged(node):
    lodgements = [
        one.xml for one in day(World.make(1), date(2026, 3, 2), 150, "XA") if one.truth.flaw is None
    ]
    lodgings = [Lodging(now(), one, read_message(one).declaration) for one in lodgements]
    found = lodge(node.journal, lodgings, country="XA", key=node.key)
    return [one.mrn for one in found if one.mrn]


def _arrivals(mrns, count):
    drafts = []
    for number in range(count):
        act = GoodsArrived(mrn=mrns[number % len(mrns)], place="XAPRT001")
        keys = (Key(f"mrn:{act.mrn}"),)
        drafts.append(
            Append(
                (
                    Draft(
                        kind=act.KIND,
                        version=1,
                        occurred=now(),
                        author=Key("port"),
                        keys=keys,
                        body=act.encode(),
                    ),
                )
            )
        )
    return drafts


def _waiting(node):
    with closing(tables(ExchangeReader(), node.read_tables)) as connection:
        return partners_waited_for(connection)


def _deliver_all(node):
    runner = Runner(node, now)
    post = Post()
    answer_partners(node)
    runner.follow()
    while _waiting(node):
        runner.bring("xb.example", post)
        runner.follow()
    post.close()


def measure() -> Iterator[dict]:
    """Yield disclosures per second, the time from act to receipt, and how fast a long log is verified."""
    with two_nodes() as (node, mrns):
        node.journal.append(_arrivals(mrns, 200))
        _deliver_all(node)  # what is made once is made
        node.journal.append(_arrivals(mrns, DISCLOSURES))
        start = time.perf_counter()
        answer_partners(node)
        decided = time.perf_counter() - start
        _deliver_all(node)
        seconds = time.perf_counter() - start
        yield {
            "name": "disclosures decided, signed, received, receipted",
            "value": DISCLOSURES / seconds,
            "unit": "disclosures/s",
            "target": 1_000,
            "note": f"durable at both ends; {DISCLOSURES / decided:,.0f}/s decided, the rest is delivery",
        }
        yield from _paced(node, mrns)
    yield from _log()


def _paced(node, mrns):
    """Yield how long it takes from an act to its receipt, at a steady pace."""
    begin = node.journal.size
    runner, stopped = Runner(node, now), threading.Event()

    def run():
        while not stopped.is_set():
            answer_partners(node)
            runner.tend()
            stopped.wait(0.01)

    thread = threading.Thread(target=run)
    thread.start()
    start = time.perf_counter()
    for number in range(PACE * SECONDS):
        wait = start + number / PACE - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        node.journal.append(_arrivals(mrns[number % len(mrns) :], 1))
    time.sleep(2)
    stopped.set()
    thread.join()
    runner.stop()
    taken = _taken(node, begin)
    yield {
        "name": "from act to receipt at 100 acts/s, p99",
        "value": taken[int(len(taken) * 0.99)] * 1000,
        "unit": "ms",
        "target": 500,
        "note": f"p50 {taken[len(taken) // 2] * 1000:.0f} ms, of {len(taken)}",
    }


def _taken(node, begin):
    recorded, about, taken = {}, {}, []
    for entry in node.journal.read(begin, 100_000):
        if entry.kind == GoodsArrived.KIND:
            recorded[entry.position] = entry.recorded
        elif entry.kind == DisclosureSent.KIND:
            act = decode(entry.kind, entry.version, entry.body)
            about[act.id] = recorded[act.about]
        elif entry.kind == ReceiptRecorded.KIND:
            settled = next(key for key in entry.keys if key.startswith(SETTLED_KEY))
            taken.append((entry.recorded - about[settled.rpartition(":")[2]]).total_seconds())
    return sorted(taken)


def _log():
    """Yield how fast a partner's log of a million entries is shown and verified."""
    key = SigningKey("xa.example", Ed25519PrivateKey.generate())
    partner = Partner("xa.example", "administration", "", key.verifier, (key.verifier,))
    with tempfile.TemporaryDirectory() as folder:
        journal = create_journal(Path(folder) / "journal", clock=now)
        _fill(journal, MILLION // 2)
        before = make_checkpoint(journal, [key])
        _fill(journal, MILLION // 2)
        after = make_checkpoint(journal, [key])
        start = time.perf_counter()
        path = continued(journal, before.size, after.size)
        assert check_continues(partner, after.note, before.size, path, before) is not None
        yield {
            "name": "a million entries shown to continue half a million",
            "value": (time.perf_counter() - start) * 1000,
            "unit": "ms",
        }
        positions = list(range(0, MILLION, MILLION // 10_000))
        shown = receipts(journal, positions, after.size)
        start = time.perf_counter()
        for position in positions:
            shown_entry(shown[position], after)
        yield {
            "name": "entries of a million verified by proof",
            "value": len(positions) / (time.perf_counter() - start),
            "unit": "entries/s",
        }
        journal.close()


def _fill(journal, count):
    body, keys = b"{}", (Key("bench"),)
    draft = Draft(kind="bench.made", version=1, occurred=now(), author=Key("bench"), keys=keys, body=body)
    group = [Append((draft,)) for _ in range(5_000)]
    for _ in range(count // 5_000):
        journal.append(group)
