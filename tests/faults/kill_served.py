"""Lodges at a served node from several threads until it is killed: ``python -m tests.faults.kill_served 50``.

Each thread notes the reference of what was acknowledged with 202, and only of that. Afterwards the journal is
read: every reference noted must be there, and no reference twice.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.serving import Served, made, registered
from tests.web.lodging import CONTENT, VENDOR, declaration
from tidegate.acts import DeclarationLodged, decode
from tidegate.journal import open_journal

THREADS = 8
PATIENCE = 30  # seconds for the first answer: on a busy machine a worker is long in opening its node
REFERENCE = r"(KILL|STOP)[0-9]*-[0-9]+-[0-9]+"


def lodge_until_dead(
    served: Served,
    key: str,
    number: str,
    name: str,
    *,
    seconds: float,
    stop: threading.Event | None = None,
    started: bool = False,
) -> set[str]:
    """Lodge at a node, kill it so many seconds after its first answer, and return what was acknowledged.

    With ``stop``, it is left to somebody else to end the node and to set it.
    """
    if not started:
        served.start()
    dead = stop or threading.Event()
    acknowledged: set[str] = set()
    threads = [
        threading.Thread(
            target=_lodge,
            args=(served, key, number, f"{name}-{n}"),
            kwargs={"dead": dead, "acknowledged": acknowledged},
        )
        for n in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    if stop is None:
        end = time.monotonic() + PATIENCE
        while not acknowledged and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(seconds)
        served.kill()
        dead.set()
    for thread in threads:
        thread.join()
    return acknowledged


def _lodge(
    served: Served, key: str, number: str, name: str, *, dead: threading.Event, acknowledged: set[str]
) -> None:
    headers = {"Authorization": f"Bearer {key}", "Accept": VENDOR, "Content-Type": CONTENT}
    with httpx.Client(timeout=10, headers=headers) as client:
        count = 0
        while not dead.is_set():
            count += 1
            lrn = f"{name}-{count}"
            try:
                answer = client.post(
                    f"{served.address}/customs/declarations/", content=declaration(number, lrn=lrn)
                )
            except httpx.HTTPError:
                dead.wait(0.05)
                continue
            if answer.status_code == 202:
                acknowledged.add(lrn)


def references_in(folder: Path) -> list[str]:
    """Return the reference of every declaration in a node's journal, in order."""
    return list(_references(folder))


def _references(folder: Path) -> Iterator[str]:
    journal = open_journal(folder / "journal", clock=lambda: datetime.now(UTC))
    try:
        start = 0
        while entries := journal.read(start, 1000, [DeclarationLodged.KIND]):
            for entry in entries:
                act = decode(entry.kind, entry.version, entry.body)
                yield act.lrn
            start = entries[-1].position + 1
    finally:
        journal.close()


def main(times: int) -> int:
    """Kill a node so often; print what was found, and return 1 where an act is missing or there twice."""
    number = "GB333333333333"
    with tempfile.TemporaryDirectory() as folder:
        node = made(Path(folder) / "node", "demo")
        key = registered(node, number)
        acknowledged: set[str] = set()
        for time_ in range(times):
            acknowledged |= lodge_until_dead(
                Served(node), key, number, f"KILL{time_}", seconds=0.3 + time_ % 7 / 5
            )
            found = references_in(node)
            missing, twice = acknowledged - set(found), len(found) - len(set(found))
            print(
                f"{time_ + 1}: {len(acknowledged)} acknowledged, {len(missing)} missing, {twice} twice",
                flush=True,
            )
            if missing or twice:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
