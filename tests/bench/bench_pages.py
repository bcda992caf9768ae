"""Pages under load on loopback: every desk's main pages, with many consignments in the node.

$TIDEGATE_BENCH_CONSIGNMENTS says how many; 20,000 where nothing is said, 1,000,000 for the figure of record.
$TIDEGATE_BENCH_NODE keeps the filled node there, and uses it again.
"""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tests.bench.pages_fill import fill, mrn_of
from tidegate.journal import follow
from tidegate.node import create_node, open_node, read_configuration
from tidegate.node.configuration import write_configuration

CONSIGNMENTS = int(os.environ.get("TIDEGATE_BENCH_CONSIGNMENTS", "20000"))
SECONDS, CLIENTS = 6, 4
READERS = ("clearance", "insight")
_PASSWORD = "tidegate-demonstration"
_BATCH = 10_000
_YEAR = "since={since}&until={until}"


def _now():
    return datetime.now(UTC)


def measure():
    with tempfile.TemporaryDirectory() as made:
        folder = Path(os.environ.get("TIDEGATE_BENCH_NODE", made)) / "node"
        if not folder.exists():
            yield from _filled(folder)
        with _served(folder) as port:
            yield from _pages(port)


def _filled(folder):
    create_node(folder, "demo", _now)
    configuration = read_configuration(folder)
    write_configuration(folder, msgspec.structs.replace(configuration, demonstration=True))
    environment = {**os.environ, "TIDEGATE_NODE": str(folder.resolve())}
    for arguments in (["migrate", "-v0"], ["demonstrate", "XA000000001"]):
        command = [sys.executable, "-m", "tidegate_web.manage", *arguments]
        subprocess.run(command, env=environment, check=True)
    with open_node(folder, _now) as node:
        start = time.perf_counter()
        fill(node, CONSIGNMENTS, _now())
        took = time.perf_counter() - start
        note = f"{CONSIGNMENTS:,} consignments, {node.journal.size:,} acts"
        yield {
            "name": "fill: acts appended",
            "value": node.journal.size / took,
            "unit": "acts/s",
            "note": note,
        }
        for reader in node.readers:
            start = time.perf_counter()
            folded = follow(node.journal, reader, node.read_tables, batch=_BATCH)
            took = time.perf_counter() - start
            if reader.name in READERS:
                name = f"fold: {reader.name}"
                yield {"name": name, "value": folded / took, "unit": "acts/s", "note": f"{took:.0f} s"}


@contextmanager
def _served(folder):
    """Serve the pages alone: nobody lodges, and no follower answers what was filled in."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {**os.environ, "TIDEGATE_NODE": str(folder.resolve())}
    command = [sys.executable, "-m", "tidegate_web.serving", "127.0.0.1", str(port), "1"]
    with tempfile.TemporaryFile() as log:
        served = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait(port)
            yield port
        finally:
            served.terminate()
            served.wait(30)


def _wait(port):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            _get(port, "/health", "")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the pages are not served")


def _get(port, path, cookie, connection=None):
    one = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie, "Accept": "text/html", "Host": "localhost"}
    one.request("GET", path, headers=headers)
    answer = one.getresponse()
    return answer.status, answer.read(), answer.headers


def _sign_in(port, role):
    """Return the cookie of somebody who signed in by the page."""
    _status, page, headers = _get(port, "/accounts/login/", "")
    token = page.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    cookies = _cookies(headers)
    one = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = f"csrfmiddlewaretoken={token}&login={role}&password={_PASSWORD}"
    sent = {
        "Cookie": cookies, "Host": "localhost", "Origin": "http://localhost",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    one.request("POST", "/accounts/login/", body, sent)
    answer = one.getresponse()
    answer.read()
    assert answer.status == 302, answer.status
    return _cookies(answer.headers)


def _cookies(headers):
    return "; ".join(one.split(";")[0] for one in headers.get_all("Set-Cookie") or [])


def _pages(port):
    today = _now().date()
    year = _YEAR.format(since=today.replace(year=today.year - 1), until=today)
    pages = {
        "officer": ["/officer/queue", f"/officer/consignments/{mrn_of(CONSIGNMENTS // 2)}"],
        "director": [
            "/director/", f"/director/?{year}&by=office", f"/director/volumes?{year}",
            f"/director/revenue?{year}", f"/director/controls?{year}", "/director/waiting",
            f"/director/behind?figure=slowest&{year}", f"/director/acts/{mrn_of(7)}",
        ],
        "analyst": ["/analyst/", "/analyst/groups", "/analyst/model", "/analyst/what-if"],
    }  # fmt: skip
    for role, paths in pages.items():
        cookie = _sign_in(port, role)
        for path in paths:
            yield from _measured(port, path, cookie)


def _measured(port, path, cookie):
    first = time.perf_counter()
    status, body, _headers = _get(port, path, cookie)
    first = time.perf_counter() - first
    assert status == 200, (path, status)
    times = []
    end = time.monotonic() + SECONDS
    threads = [threading.Thread(target=_ask, args=(port, path, cookie, end, times)) for _ in range(CLIENTS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    times.sort()
    name = path.partition("?")[0].replace(mrn_of(CONSIGNMENTS // 2), "MRN").replace(mrn_of(7), "MRN")
    span = " a year" if "since=" in path else ""
    note = (
        f"{CLIENTS} at once, {len(times)} answers, {len(body) // 1024} KB, the first in {first * 1000:.0f} ms"
    )
    yield {
        "name": f"{name}{span}: median",
        "value": times[len(times) // 2],
        "unit": "ms",
        "target": 150,
        "note": note,
    }
    yield {"name": f"{name}{span}: p99", "value": times[int(len(times) * 0.99)], "unit": "ms", "target": 400}


def _ask(port, path, cookie, end, times):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while time.monotonic() < end:
        start = time.perf_counter()
        status, _body, _headers = _get(port, path, cookie, connection)
        assert status == 200, (path, status)
        times.append((time.perf_counter() - start) * 1000)
    connection.close()
