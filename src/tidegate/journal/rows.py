"""The rows of an act that covers a batch: what of each is hashed, and how one of them is shown to be there.

A leaf of the rows' tree is SHA-256(0x00 || salt || row): the RFC 6962 leaf of 16 random bytes and the bytes
of the row as they are stored. Without its salt it tells nothing of the row, so it stays when that is erased.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from msgspec import Struct

from tidegate.journal.proofs import inclusion_holds
from tidegate.journal.tree import grow, node_number, root_of


class RowProof(Struct, frozen=True):
    """One row with its salt, its number from 0, and the path from its leaf to the root of the rows' tree."""

    index: int
    salt: bytes
    row: bytes
    path: tuple[bytes, ...]


def row_leaves(salts: Iterable[bytes], rows: Iterable[bytes]) -> list[bytes]:
    """Return the leaf hashes of the rows; each salt has 16 bytes."""
    # Spelled out here: a call a row would take as long again as the hash.
    return [sha256(b"\x00" + salt + row).digest() for salt, row in zip(salts, rows, strict=True)]


def rows_root(leaves: Sequence[bytes]) -> str:
    """Return the hex root of the rows' tree, which stands in the envelope."""
    frontier: list[bytes] = []
    grow(0, frontier, leaves)
    return root_of(frontier).hex()


def rows_nodes(leaves: Sequence[bytes]) -> Callable[[int, int], bytes]:
    """Return the function that finds the hash of a complete node of the rows' tree."""
    completed = grow(0, [], leaves)
    return lambda level, index: completed[node_number(level, index)] if level else leaves[index]


def row_holds(proof: RowProof, root: str, count: int) -> bool:
    """Tell whether the row is one of the `count` rows to whose root (hex) an envelope commits."""
    (leaf,) = row_leaves([proof.salt], [proof.row])
    try:
        wanted = bytes.fromhex(root)
    except ValueError:
        return False
    return inclusion_holds(proof.index, count, leaf, proof.path, wanted)
