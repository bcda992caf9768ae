"""A node with many consignments, made once and kept: filled, its tables folded, served.

``python -m tests.bench.pages_node FOLDER fold READER...`` folds tables; ``... FOLDER follow`` keeps all of
them up to the journal until it is told to stop, as the follower of a served node does beside deciding.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tests.bench.pages_ask import Asker
from tests.bench.pages_fill import TRADER, fill, mrn_of
from tests.bench.pages_fill_entries import fill_entries
from tests.bench.pages_fill_past import fill_past
from tests.serving import registered
from tidegate.journal import Key, follow
from tidegate.journal.tables import Followed, begin_tables, held, open_tables, path_of, transaction
from tidegate.node import Node, create_node, open_node, read_configuration
from tidegate.node.configuration import write_configuration

_BATCH = 10_000
_PATIENCE = 30.0
_LOOK_SECONDS = 0.05
_APART = ("insight",)  # folded beside the others: half of the work
_ENTRIES = 10  # consignments for each entry summary declaration


def now() -> datetime:
    """Return the moment."""
    return datetime.now(UTC)


def prepared(folder: Path, consignments: int) -> Iterator[dict]:
    """Make a node with so many consignments, or go on with the one that is there; yield what it took."""
    if not (folder / "bench.json").exists():
        yield from _filled(folder, consignments)
    began = time.perf_counter()
    processes = [_fold(folder, _APART), _fold(folder, ())]
    for process in processes:
        if process.wait() != 0:
            raise RuntimeError("the tables could not be folded")
    took = time.perf_counter() - began
    yield {"name": "tables folded, where they were not", "value": took, "unit": "s", "target": 900}


def told(folder: Path) -> dict:
    """Return what is known of a prepared node: how many consignments, one of each kind, a trader's key."""
    return json.loads((folder / "bench.json").read_text())


def _filled(folder: Path, consignments: int) -> Iterator[dict]:
    create_node(folder, "demo", now)
    configuration = read_configuration(folder)
    write_configuration(folder, msgspec.structs.replace(configuration, demonstration=True))
    environment = {**os.environ, "TIDEGATE_NODE": str(folder.resolve())}
    key = registered(folder, TRADER)
    subprocess.run(
        [sys.executable, "-m", "tidegate_web.manage", "demonstrate", TRADER], env=environment, check=True
    )
    with open_node(folder, now) as node:
        start = time.perf_counter()
        samples, own = fill(node, consignments, now())
        fill_entries(node, consignments // _ENTRIES, now())
        took = time.perf_counter() - start
        acts = node.journal.size
        position = node.journal.about(Key(f"mrn:{mrn_of(consignments // 2)}"))[0].position
        note = f"{consignments:,} consignments, {acts:,} acts in {took:.0f} s"
        _at_head(node)
        fill_past(node, consignments, now())
    made = {"consignments": consignments, "samples": samples, "own": own, "key": key, "position": position}
    (folder / "bench.json").write_text(json.dumps(made))
    yield {"name": "acts appended", "value": acts / took, "unit": "acts/s", "note": note}


def _at_head(node: Node) -> None:
    """Let responders begin where the fill ends: what it appended was decided on by itself."""
    for one in node.responders:
        path = path_of(one.name, node.working_tables)
        state = Followed("responder", one.name, one.version, node.journal.size)
        with (
            closing(open_tables(path, _PATIENCE)) as connection,
            held(path, _PATIENCE),
            transaction(connection),
        ):
            begin_tables(connection, one.schema, state)


def _fold(folder: Path, names: tuple[str, ...]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.bench.pages_node", str(folder), "fold", *names]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2])


@contextmanager
def served(folder: Path, *, workers: int = 1, following: bool = False) -> Iterator[tuple[int, list[int]]]:
    """Serve the pages; yields the port and the processes that answer.

    Nothing is decided meanwhile; ``following``: tables are kept up to what others append.
    """
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {**os.environ, "TIDEGATE_NODE": str(folder.resolve())}
    commands = [[sys.executable, "-m", "tidegate_web.serving", "127.0.0.1", str(port), str(workers)]]
    if following:
        commands.append([sys.executable, "-m", "tests.bench.pages_node", str(folder), "follow"])
    with (folder.parent / "served.log").open("wb") as log, contextlib.ExitStack() as stack:
        for command in commands:
            stack.enter_context(_running(command, environment, log))
        _wait(port)
        yield port, _workers(port)


@contextmanager
def _running(command, environment, log) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, env=environment, stdout=log, stderr=log, cwd=Path(__file__).parents[2]
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if Asker(port).get("/ready")[0] == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("the pages are not served")


def _workers(port: int) -> list[int]:
    """Return the processes that serve a port: the server's own, and its workers."""
    found = []
    for place in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            words = (place / "cmdline").read_bytes().split(b"\0") if place.name.isdigit() else []
            if b"tidegate_web.serving" in words and str(port).encode() in words:
                found.append(int(place.name))
    return found


def _main(folder: Path, what: str, names: list[str]) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with open_node(folder, now) as node:
        if what == "fold":
            chosen = [one for one in node.readers if (one.name in names if names else one.name not in _APART)]
            for reader in chosen:
                follow(node.journal, reader, node.read_tables, batch=_BATCH)
        size = -1
        while what == "follow" and not stop.is_set():
            before = node.journal.size
            if before == size:
                stop.wait(_LOOK_SECONDS)
                continue
            for reader in node.readers:
                follow(node.journal, reader, node.read_tables)
            size = before


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
