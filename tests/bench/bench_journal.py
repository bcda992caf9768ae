"""Entries appended durably with bodies of 1 KB, beside SQLite alone with the same bytes; verification."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import apsw

from tidegate.journal import Append, Draft, Key, KeyIsNew, SqliteJournal, create_journal, verify

# (entries in a call, entries in all)
RUNS = ((1, 3_000), (100, 40_000), (1_000, 100_000))
TARGETS = {1_000: 40_000}
VERIFIED = 200_000
# A million in 15 seconds is the aim of the whole journal; this many have their share of it.
VERIFY_TARGET = 15 * VERIFIED / 1_000_000


def now() -> datetime:
    return datetime.now(UTC)


def groups(count: int, first: int = 0) -> list[Append]:
    """Return `count` declarations lodged under the condition that their reference is new."""
    body = os.urandom(512).hex().encode()
    occurred = now()
    found = []
    for number in range(first, first + count):
        reference = Key(f"lrn:XA{number % 977:06d}:REF-{number}")
        draft = Draft(
            kind="declaration.lodged",
            version=1,
            occurred=occurred,
            author=Key(f"operator:XA{number % 977:06d}"),
            keys=(Key(f"mrn:26XA{number:014d}"), reference),
            body=body,
        )
        found.append(Append((draft,), (KeyIsNew(reference),)))
    return found


def appended(journal: SqliteJournal, calls: Sequence[Append], batch: int) -> float:
    """Return the seconds that appending takes."""
    begun = time.perf_counter()
    for at in range(0, len(calls), batch):
        journal.append(calls[at : at + batch])
    return time.perf_counter() - begun


def raw(folder: Path, rows: list[tuple[int, bytes, bytes]], batch: int) -> float:
    """Return the seconds that SQLite alone needs for these bytes in one table, as durable."""
    connection = apsw.Connection(str(folder / "raw.sqlite"))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE entries (position INTEGER PRIMARY KEY, envelope BLOB, body BLOB)")
    begun = time.perf_counter()
    for at in range(0, len(rows), batch):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows[at : at + batch])
        connection.execute("COMMIT")
    seconds = time.perf_counter() - begun
    connection.close()
    return seconds


def measure() -> Iterator[dict]:
    for batch, count in RUNS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            journal = create_journal(folder / "node", clock=now)
            seconds = appended(journal, groups(count), batch)
            with journal.reading() as connection:
                rows = list(
                    connection.execute(
                        "SELECT position, envelope, body FROM entries JOIN bodies USING (position)"
                    )
                )
            journal.close()
            alone = raw(folder, rows, batch)
        what = f"durable, conditional, bodies of 1 KB, batch {batch:,}"
        yield {
            "name": f"appended, {what}",
            "value": count / seconds,
            "unit": "entries/s",
            "target": TARGETS.get(batch),
            "note": f"SQLite alone, same bytes: {count / alone:,.0f} rows/s",
        }
        yield {
            "name": f"ratio to SQLite alone, batch {batch:,}",
            "value": alone / seconds,
            "unit": "of raw inserts",
            "target": None,
            "note": "one table without indexes, tree or conditions",
        }
    yield verification()


def verification() -> dict:
    """Return the seconds that verifying takes."""
    with tempfile.TemporaryDirectory() as name:
        journal = create_journal(Path(name) / "node", clock=now)
        for first in range(0, VERIFIED, 10_000):
            appended(journal, groups(10_000, first), 10_000)
        begun = time.perf_counter()
        found = verify(journal)
        seconds = time.perf_counter() - begun
        journal.close()
    assert found.ok
    assert found.entries == VERIFIED
    return {
        "name": f"verified, {VERIFIED:,} entries",
        "value": seconds,
        "unit": "s",
        "target": VERIFY_TARGET,
        "note": f"{VERIFIED / seconds:,.0f} entries/s",
    }
