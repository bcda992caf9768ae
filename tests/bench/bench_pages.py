"""Pages under load on loopback: what every role looks at, with many consignments; a queue that renews.

$TIDEGATE_BENCH_CONSIGNMENTS says how many; 20,000 where nothing is said, 1,000,000 for the figure of record.
$TIDEGATE_BENCH_NODE keeps the filled node there, and uses it again; $TIDEGATE_BENCH_WORKERS says how many
processes answer, 1 where nothing is said.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.pages_ask import Asker, at, processor_seconds, signed_in, timed
from tests.bench.pages_compared import compared
from tests.bench.pages_listed import filters, pages
from tests.bench.pages_node import now, prepared, served, told
from tests.bench.pages_queue import refreshing

CONSIGNMENTS = int(os.environ.get("TIDEGATE_BENCH_CONSIGNMENTS", "20000"))
WORKERS = int(os.environ.get("TIDEGATE_BENCH_WORKERS", "1"))
ALONE, SECONDS, CLIENTS = 1.5, 4.0, 4
MEDIAN, P99 = 150, 400  # milliseconds: what a page is to answer in


def measure() -> Iterator[dict]:
    """Yield figures of each page, alone and under load; of a queue under load; of raw rows beside them."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(os.environ.get("TIDEGATE_BENCH_NODE", made)) / "node"
        folder.parent.mkdir(parents=True, exist_ok=True)
        yield from prepared(folder, CONSIGNMENTS)
        with served(folder, workers=WORKERS) as (port, processes):
            yield from _pages(folder, port, processes)
        yield from refreshing(folder, WORKERS)
        yield from compared(folder)


def _pages(folder: Path, port: int, processes: list[int]) -> Iterator[dict]:
    known = told(folder)
    found = []
    for role, addresses in pages(known, now().date()).items():
        asker = _asker(port, role, known["key"])
        further = filters(asker, addresses["queue"]) if role == "officer" else {}
        for name, address in {**addresses, **further}.items():
            figures = _measured(asker, name, address, processes)
            found.append(figures)
            yield from figures
        if role == "trader":
            first, octets = asker.first_octets("/trader/export", SECONDS)
            note = f"{octets / 2**20 / SECONDS:.1f} MiB/s while it is written"
            yield {"name": "export begins", "value": first * 1000, "unit": "ms", "target": P99, "note": note}
    for place, target in enumerate((MEDIAN, P99)):
        worst = max(found, key=lambda figures: figures[place]["value"])[place]
        note = f"{len(found)} pages; load {os.getloadavg()[0]:.1f}"
        yield {**worst, "name": f"the worst: {worst['name']}", "target": target, "note": note}


def _asker(port: int, role: str, key: str) -> Asker:
    if role == "anybody":
        return Asker(port)
    if role == "program":
        return Asker(port, {"Authorization": f"Bearer {key}", "Accept": "application/json"})
    return signed_in(port, role)


def _measured(asker: Asker, name: str, address: str, processes: list[int]) -> list[dict]:
    status, body, _headers = asker.get(address.replace("{n}", "1"))
    assert status == 200, (address, status, body[:500])
    before = processor_seconds(processes)
    alone = timed(asker, address, ALONE, 1)
    each = (processor_seconds(processes) - before) / len(alone) * 1000
    times = timed(asker, address, SECONDS, CLIENTS)
    note = (
        f"alone {at(alone, 0.5):.1f} ms, {each:.1f} ms of processor; {CLIENTS} at once, {len(times)} "
        f"answers of {len(body) / 1024:.0f} KB"
    )
    return [
        {"name": f"{name}: median", "value": at(times, 0.5), "unit": "ms", "target": MEDIAN, "note": note},
        {"name": f"{name}: p99", "value": at(times, 0.99), "unit": "ms", "target": P99},
    ]
