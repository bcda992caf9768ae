"""Whole lives: lodged, registered or accepted, arrived, told of at each step, dwelt, cleared."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.bench_clearance import _copies
from tests.shared_data import shared_data
from tidegate.clearance import arrive, consignment_now
from tidegate.node import clear_files, create_node, open_node

LIVES = 1_000
MOMENT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def measure() -> Iterator[dict]:
    """Yield whole lives per second at the United Kingdom, notifications and all."""
    data = shared_data()
    if data is None:
        print("  skipped: the shared data is not there")
        return
    with tempfile.TemporaryDirectory() as folder:
        files = _copies(data / "cds" / "scenarios", Path(folder) / "in")[:LIVES]
        create_node(Path(folder) / "node", "uk", lambda: MOMENT, data=data)
        with open_node(Path(folder) / "node", lambda: MOMENT, trade_test=True) as node:
            start = time.perf_counter()
            numbers = [told.mrn for told in clear_files(node, files, MOMENT) if told.mrn]
            for mrn in numbers:
                if consignment_now(node.journal, mrn)[0].state == "registered":
                    arrive(node.journal, mrn, MOMENT + timedelta(minutes=1), "carrier", acknowledged=True)
            node.let_time_pass(MOMENT + timedelta(minutes=10))
            seconds = time.perf_counter() - start
            states = Counter(consignment_now(node.journal, mrn)[0].state for mrn in numbers)
            told = len(node.journal.read(0, 1_000_000, {"notice.issued"}))
    yield {
        "name": "whole lives, with every notification",
        "value": len(files) / seconds,
        "unit": "lives/s",
        "note": f"{len(files)} declarations, {told} notifications, {dict(states)}",
    }
