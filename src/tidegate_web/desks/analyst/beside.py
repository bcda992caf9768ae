"""Work that takes longer than a page may: done by a command beside the pages, which tells how far it is.

What it tells lies in a file of the node's folder, one for each kind of work; the last one asked for stands.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, TypeVar

import msgspec
from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path

FORGOTTEN = 1_800  # seconds after which work that never ended is given up
started: list[subprocess.Popen[bytes]] = []

Told = TypeVar("Told")


def told_file(work: str) -> Path:
    """Return the file in which work of this name tells how far it is, and what it came to."""
    return settings.NODE_FOLDER / f"{work}.json"


def tell(work: str, told: object) -> None:
    """Write how far work is, so that a reader sees all of it or none."""
    path = told_file(work)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(told))
    fresh.replace(path)


def told_last(work: str, kind: type[Told]) -> Told | None:
    """Return what the work that was asked for last told, or None."""
    try:
        return msgspec.json.decode(told_file(work).read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def runs(begun: float, *, done: bool) -> bool:
    """Tell whether work that was begun at a moment is still under way."""
    return not done and time.time() - begun < FORGOTTEN


def start(command: str) -> None:
    """Start a command of ours beside the pages."""
    started[:] = [one for one in started if one.poll() is None]
    environment = {**os.environ, "TIDEGATE_NODE": str(settings.NODE_FOLDER)}
    arguments = [sys.executable, "-m", "tidegate_web.manage", command]
    started.append(
        subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603 - our own program
    )
