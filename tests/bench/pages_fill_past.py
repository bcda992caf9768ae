"""Fills what a node remembers of the goods that were declared last, as its responder would have kept it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import apsw

from tests.bench.pages_fill import DAYS, mrn_of, sampled
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.declarations.messages import read_message
from tidegate.journal.tables import path_of
from tidegate.risk.history import packed, trader_of

_REMEMBERED = 100_000
_CONTROLLED, _IRREGULAR = 20, 80  # of so many consignments one was controlled, and one not as declared


def fill_past(node, consignments: int, until: datetime) -> None:
    """Write the goods of what was lodged last into the responder's tables, with results of controls."""
    lodged = [
        Lodged(str(n), until, read_message(one.xml).declaration) for n, one in enumerate(sampled(until))
    ]
    kept = list(packed(goods_item_frame(lodged)).values())
    with closing(apsw.Connection(str(path_of("clearance", node.working_tables)))) as tables, tables:
        statement = "INSERT OR REPLACE INTO past VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        tables.executemany(statement, _rows(consignments, until, kept))
        tables.execute("UPDATE epoch SET day = ?", (until.date().isoformat(),))


def _rows(consignments: int, until: datetime, kept: list[bytes]) -> Iterator[tuple[object, ...]]:
    step = timedelta(days=DAYS) / consignments
    for number in range(max(0, consignments - _REMEMBERED), consignments):
        day = (until - step * (consignments - number)).date().isoformat()
        items = kept[number % len(kept)]
        controlled = number % _CONTROLLED == 0
        known, irregular = (day, number % _IRREGULAR == 0) if controlled else (None, None)
        yield mrn_of(number), day, known, irregular, trader_of(items), 0.1, "M1", items
