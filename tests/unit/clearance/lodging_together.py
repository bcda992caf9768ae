"""Lodges once it reads a line: `python -m tests.unit.clearance.lodging_together FOLDER NAME`."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.unit.clearance.making import KEY, PRICE, lodging
from tidegate.clearance import lodge
from tidegate.journal import open_journal

REFERENCES = [f"TOGETHER-{number}" for number in range(25)]


def main() -> None:
    folder, name = sys.argv[1:]
    price = {PRICE: f"{len(name) * 100}.00 EUR"}  # so that the two lodge different bytes
    prepared = [lodging(lrn, price) for lrn in REFERENCES]
    journal = open_journal(Path(folder), clock=lambda: datetime.now(UTC))
    print("ready", flush=True)
    sys.stdin.readline()
    told = {}
    for one in prepared:
        (receipt,) = lodge(journal, [one], country="XA", key=KEY)
        told[one.lrn] = [receipt.mrn, receipt.position, receipt.finding and receipt.finding.values["mrn"]]
    journal.close()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
