"""A million entries verified and proven from; a million rows journalled as acts over batches.

pymerkle (GPL) is an oracle and a measure here, where it was installed by hand: never a dependency.
"""

import importlib.util
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tests.bench.bench_journal import groups
from tests.unit.journal.signing import signing_key
from tidegate.journal import Append, Draft, Key, SqliteJournal, create_journal, verify
from tidegate.journal.batches import attach_batches
from tidegate.journal.checkpoints import Checkpoint, make_checkpoint
from tidegate.journal.proofs import inclusion_holds, inclusion_path
from tidegate.journal.proving import check_entry, prove_entry
from tidegate.journal.tree import grow, leaf_hash, node_number, root_of
from tidegate.journal.trees import stored_nodes

ENTRIES = 1_000_000
ROWS = 1_000_000
PROOFS = 5_000
ROW_PROOFS = 20
BESIDE = 20_000  # leaves in the tree that pymerkle and ours prove from side by side
KEY = signing_key()


def now() -> datetime:
    return datetime.now(UTC)


def figure(name: str, value: float, unit: str, target: float | None = None, note: str = "") -> dict:
    return {"name": name, "value": value, "unit": unit, "target": target, "note": note}


def seconds(begun: float) -> float:
    return time.perf_counter() - begun


def measure() -> Iterator[dict]:
    with tempfile.TemporaryDirectory() as name:
        journal = create_journal(Path(name) / "node", clock=now)
        for first in range(0, ENTRIES, 10_000):
            journal.append(groups(10_000, first))
        checkpoint = make_checkpoint(journal, [KEY])
        begun = time.perf_counter()
        found = verify(journal, against=checkpoint.note, keys=[KEY.verifier])
        took = seconds(begun)
        assert found.ok
        assert found.entries == ENTRIES
        yield figure(f"verified against a checkpoint, {ENTRIES:,} entries", took, "s", 15)
        yield from proofs(journal, checkpoint)
        journal.close()
    yield from beside_pymerkle()
    yield from batches()


def proofs(journal: SqliteJournal, checkpoint: Checkpoint) -> Iterator[dict]:
    positions = [number * 7919 % ENTRIES for number in range(PROOFS)]
    with journal.reading() as connection:
        nodes = stored_nodes(connection)
        leaves = {position: nodes(0, position) for position in positions}
        begun = time.perf_counter()
        paths = [inclusion_path(nodes, position, ENTRIES) for position in positions]
        yield figure(f"inclusion paths from {ENTRIES:,} entries", PROOFS / seconds(begun), "proofs/s")
    begun = time.perf_counter()
    for position, path in zip(positions, paths, strict=True):
        assert inclusion_holds(position, ENTRIES, leaves[position], path, checkpoint.root)
    yield figure("inclusion paths verified", PROOFS / seconds(begun), "proofs/s")
    begun = time.perf_counter()
    files = [prove_entry(journal, position, checkpoint) for position in positions[:1000]]
    yield figure("proofs for strangers written", 1000 / seconds(begun), "proofs/s")
    begun = time.perf_counter()
    for file in files:
        check_entry(file, [KEY.verifier])
    note = "the checkpoint's signature verified each time"
    yield figure("proofs for strangers checked", 1000 / seconds(begun), "proofs/s", note=note)


def beside_pymerkle() -> Iterator[dict]:
    """Prove from one tree in memory with both; their roots and paths must be the same."""
    if importlib.util.find_spec("pymerkle") is None:
        print("  beside pymerkle: not measured, for it is not installed (pip install pymerkle, for one run)")
        return
    pymerkle = importlib.import_module("pymerkle")
    data = [os.urandom(200) for _ in range(BESIDE)]
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for one in data:
        theirs.append_entry(one)
    leaves = [leaf_hash(one) for one in data]
    frontier: list[bytes] = []
    completed = grow(0, frontier, leaves)
    assert theirs.get_state() == root_of(frontier)

    def nodes(level: int, index: int) -> bytes:
        return completed[node_number(level, index)] if level else leaves[index]

    asked = range(0, BESIDE, 40)
    begun = time.perf_counter()
    paths = [inclusion_path(nodes, index, BESIDE) for index in asked]
    ours = seconds(begun)
    begun = time.perf_counter()
    proven = [theirs.prove_inclusion(index + 1, BESIDE) for index in asked]
    other = seconds(begun)
    for path, proof in zip(paths, proven, strict=True):
        assert path == [bytes.fromhex(one) for one in proof.serialize()["path"][1:]]
    note = (
        f"{len(paths) / ours:,.0f} against {len(paths) / other:,.0f} proofs/s, equal paths, {BESIDE:,} leaves"
    )
    yield figure("ratio to pymerkle, proofs from a tree in memory", other / ours, "of pymerkle", note=note)


def parcels(count: int) -> pl.DataFrame:
    """Return low-value consignments as a platform would lodge them."""
    numbers = pl.Series("number", range(count))
    return pl.select(
        mrn=pl.lit("26XA") + numbers.cast(pl.String).str.zfill(14),
        seller=pl.lit("SELLER-") + (numbers % 977).cast(pl.String),
        consignee=pl.lit("PERSON-") + (numbers * 7919 % count).cast(pl.String),
        code=pl.lit("610910") + (numbers % 90 + 10).cast(pl.String),
        origin=pl.lit("CN"),
        value=(numbers % 15_000),
        currency=pl.lit("EUR"),
        kilograms=(numbers % 3_000),
        description=pl.lit("Cotton T-shirt, knitted, size ") + (numbers % 7).cast(pl.String),
    )


def batches() -> Iterator[dict]:
    """Journal a million rows as acts over batches, verify them and prove some."""
    frame = parcels(ROWS)
    with tempfile.TemporaryDirectory() as name:
        journal = create_journal(Path(name) / "node", clock=now)
        begun = time.perf_counter()
        made = attach_batches(journal, frame)
        drafts = [
            Draft(
                kind="declarations.lodged",
                version=1,
                occurred=now(),
                author=Key("operator:PLATFORM"),
                keys=(),
                body=b"{}",
                rows=rows,
            )
            for rows in made
        ]
        journal.append([Append((draft,)) for draft in drafts])
        note = f"{len(made)} acts, durable, each row salted and hashed"
        yield figure(f"journalled as acts over batches, {ROWS:,} rows", seconds(begun), "s", 10, note)
        begun = time.perf_counter()
        assert verify(journal).ok
        yield figure(f"verified, {ROWS:,} rows", seconds(begun), "s")
        checkpoint = make_checkpoint(journal, [KEY])
        begun = time.perf_counter()
        files = [prove_entry(journal, n % len(made), checkpoint, row=n * 997) for n in range(ROW_PROOFS)]
        yield figure("one row proven to a stranger", 1000 * seconds(begun) / ROW_PROOFS, "ms")
        begun = time.perf_counter()
        for file in files:
            check_entry(file, [KEY.verifier])
        yield figure("one row's proof checked", 1000 * seconds(begun) / ROW_PROOFS, "ms")
        journal.close()
