"""A trained model as data: averaged trees and their calibration, content-addressed, used by numpy alone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from tidegate.risk.models.trees import Trees, probability

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORM = "tidegate risk model 1"


class BadModelError(Exception):
    """Bytes that are no model, or not the one that was asked for."""

    code = "risk.bad_model"


class _StoredTrees(msgspec.Struct, frozen=True):
    features: list[list[int]]
    borders: list[list[float | None]]  # null: nothing is above
    leaves: list[list[float]]
    bias: float


class _Stored(msgspec.Struct, frozen=True):
    form: str
    names: list[str]
    members: list[_StoredTrees]
    slope: float
    offset: float


class Model(msgspec.Struct, frozen=True):
    """A model of the probability that a goods item is irregular.

    ``names`` are the features in the order of its matrix; log odds are averaged over ``members``, then
    calibrated: ``slope`` times the average, plus ``offset``.
    """

    names: tuple[str, ...]
    members: tuple[Trees, ...]
    slope: float
    offset: float

    def score(self, matrix: NDArray[np.float32], threads: int = 1) -> NDArray[np.float64]:
        """Return the probability for each row; it does not depend on the other rows."""
        total = np.zeros(len(matrix))
        for member in self.members:
            total += member.margins(matrix, threads)
        return probability(self.slope * (total / len(self.members)) + self.offset)

    def artefact(self) -> bytes:
        """Return the model as bytes: the same model gives the same bytes."""
        members = [
            _StoredTrees(
                one.features.tolist(),
                [[None if np.isinf(b) else b for b in level] for level in one.borders.tolist()],
                one.leaves.tolist(),
                one.bias,
            )
            for one in self.members
        ]
        return msgspec.json.encode(_Stored(_FORM, list(self.names), members, self.slope, self.offset))

    def digest(self) -> str:
        """Return the address of the artefact: the SHA-256 of its bytes, in hexadecimal."""
        return hashlib.sha256(self.artefact()).hexdigest()


def read_model(artefact: bytes, digest: str | None = None) -> Model:
    """Read a model from its artefact, of the digest given.

    Raises:
        BadModelError: the bytes are not of this digest, or no model of this form.
    """
    if digest is not None and hashlib.sha256(artefact).hexdigest() != digest:
        raise BadModelError(f"the artefact is not the one of digest {digest}")
    try:
        stored = msgspec.json.decode(artefact, type=_Stored)
    except msgspec.DecodeError as error:
        raise BadModelError(f"the artefact is no model: {error}") from error
    if stored.form != _FORM:
        raise BadModelError(f"the artefact is of the form {stored.form!r}; {_FORM!r} is read here")
    return Model(
        names=tuple(stored.names),
        members=tuple(_trees(one, len(stored.names)) for one in stored.members),
        slope=stored.slope,
        offset=stored.offset,
    )


def _trees(stored: _StoredTrees, names: int) -> Trees:
    features = np.asarray(stored.features, np.int32)
    borders = [[np.inf if border is None else border for border in level] for level in stored.borders]
    leaves = np.asarray(stored.leaves, np.float64)
    fits = features.ndim == 2 and leaves.shape == (len(features), 2 ** features.shape[1])  # noqa: PLR2004 - trees by levels
    if not fits or features.shape != np.shape(borders) or not 0 <= features.min() <= features.max() < names:
        raise BadModelError("the artefact's trees do not fit each other or its features")
    return Trees(features, np.asarray(borders, np.float32), leaves, stored.bias)
