"""A process that lodges once it reads a line: `python -m tests.contract.lodging ENGINE FOLDER NAME COUNT`."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.contract.making import ENGINES, alone
from tidegate.journal import Appended, Key, KeyIsNew


def main() -> None:
    engine, folder, name, count = sys.argv[1:]
    journal = ENGINES[engine].open(Path(folder), lambda: datetime.now(UTC))
    print("ready", flush=True)
    sys.stdin.readline()
    won, lost = {}, {}
    for number in range(int(count)):
        key = f"lrn:XA1:{number}"
        group = alone(key, body=json.dumps(name).encode(), conditions=(KeyIsNew(Key(key)),))
        (outcome,) = journal.append([group])
        if isinstance(outcome, Appended):
            won[key] = outcome.positions[0]
        else:
            lost[key] = outcome.position
    journal.close()
    print(json.dumps({"name": name, "won": won, "lost": lost}))


if __name__ == "__main__":
    main()
