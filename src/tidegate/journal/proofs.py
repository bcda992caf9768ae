"""Inclusion and consistency proofs of RFC 6962: made from the hashes of a tree, verified as pure functions.

Nothing here knows a journal. A tree is a function that returns the hash of its complete node (level, index):
the root of the leaves [index * 2**level, (index + 1) * 2**level); level 0 has the leaf hashes themselves.
"""

from collections.abc import Callable, Sequence

from tidegate.journal.model import JournalError
from tidegate.journal.tree import EMPTY_ROOT, HASH_SIZE, frontier_numbers, node_hash, root_of

Nodes = Callable[[int, int], bytes]


class ProofImpossibleError(JournalError):
    """What was asked for cannot be proven: it lies outside the tree; fields: asked, size."""

    code = "proof_impossible"


def root_at(nodes: Nodes, size: int) -> bytes:
    """Return the root (32 bytes) that the tree had at `size` leaves."""
    return root_of([nodes(level, index) for level, index in frontier_numbers(size)])


def inclusion_path(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Return the hashes from the sibling of leaf `index` up to the root's child, as in RFC 6962, 2.1.1.

    Raises:
        ProofImpossibleError: a tree of `size` leaves has no leaf `index`.
    """
    if not 0 <= index < size:
        raise ProofImpossibleError(
            f"A tree of {size} leaves has no leaf {index}: choose one from 0 on, or a later tree.",
            asked=index,
            size=size,
        )
    path = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _left(end - begin)
        if index < middle:
            path.append(_hash(nodes, middle, end))
            end = middle
        else:
            path.append(_hash(nodes, begin, middle))
            begin = middle
    return path[::-1]


def consistency_path(nodes: Nodes, first: int, second: int) -> list[bytes]:
    """Return the hashes that show the tree of `first` leaves to begin that of `second`: RFC 6962, 2.1.2.

    Raises:
        ProofImpossibleError: not 0 < first <= second. Nothing can be shown about the empty tree.
    """
    if not 0 < first <= second:
        raise ProofImpossibleError(
            f"There is no proof from {first} leaves to {second}: the first must be above 0 and not larger.",
            asked=first,
            size=second,
        )
    path = []
    begin, end = 0, second
    while end != first:
        middle = begin + _left(end - begin)
        if first <= middle:
            path.append(_hash(nodes, middle, end))
            end = middle
        else:
            path.append(_hash(nodes, begin, middle))
            begin = middle
    if begin:
        path.append(_hash(nodes, begin, end))
    return path[::-1]


def inclusion_holds(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the path shows that leaf `index` of the tree of this size and root hashes to `leaf`."""
    if not 0 <= index < size or not _hashes((leaf, *path)):
        return False
    found, last, at = leaf, size - 1, index
    rest = list(path)
    while last:
        # A right child, or the last node of a level with a left sibling: its sibling is to the left.
        if at & 1 or at == last:
            while not at & 1:
                at, last = at >> 1, last >> 1  # alone on its level: it rises as it is
            if not rest:
                return False
            found = node_hash(rest.pop(0), found)
        else:
            if not rest:
                return False
            found = node_hash(found, rest.pop(0))
        at, last = at >> 1, last >> 1
    return not rest and found == root


def consistency_holds(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether the path shows that the tree of `first` leaves is the beginning of that of `second`.

    Trees of one size are consistent when their roots are equal and the path is empty. About an empty tree
    beside another nothing can be shown, so it does not hold.
    """
    if first == second:
        return first >= 0 and not path and first_root == second_root
    if not 0 < first < second or not path or not _hashes((first_root, second_root, *path)):
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    rest = list(path)
    # Where the first tree is one complete subtree of the second, its root is where the path begins.
    old = new = rest.pop(0) if at else first_root
    for sibling in rest:
        if not last:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return not last and old == first_root and new == second_root


def _left(leaves: int) -> int:
    """Return the largest power of two smaller than the number of leaves."""
    return 1 << ((leaves - 1).bit_length() - 1)


def _hash(nodes: Nodes, begin: int, end: int) -> bytes:
    """Return the root of the leaves [begin, end), a subtree of the tree."""
    if begin == end:
        return EMPTY_ROOT
    parts = frontier_numbers(end - begin)
    return root_of([nodes(level, index + (begin >> level)) for level, index in parts])


def _hashes(found: Sequence[bytes]) -> bool:
    return all(len(one) == HASH_SIZE for one in found)
