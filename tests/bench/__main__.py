"""Measures, prints the figures beside their targets, and writes them to bench-results/ as JSON.

``python -m tests.bench`` runs everything; ``python -m tests.bench journal cli`` runs the modules named.
"""

import importlib
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE.parent.parent / "bench-results"


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    cpu, memory = "", 0
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_mib": memory,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def main(wanted: list[str]) -> int:
    """Run the benchmarks and return how many targets were missed."""
    names = sorted(path.stem for path in HERE.glob("bench_*.py"))
    names = [name for name in names if not wanted or name.removeprefix("bench_") in wanted]
    figures, missed = [], 0
    for name in names:
        start = time.perf_counter()
        print(f"\n{name.removeprefix('bench_')}", flush=True)
        for figure in importlib.import_module(f"tests.bench.{name}").measure():
            figures.append({"bench": name, **figure})
            target = figure.get("target")
            lower = str(figure["unit"]).startswith(("s", "ms", "MiB"))
            met = target is None or (figure["value"] <= target if lower else figure["value"] >= target)
            missed += not met
            aim = "" if target is None else f"  (to reach {target:,}{'' if met else ': MISSED'})"
            note = f"  {figure['note']}" if figure.get("note") else ""
            print(f"  {figure['name']:<55} {figure['value']:>14,.6g} {figure['unit']}{aim}{note}", flush=True)
        print(f"  ({time.perf_counter() - start:.1f} s)")
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    found = {"measured": now.isoformat(), "machine": machine(), "figures": figures}
    path.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(f"\n{len(figures)} figures, {missed} targets missed; written to {path.relative_to(RESULTS.parent)}")
    return missed


if __name__ == "__main__":
    main(sys.argv[1:])
