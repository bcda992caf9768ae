"""The words of entry summary declarations, as officers read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.acts import (
    Act,
    AdvanceDecided,
    AlterationRefused,
    EntryArrived,
    EntryControlled,
    EntryDiverted,
    EntryMatched,
    EntryMissed,
    EntryRejected,
    EntryReleased,
)
from tidegate_web.desks.saying import conveyance_words

if TYPE_CHECKING:
    from collections.abc import Callable

STATES = {
    "lodged": (gettext_lazy("not answered yet"), "blue"),
    "accepted": (gettext_lazy("on its way"), "blue"),
    "rejected": (gettext_lazy("rejected"), "red"),
    "missed": (gettext_lazy("not on board"), "yellow"),
    "arrived": (gettext_lazy("arrived, waiting"), "yellow"),
    "released": (gettext_lazy("released"), "green"),
}
DECISIONS = {
    "proceed": (gettext_lazy("may proceed"), "green"),
    "control at arrival": (gettext_lazy("control at arrival"), "yellow"),
    "do not load": (gettext_lazy("do not load"), "red"),
}
KINDS = {
    "entry.lodged": gettext_lazy("Entry summary declaration lodged"),
    "entry.accepted": gettext_lazy("Entry summary declaration accepted"),
    "entry.rejected": gettext_lazy("Entry summary declaration rejected"),
    "advance.decided": gettext_lazy("Decided before arrival"),
    "alteration.requested": gettext_lazy("Amendment asked for"),
    "alteration.refused": gettext_lazy("Amendment refused"),
    "entry.amended": gettext_lazy("Entry summary declaration amended"),
    "entry.diverted": gettext_lazy("Diverted to another office"),
    "entry.arrived": gettext_lazy("Goods arrived"),
    "entry.missed": gettext_lazy("Goods were not on board"),
    "entry.matched": gettext_lazy("Met a declaration"),
    "entry.controlled": gettext_lazy("Control recorded"),
    "entry.released": gettext_lazy("Released by safety and security"),
}


def words_of(act: Act | None) -> str:
    """Return what an act says beside its kind, in a few words."""
    if act is None:
        return _("What it said was erased.")
    say = _SAID.get(type(act))
    return say(act).strip() if say is not None else ""


def _codes(act: Any) -> str:
    return ", ".join(sorted({one.code for one in act.findings}))


def _decided(act: AdvanceDecided) -> str:
    said = {"decision": DECISIONS[act.decision][0], "score": act.score}
    return _("%(decision)s, score %(score).2f") % said


def _controlled(act: EntryControlled) -> str:
    outcome = _("As announced") if act.outcome == "conform" else _("Not as announced")
    return f"{outcome}. {act.found}"


_SAID: dict[type[Act], Callable[[Any], str]] = {
    AdvanceDecided: _decided,
    AlterationRefused: _codes,
    EntryArrived: lambda act: f"{act.office}, {act.by}",
    EntryControlled: _controlled,
    EntryDiverted: lambda act: f"{act.office}, {act.expected:%Y-%m-%d %H:%M}",
    EntryMatched: lambda act: f"{act.declaration}, {act.by.id}",
    EntryMissed: lambda act: f"{conveyance_words(act.conveyance)}, {act.office}",
    EntryRejected: _codes,
    EntryReleased: lambda act: act.grounds,
}
