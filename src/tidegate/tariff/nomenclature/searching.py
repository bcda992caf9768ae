"""Searching descriptions: an inverted index in memory, ranked by how rare the words are and where they stand.

A word of the query meets the words that begin with it, and the singular of itself. A row's own description
counts more than those of the rows above it, and among equals a code nearer the top comes first.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from tidegate.tariff.nomenclature.model import Provision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_WORD = re.compile(r"[^\W\d_]+|\d+")
_ABOVE = 0.45  # of a word in the rows above: it says what the row is of, not what it is
_BEGINNING = 0.6  # of a word that only begins with the word asked for
_EVERY_WORD = 2.0  # how much more a row is worth that meets all words asked for
_LONG = 0.03  # how much each further word of a description takes off
_DEEP = 0.002  # how much each level takes off: among equals the upper one comes first
_EMPTY = frozenset(
    ["a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "than", "the", "to", "with"]
)
_FEWEST_LETTERS = 3  # of a word that may be the beginning of another
_SIBILANT = ("ches", "shes", "xes", "sses", "zes")


class Found(msgspec.Struct, frozen=True):
    """A provision that a search found, with its score (comparable within one search only)."""

    provision: Provision
    score: float


class Index:
    """Which words stand in which rows. Rows above come before the rows below them."""

    def __init__(
        self, codes: Sequence[str], parents: Sequence[int | None], descriptions: Sequence[str]
    ) -> None:
        """Read every description once."""
        self._rows = len(codes)
        self._coded = np.array([bool(code) for code in codes], dtype=np.bool_)
        postings: dict[str, list[int]] = {}
        lengths = np.ones(self._rows)
        for row, description in enumerate(descriptions):
            words = set(words_of(description))
            lengths[row] = 1 + _LONG * len(words)
            for word in words:
                postings.setdefault(word, []).append(row)
        self._postings = {word: np.array(rows, dtype=np.int64) for word, rows in postings.items()}
        self._vocabulary = sorted(postings)
        self._lengths = lengths
        self._levels, self._depth = _levels(parents)

    def search(self, text: str) -> Iterator[tuple[int, float]]:
        """Yield rows with a code that meet words of the text, with their scores, the best first."""
        words = list(dict.fromkeys(words_of(text)))
        if not words:
            return
        total = np.zeros(self._rows)
        met = np.zeros(self._rows)
        for word in words:
            worth = self._worth(word)
            total += worth
            met += worth > 0
        total[met == len(words)] *= _EVERY_WORD
        total[~self._coded] = 0
        total -= np.where(total > 0, _DEEP * self._depth, 0)
        hits = np.flatnonzero(total > 0)
        for row in hits[np.lexsort((hits, -total[hits]))]:
            yield int(row), round(float(total[row]), 4)

    def _worth(self, word: str) -> NDArray[np.float64]:
        """Return what a word is worth in each row: in its own description, or in those above it."""
        own = np.zeros(self._rows)
        for held, closeness in self._met(word):
            rows = self._postings[held]
            rare = math.log(1 + self._rows / len(rows))
            own[rows] = np.maximum(own[rows], rare * closeness)
        own /= self._lengths
        above = np.zeros(self._rows)
        for rows, parents in self._levels:
            above[rows] = np.maximum(above[parents], own[parents])
        return np.maximum(own, _ABOVE * above)

    def _met(self, word: str) -> Iterator[tuple[str, float]]:
        """Yield the words that a word of a query meets: itself, and what begins with it."""
        at = bisect_left(self._vocabulary, word)
        for held in self._vocabulary[at:]:
            if held == word:
                yield held, 1.0
            elif len(word) >= _FEWEST_LETTERS and held.startswith(word):
                yield held, _BEGINNING
            else:
                return


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text that say something, in small letters and the singular."""
    for word in _WORD.findall(text.casefold()):
        if word not in _EMPTY:
            yield _singular(word)


def _singular(word: str) -> str:
    if len(word) <= _FEWEST_LETTERS or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(_SIBILANT):
        return word[:-2]
    return word.removesuffix("s")


def _levels(
    parents: Sequence[int | None],
) -> tuple[list[tuple[NDArray[np.int64], NDArray[np.int64]]], NDArray[np.int64]]:
    """Return for each level below the top its rows with their parents, and the level of every row."""
    depth = np.zeros(len(parents), dtype=np.int64)
    for row, parent in enumerate(parents):
        if parent is not None:
            depth[row] = depth[parent] + 1
    above = np.array([-1 if parent is None else parent for parent in parents], dtype=np.int64)
    levels = []
    for level in range(1, int(depth.max(initial=0)) + 1):
        rows = np.flatnonzero(depth == level)
        levels.append((rows, above[rows]))
    return levels, depth
