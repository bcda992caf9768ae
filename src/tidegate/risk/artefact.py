"""A model as it is adopted: its trees, the plan of the memory it reads, and what was usual when it learned.

One file of JSON, the same to the byte from the same history and seed with the same learning library. A node
needs nothing else to score: no learning library, no file beside it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl

from tidegate.risk.memory import DEFAULT_PLAN, Memory, Plan
from tidegate.risk.models import (
    BadModelError,
    Measures,
    Model,
    TooLittleToLearnError,
    Training,
    input_names,
    inputs,
    measures,
    read_model,
)
from tidegate.risk.novelty import strangeness
from tidegate.risk.targeting import learn_targeting, ordered

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORM = "tidegate targeting 1"
_RECENT_DAYS = 28
_EARLY = 0.8
_SHARES = (*(n / 1000 for n in range(1, 101)), *(n / 100 for n in range(11, 101)))  # fine where controls are


class _Stored(msgspec.Struct, frozen=True):
    form: str
    seed: int
    learned_to: int
    results: int
    irregular: int
    plan: Plan
    usual: tuple[float, ...]
    bars: tuple[float, ...]
    strangeness: float
    model: msgspec.Raw


class Artefact(msgspec.Struct, frozen=True):
    """A model with what it needs: ``usual`` is the median of each input over the last days of its history.

    ``bars`` are the likelihoods that given shares of those days' declarations reached, each as of its own
    day; ``strangeness`` is their mean. ``results`` and ``irregular`` count the items it learned from;
    ``learned_to`` is the size of the journal that its history was read from, 0 where it was another's.
    """

    model: Model
    plan: Plan
    usual: tuple[float, ...]
    bars: tuple[float, ...]
    strangeness: float
    seed: int
    results: int
    irregular: int
    learned_to: int = 0

    def bar(self, share: float) -> float:
        """Return the likelihood that this share of declarations reached when the model was trained."""
        return float(np.interp(share, _SHARES, self.bars))

    def octets(self) -> bytes:
        """Return the artefact as it is stored: the same artefact gives the same bytes."""
        return msgspec.json.encode(
            _Stored(
                _FORM,
                self.seed,
                self.learned_to,
                self.results,
                self.irregular,
                self.plan,
                self.usual,
                self.bars,
                self.strangeness,
                msgspec.Raw(self.model.artefact()),
            )
        )


def digest_of(octets: bytes) -> str:
    """Return the address of an artefact: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(octets).hexdigest()


def read_artefact(octets: bytes, digest: str | None = None) -> Artefact:
    """Read an artefact, of the digest given.

    Raises:
        BadModelError: the bytes are not of this digest, no artefact of this form, or do not fit together.
    """
    if digest is not None and digest_of(octets) != digest:
        raise BadModelError(f"the artefact is not the one of digest {digest}")
    try:
        stored = msgspec.json.decode(octets, type=_Stored)
    except msgspec.DecodeError as error:
        raise BadModelError(f"the artefact cannot be read: {error}") from error
    if stored.form != _FORM:
        raise BadModelError(f"the artefact is of the form {stored.form!r}; {_FORM!r} is read here")
    model = read_model(bytes(stored.model))
    asked = tuple(input_names(Memory(stored.plan)))
    if asked != model.names or len(stored.usual) != len(asked) or len(stored.bars) != len(_SHARES):
        raise BadModelError("the artefact's figures do not fit its model")
    return Artefact(
        model,
        stored.plan,
        stored.usual,
        stored.bars,
        stored.strangeness,
        stored.seed,
        stored.results,
        stored.irregular,
        stored.learned_to,
    )


def train_artefact(
    history: pl.DataFrame,
    seed: int,
    *,
    learned_to: int = 0,
    plan: Plan = DEFAULT_PLAN,
    training: Training | None = None,
) -> Artefact:
    """Train on a history of goods items with ``occurred``, ``irregular`` and ``known``.

    Raises:
        TooLittleToLearnError: too few results, or all alike.
        MissingLibraryError: the learning library is not installed.
    """
    history = ordered(history)
    told = history["irregular"].drop_nulls()
    targeting = learn_targeting(history, seed, plan=plan, training=training, with_grave=False)
    memory, model = targeting.memory, targeting.model
    recent = recent_of(history)
    matrix = inputs(memory, recent, 2)
    strange = strangeness(memory, matrix)
    likely = _highest(recent, model.score(matrix, 2))
    return Artefact(
        model=model,
        plan=memory.plan,
        usual=tuple(float(one) for one in np.median(matrix.astype(np.float64), axis=0)),
        bars=tuple(float(one) for one in np.quantile(likely, [1 - share for share in _SHARES]).round(6)),
        strangeness=float(_highest(recent, strange).mean().round(6)),
        seed=seed,
        results=len(told),
        irregular=int(told.sum()),
        learned_to=learned_to,
    )


def validated(history: pl.DataFrame, seed: int, *, training: Training | None = None) -> Measures | None:
    """Return how well a model of the first four fifths of a history finds what the last fifth's results say.

    None where there is too little to learn from. The results are of what was controlled, which is not all.
    """
    history = ordered(history)
    results = history.filter(pl.col("irregular").is_not_null())["occurred"]
    if results.is_empty():
        return None
    cut = results.sort()[int(len(results) * _EARLY)]
    early, late = history.filter(pl.col("occurred") < cut), history.filter(pl.col("occurred") >= cut)
    known = pl.when(pl.col("known") < cut)
    early = early.with_columns(known.then(pl.col(name)).alias(name) for name in ("irregular", "known"))
    try:
        targeting = learn_targeting(early, seed, training=training, with_grave=False)
    except TooLittleToLearnError:
        return None
    targeting.memory.learn(late)
    told = late["irregular"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return measures(targeting.score(late, 2), told)


def recent_of(history: pl.DataFrame, days: int = _RECENT_DAYS) -> pl.DataFrame:
    """Return the goods items of the last days of a history."""
    last = pl.col("occurred").max()
    return history.filter(pl.col("occurred") > last - pl.duration(days=days))


def _highest(items: pl.DataFrame, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the highest value of each declaration's items."""
    told = items.select("declaration", pl.Series("value", values))
    return told.group_by("declaration").agg(pl.col("value").max())["value"].sort().to_numpy()
