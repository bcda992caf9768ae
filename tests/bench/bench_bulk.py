"""Low-value consignments by the million: by the command, and over HTTP; rows a second and memory.

Beside it, in the same run, what somebody would write instead: pandas with a function for each row.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx

from tests.serving import Served, made, registered
from tidegate.simulation.parcels import write_parcels

ROWS = 1_000_000
FEW = 250_000
BY_ROW = 50_000
WANTED = 10_000
_PIECE = 16 * 1024 * 1024
_MOST_SECONDS = 600


def measure(rows: int = ROWS) -> Iterator[dict]:
    """Yield rows a second and peak memory of the command and of a served node."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_parcels(str(folder / "parcels.csv"), 1, rows)
        write_parcels(str(folder / "few.csv"), 1, min(FEW, rows))
        write_parcels(str(folder / "by_row.csv"), 1, min(BY_ROW, rows))
        few = _command(folder, "few")
        told = _command(folder, "parcels")
        note = f"{told['rows']:,} rows, {told['accepted']:,} accepted, read to journalled, durable"
        yield _figure("bulk clear, by the command", told["rows_a_second"], "rows/s", WANTED, note)
        growth = told["peak_memory_mib"] / few["peak_memory_mib"]
        note = f"{growth:.2f} times that of {few['rows']:,} rows ({few['peak_memory_mib']} MiB)"
        yield _figure("bulk clear, peak memory", told["peak_memory_mib"], "MiB", None, note)
        yield from _beside(folder, told["rows_a_second"], min(BY_ROW, rows))
        yield from _over_http(folder, rows)


def _command(folder: Path, name: str) -> dict:
    node = made(folder / f"node-{name}", "demo")
    run = subprocess.run(
        [sys.executable, "-m", "tidegate", "bulk", "clear", folder / f"{name}.csv", "--node", node, "--json"],
        capture_output=True,
        text=True,
        check=False,  # 1 says that rows were rejected
        timeout=_MOST_SECONDS,
    )
    return json.loads(run.stdout.splitlines()[-1])


def _beside(folder: Path, ours: float, rows: int) -> Iterator[dict]:
    if find_spec("pandas") is None:
        print("  pandas is not there: no comparison")
        return
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.rowwise", folder / "by_row.csv", folder / "by_row.out"],
        capture_output=True,
        text=True,
        check=True,
        timeout=_MOST_SECONDS,
    )
    theirs = rows / float(run.stdout)
    note = f"without a journal; {rows:,} rows; ours is {ours / theirs:.1f} times as fast"
    yield _figure("pandas, a function for each row", theirs, "rows/s", None, note)


def _over_http(folder: Path, rows: int) -> Iterator[dict]:
    node = made(folder / "node-served", "demo")
    key = registered(node, "XA000000001")
    file, peaks = folder / "parcels.csv", {}
    with (
        Served(node) as served,
        httpx.Client(base_url=f"{served.address}/api/v1/bulk", timeout=120) as client,
    ):
        client.headers["Authorization"] = f"Bearer {key}"
        begun = time.perf_counter()
        upload = client.post("/uploads", json={"format": "csv"}).raise_for_status().json()["upload"]
        offset = 0
        with file.open("rb") as source:
            while piece := source.read(_PIECE):
                told = client.put(
                    f"/uploads/{upload}/octets", content=piece, headers={"Upload-Offset": str(offset)}
                )
                offset = told.raise_for_status().json()["offset"]
        client.post(f"/uploads/{upload}/complete", json={"octets": offset}).raise_for_status()
        sent = time.perf_counter() - begun
        while True:
            _note_peaks(served, peaks)
            shown = client.get(f"/uploads/{upload}").json()
            if shown["state"] == "decided" or time.perf_counter() - begun > _MOST_SECONDS:
                break
            time.sleep(0.5)
        seconds = time.perf_counter() - begun
        with client.stream("GET", f"/uploads/{upload}/result") as answer:
            lines = sum(part.count(b"\n") for part in answer.iter_bytes())
        _note_peaks(served, peaks)
    note = f"{rows:,} rows of {offset:,} octets, in {sent:.1f} s on the disk; {lines - 1:,} results fetched"
    yield _figure("bulk over HTTP, first octet to last decision", rows / seconds, "rows/s", WANTED, note)
    yield _figure("bulk over HTTP, peak memory of the worker", peaks["worker"], "MiB", None, "")
    yield _figure("bulk over HTTP, peak memory of the follower", peaks["follower"], "MiB", None, "")


def _note_peaks(served: Served, peaks: dict[str, float]) -> None:
    for name, kib in served.processes().items():
        of = name.split()[0]
        peaks[of] = max(peaks.get(of, 0.0), kib / 1024)


def _figure(name: str, value: float, unit: str, target: float | None, note: str) -> dict:
    return {"name": name, "value": value, "unit": unit, "target": target, "note": note}
