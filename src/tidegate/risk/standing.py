"""What stands: profiles, policy and models in force, folded from the acts that adopt and withdraw them.

What an administration ships is where it begins. The responder and the command line use the same fold, so
that they cannot disagree about what decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.acts import (
    Act,
    ModelAdopted,
    ModelWithdrawn,
    PolicyAdopted,
    ProfileAdopted,
    ProfileWithdrawn,
)
from tidegate.risk.profiles import Profile
from tidegate.risk.selection import Capacity, Policy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

TARGETING_KINDS = frozenset(
    act.KIND for act in (ModelAdopted, ModelWithdrawn, ProfileAdopted, ProfileWithdrawn, PolicyAdopted)
)
SHORT = 12  # digits of a model's digest by which it is named to people


class StandingModel(msgspec.Struct, frozen=True):
    """A model that was adopted and not withdrawn, and the attachment that holds its artefact."""

    act: ModelAdopted
    artefact: str

    @property
    def name(self) -> str:
        """The beginning of its digest."""
        return self.act.model[:SHORT]


class Standing(msgspec.Struct, frozen=True):
    """What is in force: profiles in their order, the policy, and the models in the order of adoption."""

    profiles: tuple[Profile, ...]
    policy: Policy
    models: tuple[StandingModel, ...] = ()

    def champion(self, day: date) -> StandingModel | None:
        """Return the model that decides on a day: of those that hold on it, the one adopted last."""
        holding = [one for one in self.models if one.act.start <= day <= one.act.until]
        return holding[-1] if holding else None

    def after(self, act: Act, attachments: tuple[str, ...] = ()) -> Standing:
        """Return what stands once an act is folded in; other acts change nothing."""
        replace = msgspec.structs.replace
        match act:
            case ModelAdopted():
                others = tuple(one for one in self.models if one.act.model != act.model)
                artefact = attachments[0] if attachments else ""
                return replace(self, models=(*others, StandingModel(act, artefact)))
            case ModelWithdrawn():
                return replace(self, models=tuple(one for one in self.models if one.act.model != act.model))
            case ProfileAdopted():
                others_ = tuple(one for one in self.profiles if one.code != act.code)
                return replace(self, profiles=(*others_, profile_of(act)))
            case ProfileWithdrawn():
                left = tuple(one for one in self.profiles if one.code != act.code)
                return replace(self, profiles=left)
            case PolicyAdopted():
                return replace(self, policy=policy_of(act))
        return self


def standing(acts: Iterable[tuple[Act, tuple[str, ...]]], shipped: Standing) -> Standing:
    """Return what stands after acts with their attachments, in their order, from what was shipped."""
    for act, attachments in acts:
        shipped = shipped.after(act, attachments)
    return shipped


def profile_of(act: ProfileAdopted) -> Profile:
    """Return the profile that an act adopts."""
    return Profile(
        code=act.code,
        purpose=act.purpose,
        owner=act.owner,
        condition=act.condition,
        weight=act.weight,
        reason=act.reason,
        start=act.start,
        end=act.until,
    )


def policy_of(act: PolicyAdopted) -> Policy:
    """Return the policy that an act adopts; raises ValueError where its numbers make no policy."""
    return Policy(
        random_share=act.random_share,
        exploring_share=act.exploring_share,
        targeted_share=act.targeted_share,
        red_threshold=act.red_threshold,
        yellow_threshold=act.yellow_threshold,
        blue_threshold=act.blue_threshold,
        red_capacity=act.red_capacity,
        yellow_capacity=act.yellow_capacity,
        offices={name: Capacity(one.red, one.yellow) for name, one in act.offices.items()},
        trusted=frozenset(act.trusted),
        usual_strangeness=act.usual_strangeness,
    )
