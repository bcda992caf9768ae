"""Declarations cleared end to end: from files to decided consignments, durable in the journal."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.shared_data import shared_data
from tidegate.node import clear_files, create_node, files_below, open_node

WANTED = 3000
MOMENT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def measure() -> Iterator[dict]:
    """Yield declarations per second through ``clear_files`` on a fresh node, by the size of the batch."""
    data = shared_data()
    if data is None:
        print("  skipped: the shared data is not there")
        return
    with tempfile.TemporaryDirectory() as folder:
        files = _copies(data / "cds" / "scenarios", Path(folder) / "in")
        for batch, share in ((1, 10), (50, 2), (500, 1)):
            part = files[: len(files) // share]
            node_folder = Path(folder) / f"node{batch}"
            create_node(node_folder, "demo", lambda: MOMENT)
            text = (node_folder / "node.toml").read_text()
            (node_folder / "node.toml").write_text(text.replace("batch = 500", f"batch = {batch}"))
            with open_node(node_folder, lambda: MOMENT) as node:
                start = time.perf_counter()
                decided = sum(told.channel is not None for told in clear_files(node, part, MOMENT))
                seconds = time.perf_counter() - start
            yield {
                "name": f"cleared end to end, in batches of {batch}",
                "value": len(part) / seconds,
                "unit": "declarations/s",
                "target": 300 if batch == 500 else None,
                "note": f"{len(part)} CDS declarations, {decided} given a channel",
            }
            shutil.rmtree(node_folder)


def _copies(scenarios: Path, into: Path) -> list[Path]:
    """Write WANTED declarations made from the corpus, each with a reference of its own."""
    into.mkdir()
    tag = b"<FunctionalReferenceID>"
    originals = []
    for path in files_below([scenarios]):
        data = path.read_bytes()
        if tag in data and b"<FunctionCode>9<" in data and b"<TypeCode>COR" not in data:
            originals.append(data)
    written = []
    for number in range(WANTED):
        data = originals[number % len(originals)]
        head, _, rest = data.partition(tag)
        path = into / f"{number:05d}.xml"
        path.write_bytes(head + tag + f"B{number}".encode() + rest[rest.index(b"<") :])
        written.append(path)
    return written
