"""Load on a served node: published declarations, each lodged under a reference of its own, by wrk."""

import json
import re
import shutil
import subprocess
import time
from itertools import count
from pathlib import Path

from tests.serving import Served
from tests.shared_data import shared_data
from tidegate.declarations.messages import read_message
from tidegate.operators import stated_in

SCRIPT = Path(__file__).with_name("door.lua")
NUMBER = "GB123456789012"
_GB = re.compile(r"GB[0-9]{12}")
_LRN = re.compile(r"(<FunctionalReferenceID>)[^<]*")
_names = count(1)


def wrk() -> str | None:
    """Return where wrk is, or None where it is not installed."""
    return shutil.which("wrk")


def declarations(folder: Path, most: int = 40) -> list[Path]:
    """Write published import declarations as those of one operator; returns the files."""
    folder.mkdir(exist_ok=True)
    found = []
    for path in sorted((shared_data() / "cds" / "scenarios").glob("TT_IM*/*.xml")):
        text = _GB.sub(NUMBER, path.read_text(encoding="utf-8"))
        declaration = read_message(text.encode()).declaration
        if declaration is None or declaration.request != "declaration" or len(found) >= most:
            continue
        if {*stated_in(declaration, "import").principals, NUMBER} != {NUMBER}:
            continue  # it is for somebody else, whom the one operator may not act for
        to = folder / path.name
        to.write_text(_LRN.sub(r"\g<1>@LRN@", text, count=1), encoding="utf-8")
        found.append(to)
    return found


def load(
    served: Served, key: str, files: list[Path], *, seconds: int, connections: int, pause: int = 0
) -> dict:
    """Lodge for so many seconds; returns what wrk measured: requests, seconds, latencies in ms, errors."""
    named = [key, f"L{next(_names)}-", str(pause), *map(str, files)]
    how = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT)]
    run = subprocess.run(
        [wrk(), *how, served.address, "--", *named],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    line = next(line for line in run.stdout.splitlines() if line.startswith("JSON "))
    return json.loads(line.removeprefix("JSON "))


def caught_up(served: Served, most: float = 120) -> float:
    """Return how many seconds customs took to hear everything."""
    start = time.monotonic()
    while served.unheard() > 0 and time.monotonic() - start < most:
        time.sleep(0.1)
    return time.monotonic() - start
