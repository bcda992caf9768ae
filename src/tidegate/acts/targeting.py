"""Acts about targeting: which models, profiles and policies choose what is controlled, and whose they are."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from tidegate.acts.act import Act


class ModelAdopted(Act, frozen=True, kw_only=True):
    """A model of the risk of goods items was adopted: from this position on it scores what is lodged.

    ``model`` is the SHA-256 of its artefact, which is the first attachment; the second is the history it was
    trained on. ``learned_to`` is the size of the journal that history was read from: with ``seed`` it makes
    the training repeatable. The model decides on days from ``from`` to ``until``.
    """

    KIND: ClassVar[str] = "model.adopted"

    model: str
    owner: str
    purpose: str
    start: date = msgspec.field(name="from")
    until: date
    seed: int
    learned_to: int
    results: int
    irregular: int


class ModelWithdrawn(Act, frozen=True, kw_only=True):
    """A model was withdrawn, and why; what is lodged afterwards is not scored by it."""

    KIND: ClassVar[str] = "model.withdrawn"

    model: str
    owner: str
    reason: str


class ProfileAdopted(Act, frozen=True, kw_only=True):
    """A risk profile was adopted: whose, what for, the condition, and how long it holds.

    ``tested`` counts the declarations of history it was tested on, ``held`` those for which it held,
    ``controlled`` those of them with a result, ``irregular`` those whose result was irregular.
    """

    KIND: ClassVar[str] = "profile.adopted"

    code: str
    owner: str
    purpose: str
    condition: str
    weight: float
    reason: str
    start: date = msgspec.field(name="from")
    until: date
    tested: int = 0
    held: int = 0
    controlled: int = 0
    irregular: int = 0


class ProfileWithdrawn(Act, frozen=True, kw_only=True):
    """A risk profile was withdrawn, and why; one that came with the administration may be withdrawn too."""

    KIND: ClassVar[str] = "profile.withdrawn"

    code: str
    owner: str
    reason: str


class OfficeCapacity(msgspec.Struct, frozen=True):
    """How many controls an office can do in a day: examinations (red) and document checks (yellow)."""

    red: int
    yellow: int


class PolicyAdopted(Act, frozen=True, kw_only=True):
    """A policy of selection was adopted: what share is random, what explores, what the offices can do.

    It stands in the place of the administration's own. Shares are of all consignments; thresholds are
    scores. ``usual_strangeness`` is what exploration measures strangeness by; ``trusted`` are traders who
    are not targeted until a control finds something with them.
    """

    KIND: ClassVar[str] = "policy.adopted"

    owner: str
    purpose: str
    random_share: float
    exploring_share: float = 0.0
    targeted_share: float = 0.0
    red_threshold: float
    yellow_threshold: float
    blue_threshold: float
    red_capacity: int
    yellow_capacity: int
    offices: dict[str, OfficeCapacity] = msgspec.field(default_factory=dict)
    trusted: tuple[str, ...] = ()
    usual_strangeness: float = 0.0
