"""Judges proof vectors, as the transparency community publishes them: one proof a JSON file.

An inclusion vector has `leafIdx, treeSize, root, leafHash, proof`, a consistency vector `size1, size2, root1,
root2, proof`; hashes are in base64, an absent or null proof is an empty one. `wantErr` says what the vector's
author expects; `desc` says why.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct, field

from tidegate.journal.proofs import consistency_holds, inclusion_holds


class Judged(Struct, frozen=True):
    """What a vector proves, and whether that is what its author expects (None where the vector is silent).

    `kind` is None, and `text` says why, where the file is no vector that can be read.
    """

    file: str
    valid: bool
    agrees: bool | None
    kind: str | None = None
    text: str | None = None


class _Inclusion(Struct):
    index: int = field(name="leafIdx")
    size: int = field(name="treeSize")
    leaf: bytes = field(name="leafHash")
    root: bytes
    proof: list[bytes] | None = None


class _Consistency(Struct):
    first: int = field(name="size1")
    second: int = field(name="size2")
    first_root: bytes = field(name="root1")
    second_root: bytes = field(name="root2")
    proof: list[bytes] | None = None


class _Expectation(Struct):
    failing: bool | None = field(name="wantErr", default=None)


def judge_vectors(folder: Path) -> Iterator[Judged]:
    """Judge every `.json` file below the folder, in the order of their names; paths are relative to it."""
    for path in sorted(folder.rglob("*.json")):
        yield judge_vector(path.read_bytes(), path.relative_to(folder).as_posix())


def judge_vector(data: bytes, name: str) -> Judged:
    """Judge one vector. What it proves is computed before its expectation is looked at."""
    try:
        kind, valid = _proven(data)
    except msgspec.MsgspecError as error:
        return Judged(
            name, valid=False, agrees=_agrees(data, valid=False), text=f"This is no vector: {error}."
        )
    return Judged(name, valid, _agrees(data, valid=valid), kind)


def _proven(data: bytes) -> tuple[str, bool]:
    fields = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    if "size1" in fields:
        one = msgspec.json.decode(data, type=_Consistency)
        path = one.proof or []
        return "consistency", consistency_holds(one.first, one.second, one.first_root, one.second_root, path)
    other = msgspec.json.decode(data, type=_Inclusion)
    path = other.proof or []
    return "inclusion", inclusion_holds(other.index, other.size, other.leaf, path, other.root)


def _agrees(data: bytes, *, valid: bool) -> bool | None:
    try:
        failing = msgspec.json.decode(data, type=_Expectation).failing
    except msgspec.MsgspecError:
        return None
    return None if failing is None else valid is not failing
