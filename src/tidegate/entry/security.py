"""The assessment before arrival, over the same goods-item frame and profiles as of later declarations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.acts import Reason
from tidegate.declarations.ens.sharing import as_declaration
from tidegate.declarations.ens.words import EntrySummaryDeclaration
from tidegate.declarations.frame import Lodged, goods_item_frame
from tidegate.risk import apply_profiles, features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate.risk import Profile

_NO_LINES = {"declaration": pl.String, "item": pl.Int32, "amount": pl.Int64}
_MINOR_DIGITS = 2  # of money, of which an entry summary declaration states none
_MOST_REASONS = 50


class Announced(msgspec.Struct, frozen=True):
    """An entry summary declaration to be assessed: its number, its legal time, and what it states."""

    mrn: str
    occurred: datetime
    entry: EntrySummaryDeclaration


class Assessed(msgspec.Struct, frozen=True):
    """How likely something is wrong (0 to 1), and why; ``further`` counts the reasons left out."""

    score: float
    reasons: tuple[Reason, ...]
    further: int


def assess_entries(announced: Sequence[Announced], profiles: Sequence[Profile]) -> dict[str, Assessed]:
    """Return the assessment of each entry summary declaration, by its number.

    A number stands once. No value and no duty is stated yet: conditions on them do not hold.
    """
    frame = goods_item_frame([Lodged(one.mrn, one.occurred, as_declaration(one.entry)) for one in announced])
    values = pl.DataFrame({"value": pl.Series([None] * frame.height, dtype=pl.Int64)})
    items = features(frame, values, pl.DataFrame(schema=_NO_LINES), _MINOR_DIGITS)
    risk = apply_profiles(items, profiles)
    scores = dict(risk.scores.iter_rows())
    reasons: dict[str, list[Reason]] = {}
    for mrn, item, profile, weight, text in risk.reasons.iter_rows():
        reasons.setdefault(mrn, []).append(Reason(text=text, weight=weight, item=item, profile=profile))
    found = {}
    for one in announced:
        why = reasons.get(one.mrn, [])
        kept = tuple(why[:_MOST_REASONS])
        found[one.mrn] = Assessed(scores.get(one.mrn, 0.0), kept, len(why) - len(kept))
    return found
