"""What an operator hears: its notices from the reader's table, its own and those of whom it acts for."""

from __future__ import annotations

import time
from contextlib import closing
from heapq import merge
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, TypeVar

from tidegate.clearance import ClearanceReader
from tidegate.journal import TablesMissingError, TablesOutdatedError, tables
from tidegate.notices import NoticesReader, last_notices_of, notices_about_declaration, notices_of
from tidegate_web.node import node

if TYPE_CHECKING:
    from collections.abc import Callable

    import apsw

    from tidegate.notices import Notice
    from tidegate_web.access.guard import Client

T = TypeVar("T")

MOST_WAITED = 25.0  # seconds that a request may wait for news
_LOOK_SECONDS = 0.1
# Threads that wait for news hold none of those that take in; who finds none free is answered at once.
_WAITING = BoundedSemaphore(12)


def numbers_of(client: Client) -> list[str]:
    """Return the numbers that a client hears for: its operator's, and those it may act for."""
    return sorted(client.numbers)


def notices(client: Client, cursor: int, limit: int) -> list[Notice]:
    """Return up to ``limit`` notices of a client's numbers from a cursor on, in their order."""
    numbers = numbers_of(client)
    return _asked(NoticesReader(), lambda table: _merged(table, numbers, cursor, limit), [])


def _merged(table: apsw.Connection, numbers: list[str], cursor: int, limit: int) -> list[Notice]:
    pages = [notices_of(table, number, cursor, limit).notices for number in numbers]
    return list(merge(*pages, key=lambda one: one.position))[:limit]


def notices_before(client: Client, end: int, limit: int) -> list[Notice]:
    """Return the last ``limit`` notices of a client's numbers before a position, in their order."""
    numbers = numbers_of(client)

    def ask(table: apsw.Connection) -> list[Notice]:
        pages = [last_notices_of(table, number, end, limit) for number in numbers]
        return list(merge(*pages, key=lambda one: one.position))[-limit:] if limit > 0 else []

    return _asked(NoticesReader(), ask, [])


def notices_about(client: Client, mrn: str) -> list[Notice]:
    """Return the notices about a declaration that tell one of a client's numbers, in their order."""
    found = _asked(NoticesReader(), lambda table: notices_about_declaration(table, mrn), ())
    numbers = numbers_of(client)
    return [one for one in found if one.act.operator in numbers]


def folded() -> int:
    """Return how far consignments are folded: before this position, nothing is waited for."""
    return _asked(ClearanceReader(), lambda table: int(table.execute("SELECT position FROM followed").get), 0)


def heard() -> int:
    """Return how far notices are folded: every notice before this position is there to be read."""
    return _asked(NoticesReader(), lambda table: int(table.execute("SELECT position FROM followed").get), 0)


def wait_for(seconds: float, found: Callable[[], T], *, enough: Callable[[T], bool]) -> T:
    """Ask again and again until what is found is enough, for at most so many seconds.

    Where too many wait already, what is found at once is returned.
    """
    end = time.monotonic() + min(seconds, MOST_WAITED)
    now = found()
    if enough(now) or seconds <= 0 or not _WAITING.acquire(blocking=False):
        return now
    try:
        while not enough(now) and time.monotonic() < end:
            time.sleep(_LOOK_SECONDS)
            now = found()
    finally:
        _WAITING.release()
    return now


def _asked(reader: NoticesReader | ClearanceReader, ask: Callable[[apsw.Connection], T], nothing: T) -> T:
    """Return what a reader's table says; nothing where the follower has not made the table yet."""
    try:
        connection = tables(reader, node().read_tables)
    except (TablesMissingError, TablesOutdatedError):
        return nothing
    with closing(connection):
        return ask(connection)
