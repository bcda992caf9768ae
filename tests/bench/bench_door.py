"""The door under load: declarations a second, latencies, how far decisions lag, memory over time.

``python -m tests.bench.bench_door --minutes 15`` soaks a node at half load instead, and prints its memory.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.door_load import NUMBER, caught_up, declarations, load, wrk
from tests.serving import Served, made, registered
from tests.shared_data import shared_data

SECONDS = 30
CONNECTIONS = 16
PACED, PAUSE = 64, 250  # connections, and the pause of each in ms: some 220 declarations a second
HALF = 2 * PAUSE


def measure() -> Iterator[dict]:
    """Yield what one node on this machine takes in, durably, while it decides."""
    if wrk() is None or shared_data() is None:
        print("  skipped: wrk (Debian's package) or the shared data is not there")
        return
    with tempfile.TemporaryDirectory() as folder:
        node = made(Path(folder) / "node")
        key = registered(node, NUMBER)
        files = declarations(Path(folder) / "in")
        with Served(node) as served:
            load(served, key, files, seconds=3, connections=4)
            caught_up(served)
            for name, connections, pause in (
                ("as fast as it answers", CONNECTIONS, 0),
                ("paced", PACED, PAUSE),
            ):
                before = processor_seconds(served)
                found = load(served, key, files, seconds=SECONDS, connections=connections, pause=pause)
                lag = caught_up(served)
                spent = processor_seconds(served)
                yield from _figures(name, found, lag, (before, spent))
            memory = max(served.processes().values()) / 1024
        yield {"name": "largest process", "value": memory, "unit": "MiB", "note": "resident, after the load"}


def _figures(
    name: str, found: dict, lag: float, spent: tuple[dict[str, float], dict[str, float]]
) -> Iterator[dict]:
    rate = found["requests"] / found["seconds"]
    waited = sum(os.getloadavg()) / 3
    note = (
        f"{found['requests']} lodged, {found['status']} refused, {found['broken']} broken; load {waited:.1f}"
    )
    aims = {"lodged": 200 if name == "paced" else None, "p99": 300 if name == "paced" else None}
    yield {
        "name": f"lodged, {name}",
        "value": rate,
        "unit": "declarations/s",
        "target": aims["lodged"],
        "note": note,
    }
    yield {"name": f"p50, {name}", "value": found["p50"], "unit": "ms"}
    yield {"name": f"p99, {name}", "value": found["p99"], "unit": "ms", "target": aims["p99"]}
    yield {"name": f"decided after the end, {name}", "value": lag, "unit": "s", "target": 60}
    before, after = spent
    for what in ("worker", "follower"):
        each = (after.get(what, 0) - before.get(what, 0)) / max(found["requests"], 1) * 1000
        yield {"name": f"processor time a declaration, {what}, {name}", "value": each, "unit": "ms"}


def processor_seconds(served: Served) -> dict[str, float]:
    """Return the processor time that the workers and the follower have used."""
    spent: dict[str, float] = {}
    for name in served.processes():
        what, _, number = name.partition(" ")
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        spent[what] = spent.get(what, 0) + ticks / os.sysconf("SC_CLK_TCK")
    return spent


def soak(minutes: float) -> None:
    """Lodge at half load for so many minutes, and print the memory of each process every half minute."""
    folder = Path(tempfile.mkdtemp())
    node = made(folder / "node")
    key = registered(node, NUMBER)
    files = declarations(folder / "in")
    end = time.monotonic() + minutes * 60
    with Served(node) as served:
        while time.monotonic() < end:
            found = load(served, key, files, seconds=30, connections=PACED, pause=HALF)
            memory = {name: kib // 1024 for name, kib in served.processes().items()}
            rate = found["requests"] / found["seconds"]
            print(
                f"{rate:6.1f}/s, p99 {found['p99']:6.0f} ms, refused {found['status']}, "
                f"unheard {served.unheard()}, MiB {memory}",
                flush=True,
            )
        print(f"decided {caught_up(served):.1f} s after the end; {served.folder}", flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--minutes", type=float, required=True)
    soak(wanted.parse_args().minutes)
