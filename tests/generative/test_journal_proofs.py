"""Proofs of any tree hold, and nothing that was changed does."""

import json

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.making import Clock, alone
from tidegate.journal import Key, create_journal, verify
from tidegate.journal.batches import attach_batches, prove_row, rows_frame, stored_rows
from tidegate.journal.erasure import Wanted, erase
from tidegate.journal.proofs import (
    consistency_holds,
    consistency_path,
    inclusion_holds,
    inclusion_path,
    root_at,
)
from tidegate.journal.rows import row_holds
from tidegate.journal.tree import grow, leaf_hash, node_number

SIZES = st.integers(1, 400)


def tree(count):
    leaves = [leaf_hash(b"%d" % number) for number in range(count)]
    completed = grow(0, [], leaves)
    return leaves, lambda level, index: completed[node_number(level, index)] if level else leaves[index]


LEAVES, NODES = tree(400)


def flipped(data, value):
    """Return the bytes with one bit changed."""
    at, bit = data.draw(st.integers(0, len(value) - 1)), data.draw(st.integers(0, 7))
    return value[:at] + bytes([value[at] ^ (1 << bit)]) + value[at + 1 :]


def damaged(data, path):
    """Return the path with a bit changed, a hash lost, added, or two exchanged."""
    how = data.draw(st.sampled_from(["bit", "lost", "added", "exchanged"] if path else ["added"]))
    at = data.draw(st.integers(0, max(0, len(path) - 1)))
    if how == "bit":
        return [*path[:at], flipped(data, path[at]), *path[at + 1 :]]
    if how == "lost":
        return path[:at] + path[at + 1 :]
    if how == "exchanged" and len(path) > 1:
        return [*path[1:], path[0]]
    return [*path[:at], data.draw(st.binary(min_size=32, max_size=32)), *path[at:]]


@given(SIZES, st.data())
def test_an_inclusion_proof_holds_and_with_anything_changed_it_does_not(size, data):
    index = data.draw(st.integers(0, size - 1))
    root, path = root_at(NODES, size), inclusion_path(NODES, index, size)
    assert inclusion_holds(index, size, LEAVES[index], path, root)
    assert not inclusion_holds(index, size, LEAVES[index], damaged(data, path), root)
    assert not inclusion_holds(index, size, flipped(data, LEAVES[index]), path, root)
    assert not inclusion_holds(index, size, LEAVES[index], path, flipped(data, root))
    other = data.draw(st.integers(-5, size + 5).filter(lambda number: number != index))
    assert not inclusion_holds(other, size, LEAVES[index], path, root)


@given(SIZES, st.data())
def test_a_path_fits_no_size_for_which_a_path_is_longer_or_shorter(size, data):
    index = data.draw(st.integers(0, size - 1))
    root, path = root_at(NODES, size), inclusion_path(NODES, index, size)
    for other in range(index + 1, 400):
        if len(inclusion_path(NODES, index, other)) != len(path):
            assert not inclusion_holds(index, other, LEAVES[index], path, root)


@given(SIZES, st.data())
def test_a_consistency_proof_holds_and_with_anything_changed_it_does_not(second, data):
    first = data.draw(st.integers(1, second))
    roots = root_at(NODES, first), root_at(NODES, second)
    path = consistency_path(NODES, first, second)
    assert consistency_holds(first, second, *roots, path)
    assert not consistency_holds(first, second, *roots, damaged(data, path))
    assert not consistency_holds(first, second, flipped(data, roots[0]), roots[1], path)
    assert not consistency_holds(first, second, roots[0], flipped(data, roots[1]), path)
    assert not consistency_holds(0, second, *roots, path)
    assert not consistency_holds(second + 1, second, *roots, path)


def test_all_pairs_of_small_sizes_are_consistent_and_no_other_history_is():
    other = tree(40)[1]

    def forked(level, index):
        return NODES(level, index) if (index + 1) << level <= 3 else leaf_hash(other(level, index))

    for second in range(1, 33):
        for first in range(1, second + 1):
            path = consistency_path(NODES, first, second)
            roots = root_at(NODES, first), root_at(NODES, second)
            assert consistency_holds(first, second, *roots, path)
            if first > 3:
                assert not consistency_holds(first, second, root_at(forked, first), roots[1], path)


def test_all_leaves_of_small_trees_are_included():
    for size in range(1, 65):
        root = root_at(NODES, size)
        for index in range(size):
            assert inclusion_holds(index, size, LEAVES[index], inclusion_path(NODES, index, size), root)


COLUMNS = {
    "text": st.text(max_size=8),
    "count": st.integers(-(2**63), 2**63 - 1),
    "known": st.one_of(st.none(), st.booleans()),
}
FRAMES = st.lists(st.fixed_dictionaries(COLUMNS), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None)
@given(FRAMES, st.data())
def test_any_rows_are_given_back_proven_and_erased_one_by_one(tmp_path_factory, rows, data):
    schema = {"text": pl.String, "count": pl.Int64, "known": pl.Boolean}
    frame = pl.DataFrame(rows, schema=schema)
    journal = create_journal(tmp_path_factory.mktemp("node"), clock=Clock())
    for covered in attach_batches(journal, frame, size=7):
        journal.append([alone(rows=covered)])
    kept = dict(enumerate(rows))
    gone = data.draw(st.sets(st.integers(0, len(rows) - 1), max_size=5))
    for number in gone:
        del kept[number]
    places = frozenset((number // 7, number % 7) for number in gone)
    if places:
        erase(journal, Wanted(rows=places), reason="", author=Key("x"), occurred=Clock()())
    assert verify(journal).ok
    for number, row in kept.items():
        proof = prove_row(journal, number // 7, number % 7)
        covered = journal.read(number // 7, 1)[0].rows
        assert row_holds(proof, covered.root, covered.count)
        assert json.loads(proof.row) == row
    stored = [stored_rows(journal, position) for position in range(-(-len(rows) // 7))]
    left = [number for frame in map(rows_frame, stored) for number in frame["number"]]
    assert left == [number % 7 for number in kept]
    journal.close()
