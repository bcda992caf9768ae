"""Training a model from the desk: asked for, followed, held against the one in force, adopted.

What was trained lies in the node's folder until it is adopted; from then on it is in the journal.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.journal import TablesMissingError, TablesOutdatedError
from tidegate.risk.models import Measures, measures
from tidegate_web.desks.analyst import beside
from tidegate_web.desks.analyst.forms import ModelForm, usual
from tidegate_web.desks.analyst.history import LAST, latest
from tidegate_web.desks.director.sheets import Column, Sheet
from tidegate_web.node import now

if TYPE_CHECKING:
    from pathlib import Path

    from tidegate.node.targeting import Trained

WORK = "training"
STEPS = ("reading", "learning", "trying")
STEP_WORDS = (
    gettext_lazy("Reading what was declared and found."),
    gettext_lazy("Learning from it."),
    gettext_lazy("Trying what it learns from the first four fifths on the last fifth."),
)
_TOP = "0.05"


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """A training that was asked for: how far it is, and what came of it.

    ``step`` is a place in STEPS; ``failed`` says why nothing could be learned; ``adopted`` that the model
    is in the journal.
    """

    begun: float
    seed: int
    step: int = 0
    done: bool = False
    failed: str = ""
    adopted: bool = False
    model: str = ""
    learned_to: int = 0
    results: int = 0
    irregular: int = 0
    measures: Measures | None = None

    @property
    def waits(self) -> bool:
        """Whether there is a model that may be adopted."""
        return self.done and not self.failed and not self.adopted


def training() -> Training | None:
    """Return the training that was asked for last, or None."""
    return beside.told_last(WORK, Training)


def tell(told: Training) -> None:
    """Tell how far a training is."""
    beside.tell(WORK, told)


def begin(seed: int) -> bool:
    """Begin a training beside the pages, unless one runs."""
    last = training()
    if last is not None and beside.runs(last.begun, done=last.done):
        return False
    tell(Training(begun=time.time(), seed=seed))
    beside.start("train")
    return True


def keep(made: Trained) -> None:
    """Keep a trained model with the history it learned from, until it is adopted."""
    for path, octets in zip(_files(), (made.octets, made.extract), strict=True):
        path.write_bytes(octets)


def kept() -> tuple[bytes, bytes] | None:
    """Return the model that waits for adoption and its history, or None."""
    try:
        model, extract = (path.read_bytes() for path in _files())
    except FileNotFoundError:
        return None
    return model, extract


def let_go() -> None:
    """Forget the model that waited: it is in the journal."""
    last = training()
    if last is not None:
        tell(msgspec.structs.replace(last, adopted=True))
    for path in _files():
        path.unlink(missing_ok=True)


def _files() -> tuple[Path, Path]:
    folder: Path = settings.NODE_FOLDER
    return folder / "trained.model", folder / "trained.history.parquet"


def shown(seen: int, form: ModelForm | None = None) -> dict[str, Any]:
    """Return what the page of models shows of the last training; ``form`` is one that was filled in."""
    last = training()
    told: dict[str, Any] = {"training": last, "steps": len(STEPS)}
    if last is None:
        return told
    told |= {
        "runs": beside.runs(last.begun, done=last.done),
        "words": STEP_WORDS[min(last.step, len(STEPS) - 1)],
    }
    if last.waits:
        told["comparison"] = _comparison(last)
        initial = {"model": last.model, "seen": seen, **usual(now().date())}
        told["adopt"] = form or ModelForm(initial=initial, auto_id="id_model_%s")
    return told


def _comparison(last: Training) -> Sheet:
    """Hold what was learned against what decided: each on results that it had not learned from."""
    in_force = _in_force()
    rows = [_row(_("the new one"), last.measures), _row(_("what decided so far"), in_force)]
    sentence = _(
        "The new one learned from %(results)d results, %(irregular)d of them irregular. Its figures are "
        "those of a model of the first four fifths, tried on the last fifth, goods item by goods item; those "
        "of what decided so far are of the likelihoods it told, consignment by consignment."
    ) % {"results": last.results, "irregular": last.irregular}
    if last.measures is None:
        sentence += " " + _("There is too little to try it on.")
    columns = (
        Column("model", _("Model")),
        Column("precision", _("Irregular among the highest 5 %"), "share"),
        Column("recall", _("Of all irregular, in the highest 5 %"), "share"),
        Column("auc", _("AUC (0.5 is chance)"), "figure"),
        Column("brier", _("Brier score (0 is best)"), "figure"),
    )
    return Sheet("trained", _("What was learned, beside what decided"), sentence, columns, rows)


def _row(name: str, told: Measures | None) -> tuple[str | float | None, ...]:
    if told is None:
        return (name, None, None, None, None)
    return (name, told.precision_at.get(_TOP), told.recall_at.get(_TOP), told.auc, told.brier)


def _in_force() -> Measures | None:
    """Return how well the likelihoods told at decision found, of the decisions made last."""
    try:
        decisions = latest(LAST)
    except (TablesMissingError, TablesOutdatedError):
        return None
    known = decisions.filter(pl.col("likelihood").is_not_null(), pl.col("found").is_not_null())
    if known.is_empty():
        return None
    return measures(known["likelihood"].to_numpy(), known["found"].cast(pl.Float64).to_numpy())
