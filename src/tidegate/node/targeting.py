"""Targeting on a node: trains from its journal, adopts, tries profiles on history, explains, watches."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from tidegate.acts import (
    Act,
    ChannelAssigned,
    ControlRecorded,
    DeclarationAssessed,
    ModelAdopted,
    Reason,
    decode,
)
from tidegate.clearance import acts_about, consignment_now
from tidegate.clearance.past import remembered
from tidegate.risk.adopting import Adoption, acts_about_targeting
from tidegate.risk.artefact import Artefact, digest_of, recent_of, train_artefact, validated
from tidegate.risk.history import pseudonymous
from tidegate.risk.likeness import LikeCase, like_cases
from tidegate.risk.models import Measures, inputs
from tidegate.risk.novelty import strangeness
from tidegate.risk.standing import Standing, standing
from tidegate.risk.targeting import remember
from tidegate.risk.watching import CONTROLS, Watched, watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from tidegate.node.installation import Node

_READ_AT_ONCE = 1_000
WATCHED = ("office", "chapter", "origin")


class Trained(msgspec.Struct, frozen=True):
    """A model trained on a node's journal: the artefact's bytes, the history it learned from as Parquet.

    ``measures`` are of a model of the first four fifths on the last fifth, None where there is too little.
    """

    digest: str
    octets: bytes
    extract: bytes
    artefact: Artefact
    measures: Measures | None


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer is told of one decision: never for the declarant."""

    mrn: str
    channel: str | None
    stratum: str | None
    grounds: str
    probability: float | None
    random_share: float | None
    score: float
    likelihood: float | None
    strangeness: float | None
    model: str
    model_owner: str
    model_purpose: str
    reasons: tuple[Reason, ...]
    further_reasons: int
    like_cases: tuple[LikeCase, ...]


def shipped(node: Node) -> Standing:
    """Return what the administration ships, before any act."""
    terms = node.administration.terms
    return Standing(terms.profiles, terms.policy)


def standing_now(node: Node) -> Standing:
    """Return what stands by all acts in the journal."""
    return standing(acts_about_targeting(node.journal), shipped(node))


def adoption(node: Node, occurred: datetime, author: str) -> Adoption:
    """Return what an analyst may do now."""
    return Adoption(node.journal, shipped(node), occurred, author)


def train(node: Node, seed: int) -> Trained:
    """Train a model on all that the node remembers, with pseudonyms for whoever is named.

    The same journal and seed give the same bytes with the same learning library.

    Raises:
        TooLittleToLearnError: too few results, or all alike.
        MissingLibraryError: the learning library is not installed.
    """
    node.catch_up()
    return train_on_what_is_remembered(node, seed)


def train_on_what_is_remembered(
    node: Node, seed: int, told: Callable[[str], None] = lambda _step: None
) -> Trained:
    """Train as above on what the node has heard so far, where somebody else follows its journal.

    ``told`` hears which step begins: reading, learning, trying. Raises as above.
    """
    told("reading")
    learned_to = node.journal.size
    history = pseudonymous(remembered(node.working_tables), node.key)
    told("learning")
    artefact = train_artefact(history, seed, learned_to=learned_to)
    octets = artefact.octets()
    told("trying")
    buffer = BytesIO()
    history.write_parquet(buffer, compression="uncompressed")  # the journal compresses attachments whole
    return Trained(digest_of(octets), octets, buffer.getvalue(), artefact, validated(history, seed))


def usual_strangeness(node: Node) -> float:
    """Return the mean strangeness of the last four weeks' goods items, each as of its own day; 0 if none."""
    node.catch_up()
    history = remembered(node.working_tables)
    if history.is_empty():
        return 0.0
    memory = remember(history)
    return round(float(strangeness(memory, inputs(memory, recent_of(history), 2)).mean()), 6)


def explain(node: Node, mrn: str) -> Explained:
    """Explain the last decision on a consignment to an officer.

    Raises:
        UnknownConsignmentError: nothing was lodged under this number.
    """
    consignment, _ = consignment_now(node.journal, mrn)
    acts = [act for _, act in acts_about(node.journal, mrn)]
    assessed = next((act for act in reversed(acts) if isinstance(act, DeclarationAssessed)), None)
    assigned = next((act for act in reversed(acts) if isinstance(act, ChannelAssigned)), None)
    history = remembered(node.working_tables)
    own = history.filter(pl.col("declaration") == mrn)
    before = history.filter(pl.col("known") < own["occurred"].max()) if own.height else history.clear()
    model = assessed.model if assessed is not None else ""
    owner, purpose = _whose(node, model)
    return Explained(
        mrn=mrn,
        channel=consignment.channel,
        stratum=consignment.stratum,
        grounds=assigned.grounds if assigned is not None else "",
        probability=assigned.probability if assigned is not None else None,
        random_share=assigned.random_share if assigned is not None else None,
        score=consignment.score,
        likelihood=assessed.likelihood if assessed is not None else None,
        strangeness=assessed.strangeness if assessed is not None else None,
        model=model,
        model_owner=owner,
        model_purpose=purpose,
        reasons=assessed.reasons if assessed is not None else (),
        further_reasons=assessed.further_reasons if assessed is not None else 0,
        like_cases=tuple(like_cases(before, own)),
    )


def _whose(node: Node, model: str) -> tuple[str, str]:
    """Return the owner and the purpose of a model by the beginning of its digest, withdrawn or not."""
    for act, _ in acts_about_targeting(node.journal) if model else ():
        if isinstance(act, ModelAdopted) and act.model.startswith(model):
            return act.owner, act.purpose
    return "", ""


def watch_node(node: Node) -> Watched:
    """Return how the node's controls are spread by office, chapter and origin, and what has changed."""
    node.catch_up()
    history = remembered(node.working_tables)
    first = history.sort("declaration", "item").unique("declaration", keep="first", maintain_order=True)
    grouped = first.select(
        "declaration", "office", pl.col("commodity").str.slice(0, 2).alias("chapter"), "origin"
    )
    return watch(controls(node).join(grouped, on="declaration", how="left", maintain_order="left"), WATCHED)


def controls(node: Node) -> pl.DataFrame:
    """Return one row for each declaration that was assigned a channel, in the order of the journal."""
    kinds = {DeclarationAssessed.KIND, ChannelAssigned.KIND, ControlRecorded.KIND}
    rows: dict[str, dict[str, object]] = {}
    likely: dict[str, tuple[float, float | None]] = {}
    start = 0
    while True:
        entries = node.journal.read(start, _READ_AT_ONCE, kinds)
        for entry in entries:
            if entry.body is not None:
                act = decode(entry.kind, entry.version, entry.body)
                _fold_control(act, entry.occurred.date(), rows, likely)
        if len(entries) < _READ_AT_ONCE:
            return pl.DataFrame(list(rows.values()), schema=CONTROLS)
        start = entries[-1].position + 1


def _fold_control(
    act: Act, day: date, rows: dict[str, dict[str, object]], likely: dict[str, tuple[float, float | None]]
) -> None:
    match act:
        case DeclarationAssessed():
            likely.setdefault(act.mrn, (act.score, act.likelihood))
        case ChannelAssigned() if act.mrn not in rows:
            score, chance = likely.get(act.mrn, (0.0, None))
            rows[act.mrn] = {
                "declaration": act.mrn,
                "day": day,
                "stratum": act.stratum,
                "controlled": act.channel in ("red", "yellow"),
                "found": None,
                "random_probability": act.random_share,
                "likelihood": chance,
                "score": score,
            }
        case ControlRecorded() if act.mrn in rows and rows[act.mrn]["found"] is None:
            rows[act.mrn]["found"] = act.outcome == "irregular"
