"""Nodes for the tests of faults, and what is asked about them afterwards."""

import hashlib
import re
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.lodging import now
from tidegate.journal import Verification, digest, open_journal, verify
from tidegate.node import create_node

_EFFECTIVE = re.compile(rb'"effective":"[^"]*",?')  # when a notice says that something took effect


def made(folder: Path) -> Path:
    create_node(folder, "demo", now)
    return folder


def run(module: str, *arguments: object, check: bool = True) -> subprocess.CompletedProcess:
    """Run a module of this folder as a process of its own, for at most a minute."""
    command = [sys.executable, "-m", f"tests.faults.{module}", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=check, timeout=60)


def verified(folder: Path) -> Verification:
    with closing(open_journal(folder / "journal", clock=now, read_only=True)) as journal:
        return verify(journal)


def entries(folder: Path):
    with closing(open_journal(folder / "journal", clock=now, read_only=True)) as journal:
        return journal.read(limit=1_000_000)


def lodged_in(folder: Path) -> dict[int, str]:
    """Return the LRN of each lodging by its position."""
    return {
        entry.position: next(key for key in entry.keys if key.startswith("lrn:")).rpartition(":")[2]
        for entry in entries(folder)
        if entry.kind == "declaration.lodged"
    }


def fill(path: Path) -> None:
    """Write a file until the disk is full."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass


def story(folder: Path) -> list[tuple]:
    """Return what was said, without times: kind, keys that are no pseudonyms, body of each entry."""
    return [(entry.kind, entry.keys, _EFFECTIVE.sub(b"", entry.body or b"")) for entry in entries(folder)]


def tables_of(folder: Path) -> dict[str, str]:
    """Return the digests of the tables of readers and responders."""
    import apsw  # noqa: PLC0415 - the processes that import this module for the rest need none

    found = {}
    for path in sorted(folder.glob("re*/*.sqlite")):
        with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
            found[str(path.relative_to(folder))] = digest(connection)
    return found


def content(folder: Path) -> dict[str, str]:
    """Return the digest of every file, but for the index that SQLite keeps of its log while it reads."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm") and path.stat().st_size
    }


@contextmanager
def disk(folder: Path, size: str):
    """Lend a small disk of its own, mounted at `folder`; it skips the test where mounting is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a disk cannot be mounted here: it takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)
