"""How long a person waits for the command line."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

TIMES = 15


def measure() -> Iterator[dict]:
    """Yield the start of ``tidegate --help``, beside an interpreter that does nothing."""
    tidegate = str(Path(sys.executable).with_name("tidegate"))
    nothing = _median([sys.executable, "-c", "pass"])
    found = _median([tidegate, "--help"])
    yield {"name": "python -c pass", "value": nothing, "unit": "ms", "target": None, "note": "for comparison"}
    yield {
        "name": "tidegate --help",
        "value": found,
        "unit": "ms",
        "target": 200,
        "note": f"median of {TIMES}",
    }


def _median(command: list[str]) -> float:
    times = []
    for _ in range(TIMES + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:])
