"""A queue that renews itself under load: officers look on, work comes in, a follower keeps tables.

``python -m tests.bench.pages_queue FOLDER SECONDS RATE`` appends so much new work a second to a node, and
prints for each its number, its office and the moment at which it was durable.
"""

import html
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.pages_ask import Asker, at, signed_in
from tests.bench.pages_fill import OFFICES, arriving
from tests.bench.pages_node import now, served, told
from tidegate.journal import Appended
from tidegate.node import open_node

OFFICERS, RATE, SECONDS = 50, 50, 40
_SETTLE = 10.0  # seconds that queues are still looked at after the last work came
_WATCHED = ("", *OFFICES, "XAQUIET1")  # everything, each office, and one where nothing comes
_NUMBER = re.compile(r"26XW\d{14}")
_PAGES = ("/officer/consignments/{control}", "/officer/consignments/{released}", "/officer/queue")


@dataclass
class Queue:
    """How a page renews itself, as it says: where it asks, how often, and what it sends along."""

    address: str
    seconds: float
    fields: dict[str, str]


@dataclass
class Officer:
    """One who looks at the queue of an office: the newest work seen by each moment, and the answers."""

    office: str
    seen: list[tuple[float, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    nothing_new: int = 0


def refreshing(folder: Path, workers: int) -> Iterator[dict]:
    """Yield how soon new work stands in refreshed queues, and how pages answer meanwhile."""
    with served(folder, workers=workers, following=True) as (port, _processes):
        asker = signed_in(port, "officer")
        queue = queue_of(asker)
        officers = [Officer(_WATCHED[n % len(_WATCHED)]) for n in range(OFFICERS)]
        end = time.monotonic() + SECONDS + _SETTLE
        meanwhile: list[float] = []
        threads = [
            threading.Thread(target=_look_on, args=(one, queue, asker.another(), end, n / OFFICERS))
            for n, one in enumerate(officers)
        ]
        threads.append(threading.Thread(target=_read, args=(folder, asker.another(), end, meanwhile)))
        for thread in threads:
            thread.start()
        came = _appended(folder)
        for thread in threads:
            thread.join()
    yield from _figures(officers, came, queue, sorted(meanwhile))


def queue_of(asker: Asker) -> Queue:
    """Return how the queue renews itself, read from its page."""
    page = asker.get("/officer/queue?office=")[1].decode()
    (renewed,) = re.findall(r'<[^>]*hx-trigger="[^"]*every[^>]*>', page)
    (seconds,) = re.findall(r"every (\d+)s", renewed)
    (address,) = re.findall(r'hx-get="([^"]+)"', renewed)
    return Queue(html.unescape(address), float(seconds), fields_of(page))


def fields_of(page: str) -> dict[str, str]:
    """Return what a part of the page sends along when it asks again."""
    form = re.search(r'<form id="state".*?</form>', page, re.DOTALL)
    named = re.findall(r'name="([^"]*)" value="([^"]*)"', form[0]) if form else []
    return {name: html.unescape(value) for name, value in named}


def _look_on(officer: Officer, queue: Queue, asker: Asker, end: float, offset: float) -> None:
    """Renew one queue at its own pace, as a browser does, from a moment of its own on."""
    fields = {**queue.fields, "office": officer.office, "mark": ""}
    time.sleep(offset * queue.seconds)
    while (began := time.monotonic()) < end:
        start = time.perf_counter()
        status, body, _headers = asker.get(f"{queue.address}?{urlencode(fields)}", **{"HX-Request": "true"})
        officer.times.append((time.perf_counter() - start) * 1000)
        assert status in (200, 204, 304), status
        if status == 200:
            page = body.decode()
            fields = {**fields_of(page), "office": officer.office}
            newest = max(_NUMBER.findall(page), default="")
            officer.seen.append((time.time(), newest))
        else:
            officer.nothing_new += 1
        time.sleep(max(0.0, began + queue.seconds - time.monotonic()))


def _read(folder: Path, asker: Asker, end: float, times: list[float]) -> None:
    """Open one page after another, half a second between them."""
    samples = told(folder)["samples"]
    while time.monotonic() < end:
        for page in _PAGES:
            start = time.perf_counter()
            assert asker.get(page.format(**samples))[0] == 200, page
            times.append((time.perf_counter() - start) * 1000)
            time.sleep(0.5)


def _appended(folder: Path) -> list[tuple[str, str, float]]:
    command = [sys.executable, "-m", "tests.bench.pages_queue", str(folder), str(SECONDS), str(RATE)]
    run = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    return json.loads(run.stdout)


def _figures(
    officers: list[Officer], came: list[tuple[str, str, float]], queue: Queue, meanwhile: list[float]
) -> Iterator[dict]:
    every, first = waited(officers, came)
    answers = sum(len(one.times) for one in officers)
    rate = len(came) / (came[-1][2] - came[0][2])
    note = (
        f"{len(came)} came, {rate:.0f} a second; {OFFICERS} officers, each every {queue.seconds:.0f} s, "
        f"{len(every)} sightings, {len(came) - len(first)} not seen until the end"
    )
    yield {
        "name": "new work in the first refreshed queue: median",
        "value": at(first, 0.5),
        "unit": "s",
        "note": note,
    }
    yield {"name": "new work in the first refreshed queue: p99", "value": at(first, 0.99), "unit": "s"}
    yield {"name": "new work in each officer's queue: median", "value": at(every, 0.5), "unit": "s"}
    yield {"name": "new work in each officer's queue: p99", "value": at(every, 0.99), "unit": "s"}
    empty = sum(one.nothing_new for one in officers) / answers
    yield {"name": "answers that nothing is new", "value": empty * 100, "unit": "%", "note": f"of {answers}"}
    times = sorted(one for officer in officers for one in officer.times)
    yield {"name": "a refresh: median", "value": at(times, 0.5), "unit": "ms", "target": 150}
    yield {"name": "a refresh: p99", "value": at(times, 0.99), "unit": "ms", "target": 400}
    yield {"name": "pages meanwhile: median", "value": at(meanwhile, 0.5), "unit": "ms", "target": 150}
    yield {"name": "pages meanwhile: p99", "value": at(meanwhile, 0.99), "unit": "ms", "target": 400}


def waited(officers: list[Officer], came: list[tuple[str, str, float]]) -> tuple[list[float], list[float]]:
    """Return how long work took to stand in each queue that it belongs to, and in the first of them; sorted.

    What comes later stands before it, so that it stands in a queue as soon as that shows it or a later one.
    """
    every, first = [], []
    for number, office, moment in came:
        shown = [
            next((seen for seen, newest in one.seen if newest >= number and seen >= moment), None)
            for one in officers
            if one.office in ("", office)
        ]
        found = [seen - moment for seen in shown if seen is not None]
        every += found
        first += [min(found)] if found else []
    return sorted(every), sorted(first)


def _append(folder: Path, seconds: float, rate: float) -> None:
    told_of = []
    with open_node(folder, now) as node:
        start = node.journal.size  # so that a second run brings other numbers, nearer to their ends
        began = time.monotonic()
        for n, (number, office, group) in enumerate(islice(arriving(now(), start), int(seconds * rate))):
            time.sleep(max(0.0, began + n / rate - time.monotonic()))
            (outcome,) = node.journal.append([group])
            assert isinstance(outcome, Appended), outcome
            told_of.append((number, office, time.time()))
    print(json.dumps(told_of))


if __name__ == "__main__":
    _append(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
