"""Reads what strace saw of a lodging process: was everything an acknowledgement promises durable before it?

A file is unsafe from a write to it until a synchronisation of it has returned; a folder is unsafe from a
renaming into it, a folder made in it, or the first bytes of a new write-ahead log, until it is synchronised.
At the moment of an acknowledgement no file or folder of the journal may be unsafe, the log must have got a
frame with the acknowledged LRN, and as many attachments must have got their names as there were
acknowledgements. The journal is new: the process that is traced makes its log.

``python -m tests.faults.tracing [--synchronous OFF]`` traces one run and says what it saw; the exit status
is 1 where an acknowledgement came too early, as it must with ``OFF``.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.faults.lodging import now
from tidegate.node import create_node

COUNT, BATCH = 12, 3

CALLS = (
    "write,writev,pwrite64,pwritev,pwritev2,fdatasync,fsync,sync_file_range,"
    "rename,renameat,renameat2,link,linkat,mkdir,mkdirat,ftruncate"
)
LONGEST_STRING = 9000  # a page of the database is seen whole
LINE = re.compile(r"^\d+ +(?:<\.\.\. )?(?P<call>\w+)(?P<rest>.*)$")
FILE = re.compile(r"\(?\d+<(?P<path>[^>]*)>")
PATHS = re.compile(r'(?:^\(|, )"(?P<path>[^"]*)"')
ACKNOWLEDGED = re.compile(r'^\(1<[^>]*>, "(?P<lrn>[^ "]+) \d+\\n"')
WRITES = frozenset({"write", "writev", "pwrite64", "pwritev", "pwritev2"})
SYNCS = frozenset({"fdatasync", "fsync"})


def trace_of(folder: Path, *options: str) -> tuple[list[str], Path]:
    """Return what strace saw of a process that lodges on a new node, and the folder of the node's journal."""
    node, seen = folder / "node", folder / "trace"
    create_node(node, "demo", now)
    done = subprocess.run(
        [
            *("strace", "-f", "-y", "--seccomp-bpf", "-qq", "-e", "signal=none", "-s", str(LONGEST_STRING)),
            *("-e", f"trace={CALLS}", "-o", str(seen)),
            *(sys.executable, "-m", "tests.faults.lodging", str(node), "one", str(COUNT), str(BATCH)),
            *options,
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    if done.stdout.split()[::2] != [f"one-{n}" for n in range(COUNT)]:
        raise RuntimeError(f"the process that was traced said {done.stdout!r}")
    return seen.read_text(encoding="utf-8", errors="replace").splitlines(), node / "journal"


def broken_promises(lines: Iterable[str], journal: Path) -> list[str]:
    """Return, for each acknowledgement that came too early, what was not yet durable."""
    reader = _Trace(journal)
    for line in lines:
        reader.take(line)
    return reader.broken


class _Trace:
    def __init__(self, journal: Path) -> None:
        self.journal = str(journal)
        self.log = f"{journal}/journal.sqlite-wal"
        self.unsafe: set[str] = set()
        self.begun: dict[str, str] = {}
        self.logged = ""
        self.named = self.acknowledged = 0
        self.broken: list[str] = []

    def take(self, line: str) -> None:
        match = LINE.match(line)
        if match is None:
            return
        call, rest = match["call"], match["rest"]
        process = line.split(" ", 1)[0]
        if rest.endswith("<unfinished ...>"):
            self.begun[process] = rest
            # A write counts from its beginning, everything else from its end.
            if call in WRITES:
                self._written(rest)
            return
        if line[len(process) :].lstrip().startswith("<..."):
            rest = self.begun.pop(process, "") + rest
        if re.search(r"= -1 E", rest):
            return
        if call in WRITES:
            self._written(rest)
        elif call in SYNCS:
            self.unsafe.discard(FILE.match(rest)["path"])
        elif call.startswith(("rename", "link", "mkdir")):
            self._named(call, [found["path"] for found in PATHS.finditer(rest)])

    def _written(self, rest: str) -> None:
        said = ACKNOWLEDGED.match(rest)
        if said is not None:
            self._acknowledged(said["lrn"])
            return
        path = FILE.match(rest)["path"]
        # The index of the log is rebuilt from the log; nothing depends on its being durable.
        if path.startswith(self.journal) and not path.endswith("-shm"):
            self.unsafe.add(path)
            if path == self.log:
                if not self.logged:
                    self.unsafe.add(self.journal)
                self.logged += rest

    def _named(self, call: str, paths: list[str]) -> None:
        if not paths[-1].startswith(self.journal):
            return
        self.unsafe.add(str(Path(paths[-1]).parent))
        if call.startswith("rename"):
            self.named += 1
            if paths[0] in self.unsafe:
                self.unsafe.remove(paths[0])
                self.unsafe.add(paths[-1])

    def _acknowledged(self, lrn: str) -> None:
        self.acknowledged += 1
        missing = sorted(path.removeprefix(self.journal) or "/" for path in self.unsafe)
        if not re.search(rf'{re.escape(lrn)}\\"', self.logged):
            missing.append("a frame with the LRN")
        if self.named < self.acknowledged:
            missing.append("the name of its attachment")
        if missing:
            self.broken.append(f"{lrn} was acknowledged before {', '.join(missing)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--synchronous", default="FULL", choices=["FULL", "OFF"])
    with tempfile.TemporaryDirectory() as folder:
        broken = broken_promises(*trace_of(Path(folder), "--synchronous", parser.parse_args().synchronous))
    print("\n".join(broken))
    print(f"{COUNT} acknowledgements, {len(broken)} of them before their bytes were durable.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
