"""Two processes lodge, and are killed at any moment: is what they acknowledged there, once, in order?

``python -m tests.faults.kill --times 200 [--seed 1] [--json]``. This process imports everything and opens
nothing; each lodging process is forked from it, opens the node anew, and says on a pipe what was acknowledged
to it. It begins after its last acknowledged declaration, as a declarant would who heard nothing: what was
durable but not acknowledged is lodged again, and must be told with its old position. In one of four times
both are killed, so that the database is recovered by whoever opens it next.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, NoReturn

from tests.faults.lodging import lodge_on, now
from tidegate.journal import verify
from tidegate.node import create_node, open_node

NAMES = ("one", "two")
LARGEST_BATCH = 5
LIFE_SECONDS = (0.005, 0.14)  # between two kills: opening takes some 10 ms, lodging a batch some 15
PATIENCE_SECONDS = 20.0  # for a first acknowledgement, and at the end


class Lodged(NamedTuple):
    """What the journal says of one lodging."""

    position: int
    recorded: datetime
    lrn: str


class Lodger:
    """One declarant: its pipe, what it was acknowledged, and its process while it lives."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.acknowledged: list[tuple[str, int]] = []
        self.lives = 0
        self._out, self._in = os.pipe()
        os.set_blocking(self._out, False)
        self._process = 0

    @property
    def alive(self) -> bool:
        return self._process != 0

    def start(self, seed: int) -> None:
        self.lives += 1
        parent = os.getpid()
        begin = int(self.acknowledged[-1][0].rpartition("-")[2]) + 1 if self.acknowledged else 0
        self._process = os.fork()
        if not self._process:
            self._live(parent, begin, random.Random(f"{seed} {self.name} {self.lives}"))

    def _live(self, parent: int, begin: int, draw: random.Random) -> NoReturn:
        """Lodge until killed; never return into the code of the parent."""
        status = 1
        try:
            with open_node(self.folder, now) as node:
                while os.getppid() == parent:
                    batch = draw.randint(1, LARGEST_BATCH)
                    for lrn, position in lodge_on(node, self.name, begin, batch):
                        # A pipe takes a short line whole or not at all.
                        os.write(self._in, f"{lrn} {position}\n".encode())
                    begin += batch
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is told, and the run fails by it
            os.write(2, f"{self.name}: {error!r}\n".encode())
        finally:
            os._exit(status)

    def kill(self) -> None:
        os.kill(self._process, signal.SIGKILL)
        _, status = os.waitpid(self._process, 0)
        self._process = 0
        self.hear()
        if not os.WIFSIGNALED(status):
            raise RuntimeError(f"{self.name} had ended by itself, see above")

    def hear(self) -> None:
        """Take in what was acknowledged so far."""
        said = b""
        while True:
            try:
                said += os.read(self._out, 65536)
            except BlockingIOError:
                break
        for line in said.decode().splitlines():
            lrn, _, position = line.rpartition(" ")
            self.acknowledged.append((lrn, int(position)))

    def end(self) -> None:
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        os.close(self._out)
        os.close(self._in)


def in_a_child(act: object, *arguments: object) -> None:
    """Call in a process of its own, so that this one opens nothing before it forks."""
    child = os.fork()
    if not child:
        status = 1
        try:
            act(*arguments)
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError(f"{act} failed in its process")


def kill_often(folder: Path, times: int, seed: int) -> dict[str, list[tuple[str, int]]]:
    """Kill lodging processes `times` times; return what each declarant was acknowledged, in order."""
    draw = random.Random(seed)
    lodgers = [Lodger(name, folder) for name in NAMES]
    try:
        for lodger in lodgers:
            lodger.start(seed)
        killed = 0
        while killed < times:
            time.sleep(draw.uniform(*LIFE_SECONDS))
            chosen = lodgers if draw.random() < 0.25 else [draw.choice(lodgers)]
            for lodger in chosen[: times - killed]:
                lodger.kill()
                killed += 1
            for lodger in chosen:
                if not lodger.alive:
                    lodger.start(seed)
        # Both must be able to go on after all that.
        _wait_for_one_more(lodgers)
        for lodger in lodgers:
            lodger.kill()
        return {lodger.name: lodger.acknowledged for lodger in lodgers}
    finally:
        for lodger in lodgers:
            lodger.end()


def _wait_for_one_more(lodgers: Sequence[Lodger]) -> None:
    before = [len(lodger.acknowledged) for lodger in lodgers]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(len(lodger.acknowledged) == had for lodger, had in zip(lodgers, before, strict=True)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"no lodging was acknowledged for {PATIENCE_SECONDS} s after the last restart")
        time.sleep(0.01)
        for lodger in lodgers:
            lodger.hear()


def judge(acknowledged: dict[str, list[tuple[str, int]]], lodged: Iterable[Lodged]) -> dict[str, int]:
    """Compare what was acknowledged with what the journal has; the last three figures must be 0."""
    entries = list(lodged)
    at = {entry.position: entry.lrn for entry in entries}
    said = [one for name in acknowledged for one in acknowledged[name]]
    found = sum(at.get(position) == lrn for lrn, position in said)
    times = Counter(entry.lrn for entry in entries)
    backwards = sum(
        later[1] <= earlier[1] for mine in acknowledged.values() for earlier, later in pairwise(mine)
    )
    backwards += sum(later.recorded < earlier.recorded for earlier, later in pairwise(entries))
    return {
        "acknowledged": len(said),
        "found": found,
        "lost": len(said) - found,
        "twice": sum(count - 1 for count in times.values()),
        "out_of_order": backwards,
    }


def lodged_in(folder: Path) -> tuple[list[Lodged], bool]:
    """Return every lodging of the journal in its order, and whether the journal verifies."""
    found: list[Lodged] = []
    with open_node(folder, now) as node:
        start = 0
        while entries := node.journal.read(start):
            for entry in entries:
                (lrn,) = [key.rpartition(":")[2] for key in entry.keys if key.startswith("lrn:")]
                found.append(Lodged(entry.position, entry.recorded, lrn))
            start = entries[-1].position + 1
        return found, verify(node.journal).ok


def run(times: int, seed: int) -> dict[str, object]:
    """Make a node, lodge on it under fire, and return the figures."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "node"
        in_a_child(create_node, folder, "demo", now)
        acknowledged = kill_often(folder, times, seed)
        lodged, verified = lodged_in(folder)
    return {"times": times, **judge(acknowledged, lodged), "verified": verified}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one object, instead of a line for people")
    wanted = parser.parse_args(arguments)
    result = run(wanted.times, wanted.seed)
    good = bool(
        result["verified"]
        and result["acknowledged"] == result["found"] > 0
        and not (result["lost"] or result["twice"] or result["out_of_order"])
    )
    if wanted.json:
        print(json.dumps(result))
    else:
        print(
            "Killed {times} times: {acknowledged} lodgings acknowledged, {found} found, {lost} lost, "
            "{twice} twice, {out_of_order} out of order; ".format(**result)
            + ("the journal verifies." if result["verified"] else "the journal does NOT verify.")
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
