"""Names of entities: 64-bit keys from columns, the same on every machine and in every version.

Polars' own hash may change with its version, so distinct words are hashed by BLAKE2b once and the rest is
integer arithmetic. The key 0 stands for "not stated": what is not stated is not an entity.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Keys = "NDArray[np.uint64]"
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def keys_of(column: pl.Series) -> NDArray[np.uint64]:
    """Return a key for each value of a column of text or of whole numbers; 0 where it is null."""
    if column.dtype == pl.String:
        return _of_words(column)
    if column.dtype.is_float():
        column = (column * 1_000_000).round().cast(pl.Int64, strict=False)
    known = column.is_not_null().to_numpy()
    numbers = column.cast(pl.Int64).fill_null(0).to_numpy().astype(np.uint64)
    return np.where(known, np.maximum(_mixed(numbers + _GOLDEN), np.uint64(1)), np.uint64(0))


def joined(parts: Sequence[NDArray[np.uint64]], salt: int) -> NDArray[np.uint64]:
    """Return the keys of what several columns name together; 0 where any of them is not stated.

    ``salt`` keeps kinds apart whose columns hold the same values.
    """
    key = np.full(len(parts[0]), np.uint64(salt) * _GOLDEN, np.uint64)
    stated = np.ones(len(key), np.bool_)
    for part in parts:
        key = _mixed(key + _GOLDEN + part)
        stated &= part != 0
    return np.where(stated, np.maximum(key, np.uint64(1)), np.uint64(0))


def _of_words(column: pl.Series) -> NDArray[np.uint64]:
    distinct = column.unique()
    hashed = [0 if word is None or not word else _word(word) for word in distinct.to_list()]
    table = pl.DataFrame({"word": distinct, "key": pl.Series(hashed, dtype=pl.UInt64)})
    found = column.to_frame("word").join(
        table, on="word", how="left", nulls_equal=True, maintain_order="left"
    )
    return found["key"].to_numpy()


def _word(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little") or 1


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers scattered (the finaliser of splitmix64)."""
    with np.errstate(over="ignore"):
        numbers = (numbers ^ (numbers >> np.uint64(30))) * _FIRST
        numbers = (numbers ^ (numbers >> np.uint64(27))) * _SECOND
        return numbers ^ (numbers >> np.uint64(31))
