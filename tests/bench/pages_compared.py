"""The same figures asked of raw rows: what somebody would do with the acts in one table and SQL.

One row a consignment, as a data browser over an export would have it: nothing is kept while acts come, and
no index is in the order that is asked for.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw

from tests.bench.pages_node import now, told
from tidegate.clearance import queue, queue_counts
from tidegate.insight import Span, release_times
from tidegate.journal import tables
from tidegate.node import open_node

_TIMES = 20
# The queue from rows alone: what is open, by deadline, and how many of each kind.
_QUEUE = """
SELECT mrn, office, channel, lodged FROM consignments WHERE state = 'under_control'
ORDER BY lodged LIMIT 51
"""
_COUNTS = "SELECT state, channel, count(*) FROM consignments GROUP BY state, channel"
# Release times of a year by office: every consignment's time, sorted within its office.
_RELEASE = """
SELECT office, count(*), max(took) FILTER (WHERE part <= 0.5), max(took) FILTER (WHERE part <= 0.9), avg(took)
FROM (
    SELECT office, released - lodged AS took,
        percent_rank() OVER (PARTITION BY office ORDER BY released - lodged) AS part
    FROM cases WHERE released BETWEEN ? AND ?
) GROUP BY office
"""


def compared(folder: Path) -> Iterator[dict]:
    """Yield milliseconds of two questions, of the tables that are kept and of raw rows, and their ratio."""
    today = now().date()
    span = Span(today.replace(year=today.year - 1), today)
    with open_node(folder, now) as node:
        clearance, insight = (
            tables(node.reader(name), node.read_tables) for name in ("clearance", "insight")
        )
        with closing(clearance), closing(insight):
            kept = _best(lambda: (queue(clearance, limit=51), queue_counts(clearance)), _TIMES)
            raw = _best(lambda: (_all(clearance, _QUEUE), _all(clearance, _COUNTS)), 3)
            yield from _figures("the queue with its counts", kept, raw, told(folder)["consignments"])
            kept = _best(lambda: release_times(insight, span, by="office", whole_alone=True), _TIMES)
            raw = _best(lambda: _all(insight, _RELEASE, span.seconds()), 1)
            yield from _figures("release times of a year by office", kept, raw, told(folder)["consignments"])


def _all(connection: apsw.Connection, sql: str, values: tuple[int, ...] = ()) -> list[tuple[object, ...]]:
    return connection.execute(sql, values).fetchall()


def _best(ask, times: int) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        ask()
        best = min(best, (time.perf_counter() - start) * 1000)
    return best


def _figures(name: str, kept: float, raw: float, consignments: int) -> Iterator[dict]:
    note = f"{raw:.0f} ms by SQL over {consignments:,} rows; {raw / kept:.0f} times"
    yield {"name": f"{name}, from kept tables", "value": kept, "unit": "ms", "note": note}
