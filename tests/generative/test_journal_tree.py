"""The tree against RFC 6962, section 2.1, written down as it stands there: slow, recursive, independent."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.making import Clock, alone
from tidegate.journal import create_journal, verify
from tidegate.journal.tree import frontier_numbers, grow, leaf_hash, node_count, node_number, root_of


def naive_root(leaves):
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


LEAVES = st.lists(st.binary(max_size=8), max_size=70)


@given(LEAVES, st.integers(1, 20))
def test_the_root_is_that_of_rfc_6962_however_the_leaves_are_cut_into_batches(leaves, batch):
    frontier, completed = [], []
    for start in range(0, len(leaves), batch):
        part = leaves[start : start + batch]
        completed += grow(start, frontier, [leaf_hash(leaf) for leaf in part])
    assert root_of(frontier) == naive_root(leaves)
    assert len(completed) == node_count(len(leaves))


@given(LEAVES)
def test_a_node_has_the_number_at_which_it_was_completed(leaves):
    completed = grow(0, [], [leaf_hash(leaf) for leaf in leaves])
    numbers = set()
    for level in range(1, 8):
        for index in range(len(leaves) >> level):
            number = node_number(level, index)
            numbers.add(number)
            assert completed[number] == naive_root(leaves[index << level : (index + 1) << level])
    assert numbers == set(range(len(completed)))


@given(LEAVES, st.data())
def test_the_root_of_any_earlier_size_is_found_from_the_stored_hashes(leaves, data):
    size = data.draw(st.integers(0, len(leaves)))
    hashes = [leaf_hash(leaf) for leaf in leaves]
    completed = grow(0, [], hashes)
    parts = [
        completed[node_number(level, index)] if level else hashes[index]
        for level, index in frontier_numbers(size)
    ]
    assert root_of(parts) == naive_root(leaves[:size])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.binary(max_size=5), max_size=9), max_size=6))
def test_the_journal_root_is_the_naive_root_of_its_stored_envelopes(tmp_path_factory, calls):
    journal = create_journal(tmp_path_factory.mktemp("node"), clock=Clock())
    for bodies in calls:
        journal.append([alone("mrn:A", body=body) for body in bodies])
        with journal.reading() as connection:
            rows = connection.execute("SELECT envelope FROM entries ORDER BY position")
            envelopes = [envelope for (envelope,) in rows]
        assert journal.root() == naive_root(envelopes)
        assert journal.size == len(envelopes)
    assert verify(journal).ok
    journal.close()
