"""The RFC 6962 hash tree, as an append-only run of hashes.

Leaf i is hashed with prefix 0x00, an inner node with prefix 0x01. Complete inner nodes are numbered in the
order in which they become complete: appending leaf i completes one node for each trailing one bit of i,
lowest level first. So the nodes of a tree of n leaves are the numbers 0 to n - popcount(n) - 1, each written
once and never again, and any proof finds the few it needs by number.
"""

from collections.abc import Iterable
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_SIZE = 32


def leaf_hash(envelope: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 || envelope)."""
    return sha256(b"\x00" + envelope).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def node_count(size: int) -> int:
    """Return how many inner nodes of a tree of `size` leaves are complete."""
    return size - size.bit_count()


def node_number(level: int, index: int) -> int:
    """Return the number of the node over leaves [index * 2**level, (index + 1) * 2**level); level >= 1."""
    last_leaf = ((index + 1) << level) - 1
    return node_count(last_leaf) + level - 1


def grow(size: int, frontier: list[bytes], leaves: Iterable[bytes]) -> list[bytes]:
    """Append leaf hashes to the frontier, in place, and return the nodes they complete, in order of number.

    `frontier` holds the roots of the complete subtrees of a tree of `size` leaves, largest first.
    """
    completed: list[bytes] = []
    for position, leaf in enumerate(leaves, size):
        rest, node = position, leaf
        while rest & 1:
            node = sha256(b"\x01" + frontier.pop() + node).digest()
            completed.append(node)
            rest >>= 1
        frontier.append(node)
    return completed


def root_of(frontier: list[bytes]) -> bytes:
    """Return the root of the tree whose complete subtrees, largest first, are `frontier`."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for subtree in reversed(frontier[:-1]):
        root = node_hash(subtree, root)
    return root


def frontier_numbers(size: int) -> list[tuple[int, int]]:
    """Return (level, index) of the complete subtrees of a tree of `size` leaves, largest first."""
    found: list[tuple[int, int]] = []
    done = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, done >> level))
            done += 1 << level
    return found


def split_hashes(joined: bytes) -> list[bytes]:
    """Return the 32-byte hashes of a joined run."""
    return [joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE)]
