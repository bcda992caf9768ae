"""Measures of scores against what was found: precision and recall at shares, AUC, Brier score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARES = ("0.01", "0.02", "0.05", "0.10")


class Measures(msgspec.Struct, frozen=True):
    """How well scores find; None where it cannot be computed (no results, or all of one class)."""

    precision_at: dict[str, float | None]
    recall_at: dict[str, float | None]
    auc: float | None
    brier: float | None


def measures(scores: NDArray[np.float64], irregular: NDArray[np.float64]) -> Measures:
    """Return the measures of scores. ``irregular`` is 1, 0, or NaN where the result is not known.

    Shares are of all rows that have a result, to the nearest row and at least one; among equal scores the
    earlier row is taken first. AUC is the chance that an irregular row scores above a regular one, ties
    counting half.
    """
    told = ~np.isnan(irregular)
    scores, found = scores[told], irregular[told]
    many, positives = len(found), float(found.sum())
    ranked = found[np.argsort(-scores, kind="stable")]
    tops = {share: ranked[: max(1, round(float(share) * many))] for share in SHARES}
    return Measures(
        precision_at={share: float(top.mean()) if many else None for share, top in tops.items()},
        recall_at={share: float(top.sum() / positives) if positives else None for share, top in tops.items()},
        auc=_auc(scores, found) if 0 < positives < many else None,
        brier=float(np.mean((scores - found) ** 2)) if many else None,
    )


def _auc(scores: NDArray[np.float64], found: NDArray[np.float64]) -> float:
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    positives = found.sum()
    above = ranks[found == 1].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(found) - positives)))
